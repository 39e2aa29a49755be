//! Devices that disappear, come back, or change.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::envelope::{envelope, largest_step, ramps, tone_step};
use super::{noise, tone};
use crate::support::proxy::Proxy;
use crate::support::rig::{Frame, RATE, Session, frames, locate, undisturbed};

/// The latency of the device, with a margin for the server.
const LATENCY: usize = RATE * 60 / 1_000;

#[test]
fn a_killed_server_is_reported_and_retrying_uses_little_cpu() {
    let session = Session::new("[[segment]]\nsay = \"a\"\nclip = \"noise.wav\"\n", &[("noise.wav", &noise(2, 20.0))]);
    let mut playing = session.play(&[]);
    playing.listen(0.5);
    let server = playing.variable("RIG_PULSE_PID").to_owned();
    let killed = Instant::now();
    assert!(playing.beside("kill").args(["-KILL", &server]).status().unwrap().success());
    playing.wait_for("lost");
    assert!(killed.elapsed() < Duration::from_millis(1_500), "it took {:?}", killed.elapsed());
    let used = playing.processor_time();
    // The duration of the measurement.
    std::thread::sleep(Duration::from_secs(3));
    let used = playing.processor_time().saturating_sub(used);
    assert!(used < Duration::from_millis(150), "{used:?} of processor time in three seconds");
    playing.say("exit");
    // The message follows the event shortly; the end follows both.
    playing.wait_for("end");
    let stderr = playing.stderr();
    let (status, _, events) = playing.end();
    assert_eq!(stderr.matches("the sound device is gone").count(), 1, "{stderr}");
    assert_eq!(status.code(), Some(0));
    assert_eq!(events.last().unwrap()["reason"], "exit");
    assert_eq!(events.iter().filter(|event| event["event"] == "lost").count(), 1);
}

#[test]
fn exit_does_not_wait_for_a_hung_server() {
    let session = Session::new("[[segment]]\nsay = \"a\"\nclip = \"noise.wav\"\n", &[("noise.wav", &noise(5, 20.0))]);
    let mut playing = session.play(&[]);
    playing.listen(0.5);
    let server = playing.variable("RIG_PULSE_PID").to_owned();
    assert!(playing.beside("kill").args(["-STOP", &server]).status().unwrap().success());
    // Long enough for the earlier requests to be answered, so that the server ignores the next command.
    std::thread::sleep(Duration::from_millis(100));
    playing.say("exit");
    playing.wait_for("end");
    let (status, _, events) = playing.end();
    assert_eq!(status.code(), Some(0));
    assert_eq!(events.last().unwrap()["reason"], "exit");
}

#[test]
fn a_removed_and_restored_sink_leaves_the_session_paused() {
    let session = Session::new("[[segment]]\nsay = \"a\"\nclip = \"noise.wav\"\n", &[("noise.wav", &noise(3, 20.0))]);
    let rendered = session.render();
    let mut playing = session.play(&[]);
    playing.listen(1.0);
    let vanished = Instant::now();
    playing.sink(&["vanish"]);
    let lost = playing.wait_for("lost")["at"].as_u64().unwrap() as usize;
    assert!(vanished.elapsed() < Duration::from_millis(1_500), "it took {:?}", vanished.elapsed());
    playing.sink(&["return"]);
    let found = playing.wait_for("found")["at"].as_u64().unwrap() as usize;
    assert_eq!(lost, found, "the playhead does not move");
    playing.listen(0.5);
    playing.say("resume");
    playing.wait_for("resume");
    playing.listen(0.8);
    playing.say("stop");
    let (status, heard, events) = playing.end();
    assert_eq!(status.code(), Some(130));
    assert_eq!(events.iter().filter(|event| event["event"] == "found").count(), 1);
    let (gone, back) = first_silence(&heard);
    let last = locate(&heard[gone - 100..gone], &rendered, 0).unwrap() + 100;
    assert!(last.abs_diff(lost) <= LATENCY, "heard up to {last}, held at {lost}");
    let risen = back + RATE / 4;
    let resumed = locate(&heard[risen..risen + 100], &rendered, 0).unwrap() - RATE / 4;
    assert!(resumed.abs_diff(lost) <= LATENCY, "held at {lost}, resumed at {resumed}");
}

