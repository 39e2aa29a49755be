//! Muted, chosen, removed and suspended outputs, and addresses of servers, on PulseAudio and on PipeWire.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::{Child, Stdio};
use std::time::Duration;

use super::noise;
use crate::support::rig::{KARUNA, Playing, RATE, Session, SoundServer, Stage, locate};

fn session(seed: u32, seconds: f64) -> Session {
    Session::new("[[segment]]\nsay = \"a\"\nclip = \"noise.wav\"\n", &[("noise.wav", &noise(seed, seconds))])
}

fn count(playing: &Playing, event: &str) -> usize {
    playing.events.iter().filter(|received| received["event"] == event).count()
}

/// Returns the index of the program's stream.
fn own_stream(playing: &Playing) -> String {
    let listed = playing.wait_until("pactl", &["list", "sink-inputs"], |listed| !own_streams(listed).is_empty());
    own_streams(&listed).swap_remove(0)
}

/// Changes the program's stream with pactl. After an underrun a longer stream takes over, so the index may be outdated.
fn change_stream(playing: &Playing, command: &str, value: &str) {
    let change = || playing.beside("pactl").args([command, &own_stream(playing), value]).output().unwrap();
    let is_done = (0..5).any(|_| change().status.success());
    assert!(is_done, "{command} {value}: {}", playing.stderr());
}

/// Mutes the output of a session in every way that there is, beginning with one that is muted from the start.
fn mute_in_every_way(playing: &Playing) {
    playing.wait_for_stderr("is muted; unmute it", 1);
    assert!(playing.pactl(&["get-sink-mute", "null1"]).contains("yes"), "it stays muted");
    playing.pactl(&["set-sink-mute", "null1", "0"]);
    playing.pactl(&["set-sink-volume", "null1", "0%"]);
    playing.wait_for_stderr("is at zero; raise it", 1);
    playing.pactl(&["set-sink-volume", "null1", "70%"]);
    change_stream(playing, "set-sink-input-mute", "1");
    playing.wait_for_stderr("karuna is muted", 1);
    change_stream(playing, "set-sink-input-mute", "0");
    change_stream(playing, "set-sink-input-volume", "0");
    playing.wait_for_stderr("the volume of karuna is at zero", 1);
    change_stream(playing, "set-sink-input-volume", "100%");
    assert_eq!(playing.stderr().matches("to hear the session").count(), 4, "{}", playing.stderr());
}

/// Plays a silent session until a check of it succeeds. It may only fail after an underrun, which a busy machine can cause: then another
/// stream takes over, while the check changes the first.
fn check_undisturbed(stage: &Stage, check: impl Fn(&mut Playing)) {
    let session = Session::new("[[segment]]\nsilence = \"10m\"\n", &[]);
    for _ in 0..5 {
        let mut playing = session.play_on(stage, &[]);
        match catch_unwind(AssertUnwindSafe(|| check(&mut playing))) {
            Ok(()) => return,
            Err(failure) if !playing.was_disturbed() => resume_unwind(failure),
            Err(_) => {}
        }
    }
    panic!("each attempt was disturbed");
}

/// The output is muted and chosen without a pause; only the loss of an output pauses the session.
fn only_a_removed_output_pauses(server: SoundServer) {
    let stage = Stage { setup: "pactl set-sink-mute null1 1", ..Stage::plain(server) };
    check_undisturbed(&stage, |playing| {
        mute_in_every_way(playing);
        let _keeper = load_other_sink(playing);
        playing.pactl(&["set-default-sink", "other"]);
        assert_eq!(playing.wait_for("moved")["to"], "Harbour");
        // By hand, as in the system's settings.
        change_stream(playing, "move-sink-input", "null1");
        assert_ne!(playing.wait_for("moved")["to"], "Harbour");
        assert_eq!(count(playing, "pause"), 0, "{}", playing.stderr());
        playing.sink(&["vanish"]);
        playing.wait_for("pause");
        playing.wait_for_stderr("the sound moved to Harbour; the session is paused", 1);
        playing.say("resume");
        playing.wait_for("resume");
        playing.say("stop");
        playing.wait_for("end");
        assert_eq!(count(playing, "moved"), 3, "each move is reported once: {:?}", playing.events);
        assert_eq!((count(playing, "pause"), count(playing, "lost")), (1, 0), "{:?}", playing.events);
    });
}