#[test]
fn searches_for_a_removed_sink_close_their_connections_and_back_off() {
    let session = Session::new("[[segment]]\nsay = \"a\"\nclip = \"noise.wav\"\n", &[("noise.wav", &noise(6, 60.0))]);
    let (socket, server) = (session.file("proxy"), session.file("server"));
    let mut proxy = Proxy::start(&socket, server.clone());
    let setup = format!(
        "echo \"$XDG_RUNTIME_DIR/native\" >'{}'; export PULSE_SERVER='unix:{}'",
        server.display(),
        socket.display()
    );
    let mut playing = session.play_after(&setup, &[]);
    playing.listen(0.5);
    // What the test does itself is not counted.
    let direct = format!("unix:{}/native", playing.variable("XDG_RUNTIME_DIR"));
    playing.set_variable("PULSE_SERVER", direct);
    playing.sink(&["vanish"]);
    let lost = playing.wait_for("lost");
    proxy.update();
    let searches: Vec<_> = (0..4).map(|_| proxy.next_opened()).collect();
    proxy.wait_for_open(0);
    let waits: Vec<_> = searches.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits.is_sorted() && waits[1] >= Duration::from_millis(1_900), "{waits:?}");
    playing.sink(&["return"]);
    let found = playing.wait_for("found");
    assert_eq!(lost["at"], found["at"]);
    assert_eq!(playing.stderr().matches("the sound device is gone").count(), 1, "{}", playing.stderr());
    playing.say("stop");
    let (status, _, events) = playing.end();
    assert_eq!(status.code(), Some(130));
    assert_eq!(events.iter().filter(|event| event["event"] == "lost").count(), 1, "{events:?}");
    proxy.wait_for_open(0);
}

/// Returns the start and end of the first silence of at least 100 ms after a sound.
fn first_silence(heard: &[Frame]) -> (usize, usize) {
    let sounds = |frame: &Frame| *frame != [0.0; 2];
    let mut at = heard.iter().position(sounds).unwrap();
    loop {
        at += heard[at..].iter().position(|frame| !sounds(frame)).unwrap();
        let until = at + heard[at..].iter().position(sounds).unwrap();
        if until - at >= RATE / 10 {
            return (at, until);
        }
        at = until;
    }
}

#[test]
fn choosing_a_sink_keeps_playing_and_removing_one_pauses() {
    let tone = tone(30.0);
    let session = Session::new("[[segment]]\nsay = \"a\"\nclip = \"tone.wav\"\n", &[("tone.wav", &tone)]);
    let (heard, _, ()) = undisturbed(|| {
        let mut playing = session.play(&["--from", "2s"]);
        let load = [
            "load-module",
            "module-null-sink",
            "sink_name=other",
            "format=float32le",
            "rate=48000",
            "channels=2",
            "norewinds=1",
        ];
        let loaded = playing.beside("pactl").args(load).output().unwrap();
        let module = String::from_utf8(loaded.stdout).unwrap().trim().to_owned();
        let keep = ["--playback", "-d", "other", "--latency-msec=20", "--raw", "/dev/zero"];
        let mut keeper = playing.beside("pacat").args(keep).stdout(Stdio::null()).spawn().unwrap();
        let other = std::fs::File::create(session.file("other.raw")).unwrap();
        let record = [
            "--record",
            "-d",
            "other.monitor",
            "--latency-msec=10",
            "--raw",
            "--format=float32le",
            "--rate=48000",
            "--channels=2",
        ];
        let mut recorder = playing.beside("parec").args(record).stdout(other).spawn().unwrap();
        let recorded = || std::fs::metadata(session.file("other.raw")).unwrap().len() as usize / 8;
        let listen = |frames: usize| {
            let until = recorded() + frames;
            let deadline = Instant::now() + Duration::from_secs(20);
            while recorded() < until {
                assert!(Instant::now() < deadline, "nothing is recorded from the other sink");
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        listen(RATE / 10);
        let default = |playing: &crate::support::rig::Playing, sink: &str| {
            assert!(playing.beside("pactl").args(["set-default-sink", sink]).status().unwrap().success());
        };
        default(&playing, "other");
        playing.wait_for("moved");
        listen(RATE);
        for child in [&mut keeper, &mut recorder] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        // The sink is removed while another remains, so the stream moves again.
        assert!(playing.beside("pactl").args(["unload-module", &module]).status().unwrap().success());
        playing.wait_for("pause");
        assert_eq!(playing.stderr().matches("the sound moved to").count(), 2, "{}", playing.stderr());
        playing.say("stop");
        let (status, _, events) = playing.end();
        assert_eq!(status.code(), Some(130));
        let pauses = events.iter().filter(|event| event["event"] == "pause").count();
        assert_eq!(pauses, 1, "{events:?}");
        assert_eq!(events.iter().filter(|event| event["event"] == "moved").count(), 2, "{events:?}");
        (frames(&std::fs::read(session.file("other.raw")).unwrap()), Vec::new(), ())
    });
    // On the other sink the stream starts where the server moved it, and plays at full level.
    let full = heard.iter().fold(0.0_f32, |most, frame| most.max(frame[0].abs()));
    let begins = heard.iter().position(|frame| frame[0].abs() > 0.1 * full).unwrap() + 10;
    assert!(largest_step(&heard[begins..]) <= 1.3 * tone_step(full));
    assert!(ramps(&envelope(&heard[begins..]), full).is_empty());
}