/// A stream of silence, without which a null sink sleeps for seconds.
struct Keeper(Child);

impl Drop for Keeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Loads another sink, with its own description, and keeps it awake.
fn load_other_sink(playing: &Playing) -> Keeper {
    let description = "sink_properties=device.description=Harbour";
    let other = ["module-null-sink", "sink_name=other", "rate=48000", "channels=2", "norewinds=1", description];
    playing.pactl(&[&["load-module"][..], &other].concat());
    let mut keeper = playing.beside("pacat");
    keeper.args(["--playback", "-d", "other", "-n", "other-keeper", "--latency-msec=20", "--raw", "/dev/zero"]);
    let keeper = Keeper(keeper.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    playing.wait_until("pactl", &["list", "sink-inputs"], |listed| listed.contains("\"other-keeper\""));
    keeper
}

#[test]
fn only_a_removed_output_pauses_on_pulseaudio() {
    only_a_removed_output_pauses(SoundServer::PulseAudio);
}

#[test]
fn only_a_removed_output_pauses_on_pipewire() {
    only_a_removed_output_pauses(SoundServer::PipeWire);
}

#[test]
fn on_pipewire_the_start_is_complete_when_the_sink_is_already_running() {
    const BEGINNING: usize = RATE / 5;
    let session = session(14, 1.0);
    let rendered = session.render();
    let mut tries = Vec::new();
    // A busy machine can cause underruns, so several attempts are allowed.
    while tries.len() < 6 {
        let (status, heard, events) = session.play_on(&Stage::plain(SoundServer::PipeWire), &[]).end();
        assert!(status.success());
        let underruns: Vec<_> = events.into_iter().filter(|event| event["event"] == "underrun").collect();
        let is_early = |event: &serde_json::Value| event["at"].as_u64().unwrap() < BEGINNING as u64;
        if !underruns.iter().any(is_early) && locate(&rendered[100..BEGINNING], &heard, 0).is_some() {
            return;
        }
        tries.push(underruns);
    }
    panic!("the start was incomplete in each attempt: {tries:?}");
}

#[test]
fn on_pipewire_a_lost_sink_returns_and_a_killed_server_is_reported() {
    let session = Session::new("[[segment]]\nsilence = \"10m\"\n", &[]);
    let mut playing = session.play_on(&Stage::plain(SoundServer::PipeWire), &[]);
    own_stream(&playing);
    playing.sink(&["vanish"]);
    let lost = playing.wait_for("lost");
    playing.pactl(&["load-module", "module-null-sink", "sink_name=null1", "rate=48000", "channels=2"]);
    assert_eq!(playing.wait_for("found")["at"], lost["at"], "the playhead does not move");
    let server = playing.variable("RIG_PULSE_PID").to_owned();
    assert!(playing.beside("kill").args(["-KILL", &server]).status().unwrap().success());
    playing.wait_for("lost");
    playing.say("exit");
    let (status, _, _) = playing.end();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_suspended_sink_is_reported_lost_once_and_the_playhead_holds() {
    let session = session(17, 60.0);
    let mut playing = session.play(&[]);
    playing.listen(0.5);
    playing.sink(&["suspend"]);
    let lost = playing.wait_for("lost");
    // Meanwhile the search is retried, and each attempt has to close its connection.
    for _ in 0..40 {
        let clients = playing.pactl(&["list", "short", "clients"]);
        assert!(clients.matches("karuna").count() <= 3, "{clients}");
        std::thread::sleep(Duration::from_millis(100));
    }
    playing.sink(&["resume"]);
    let found = playing.wait_for("found");
    assert_eq!(lost["at"], found["at"]);
    assert_eq!((count(&playing, "lost"), count(&playing, "found")), (1, 1));
    playing.say("stop");
    let (status, _, _) = playing.end();
    assert_eq!(status.code(), Some(130));
}

#[test]
fn stop_ends_the_program_while_the_sink_is_suspended() {
    let session = session(18, 60.0);
    let mut playing = session.play(&[]);
    playing.listen(0.5);
    playing.sink(&["suspend"]);
    playing.say("stop");
    let end = playing.wait_for("end");
    assert_eq!(end["reason"], "stop");
    let (status, _, _) = playing.end();
    assert_eq!(status.code(), Some(130));
}

#[test]
fn a_longer_buffer_keeps_the_chosen_sink() {
    // On a busy machine the buffer may grow while the stream is being moved, so several attempts are allowed.
    assert!((0..5).any(|_| is_chosen_sink_kept()), "a longer buffer plays on the default sink");
}

/// Moves the stream to another sink by hand, lets its buffer grow, and returns whether the new stream plays there.
fn is_chosen_sink_kept() -> bool {
    let session = Session::new("[[segment]]\nsilence = \"10m\"\n", &[]);
    let mut playing = session.play(&[]);
    let _keeper = load_other_sink(&playing);
    change_stream(&playing, "move-sink-input", "other");
    assert_eq!(playing.wait_for("moved")["to"], "Harbour");
    let moved = own_streams(&playing.pactl(&["list", "sink-inputs"]));
    playing.stop_server_for(Duration::from_millis(150));
    let has_taken_over = |listed: &str| {
        let own = own_streams(listed);
        own.len() == 1 && own != moved
    };
    let listed = playing.wait_until("pactl", &["list", "sink-inputs"], has_taken_over);
    let sinks = playing.pactl(&["list", "short", "sinks"]);
    let other = sinks.lines().find(|sink| sink.contains("other")).unwrap().split_whitespace().next().unwrap();
    let own = listed.split("Sink Input #").find(|input| input.contains("application.name = \"karuna\"")).unwrap();
    own.contains(&format!("Sink: {other}\n"))
}

/// Returns the indices of the program's streams in a list by pactl.
fn own_streams(listed: &str) -> Vec<String> {
    let own = listed.split("Sink Input #").filter(|input| input.contains("application.name = \"karuna\""));
    own.map(|own| own.lines().next().unwrap().to_owned()).collect()
}

/// Loads a TCP server, whose port is unlikely to be in use, and keeps its address.
const LISTEN: &str = "port=$((20000 + $$ % 30000)); export TCP=127.0.0.1:$port; \
                      pactl load-module module-native-protocol-tcp port=$port auth-anonymous=1";

/// Plays a bell at each form of address. Without a terminal and a device, playing would end with an error.
fn every_form_of_server_address_is_understood(server: SoundServer) {
    let playing = session(19, 60.0).play_on(&Stage { setup: LISTEN, ..Stage::plain(server) }, &[]);
    let (tcp, unix) = (playing.variable("TCP"), playing.variable("PULSE_SERVER"));
    let path = unix.strip_prefix("unix:").unwrap();
    let tcp = &format!("tcp:{tcp}");
    let bells: Vec<_> = [unix, path, tcp, &format!("unix:/nowhere {tcp}"), &format!("tcp:127.0.0.1:9 /nowhere {path}")]
        .map(|address| (address.to_owned(), ring(&playing, address)))
        .into();
    for (address, bell) in bells {
        let output = bell.wait_with_output().unwrap();
        assert!(output.status.success(), "{address}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let nowhere = ring(&playing, "unix:/nowhere /nowhere").wait_with_output().unwrap();
    assert_eq!(nowhere.status.code(), Some(1), "no server answers");
}

/// Strikes a bell at a server.
fn ring(playing: &Playing, address: &str) -> std::process::Child {
    let mut command = playing.beside(KARUNA);
    command.args(["bell", "block"]).env("PULSE_SERVER", address).env("ALSA_CONFIG_PATH", "/dev/null");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn every_form_of_server_address_is_understood_on_pulseaudio() {
    every_form_of_server_address_is_understood(SoundServer::PulseAudio);
}

#[test]
fn every_form_of_server_address_is_understood_on_pipewire() {
    every_form_of_server_address_is_understood(SoundServer::PipeWire);
}
