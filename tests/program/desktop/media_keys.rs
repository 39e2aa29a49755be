//! Media keys, tested with playerctl.

use std::process::Command;

use super::{Playing, RATE, eventually};
use crate::support::bus::PrivateBus;

/// Runs playerctl for one player on a bus.
struct Remote<'bus> {
    bus: &'bus PrivateBus,
    player: String,
}

impl<'bus> Remote<'bus> {
    /// Waits until the player of a session is on the bus.
    fn of(playing: &Playing, bus: &'bus PrivateBus) -> Self {
        let remote = Self { bus, player: format!("karuna.instance{}", playing.child.id()) };
        eventually("the player is on the bus", || remote.run(&["status"]).map(drop));
        remote
    }

    /// Returns the standard output of playerctl, or `None` if it fails.
    fn run(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("playerctl")
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus.address())
            .arg(format!("--player={}", self.player))
            .args(arguments)
            .output()
            .expect("playerctl is missing; scripts/setup --for-tests installs it");
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    #[track_caller]
    fn does(&self, arguments: &[&str]) {
        assert!(self.run(arguments).is_some(), "playerctl {arguments:?}");
    }

    #[track_caller]
    fn shows(&self, arguments: &[&str], expected: &str) {
        let mut shown = None;
        eventually(&format!("playerctl {arguments:?} shows {expected:?}"), || {
            shown = self.run(arguments);
            (shown.as_deref() == Some(expected)).then_some(())
        });
    }

    fn position(&self) -> f64 {
        self.run(&["position"]).unwrap().parse().unwrap()
    }
}

#[test]
fn playerctl_controls_a_session() {
    let bus = PrivateBus::start();
    let mut playing = Playing::start(Some(bus.address()), None, &[]);
    let remote = Remote::of(&playing, &bus);
    remote.shows(&["status"], "Playing");
    remote.shows(&["metadata", "xesam:title"], "Two \\u{1b}[1mrooms");
    remote.shows(&["metadata", "xesam:album"], "The first");
    remote.shows(&["metadata", "mpris:length"], "1800000000");
    remote.shows(&["volume"], "1.000000");

    remote.does(&["pause"]);
    let paused = playing.wait_for("pause")["at"].as_u64().unwrap();
    remote.shows(&["status"], "Paused");
    let shown = remote.position();
    // The event reports where the fade began; the player's position is that of its end.
    assert!((shown - paused as f64 / RATE as f64).abs() < 0.3, "{shown} s is not frame {paused}");
    remote.does(&["play"]);
    playing.wait_for("resume");
    remote.shows(&["status"], "Playing");
    remote.does(&["play-pause"]);
    playing.wait_for("pause");

    remote.does(&["next"]);
    assert_eq!(playing.wait_for("jump")["to"], 600 * RATE);
    remote.shows(&["position"], "600.000000");
    remote.does(&["previous"]);
    assert_eq!(playing.wait_for("jump")["to"], 0);
    remote.does(&["position", "900"]);
    assert_eq!(playing.wait_for("jump")["to"], 900 * RATE);
    remote.does(&["position", "30+"]);
    assert_eq!(playing.wait_for("jump")["to"], 930 * RATE);
    remote.does(&["position", "10-"]);
    assert_eq!(playing.wait_for("jump")["to"], 920 * RATE);
    // A position beyond the end is ignored.
    remote.does(&["position", "2000"]);
    remote.does(&["play-pause"]);
    assert_eq!(playing.wait_for("resume")["at"], 920 * RATE);
    remote.shows(&["metadata", "xesam:album"], "The second");

    remote.does(&["volume", "0.5"]);
    remote.shows(&["volume"], "0.500000");
    playing.say("volume -6.0206");
    remote.shows(&["volume"], "0.250000");
    remote.does(&["volume", "0"]);
    remote.shows(&["volume"], "0.001000");

    playing.say("soften");
    let softened_at = playing.wait_for("soften")["at"].as_u64().unwrap();
    let shown = remote.position();
    assert!((shown - softened_at as f64 / RATE as f64).abs() < 0.3, "{shown} s is not frame {softened_at}");
    remote.does(&["next"]);
    playing.wait_for("softened");

    // Stop is the gentle exit, even when repeated, and can be cancelled.
    // The fade takes 2 s, which is too short for two runs of playerctl on a busy machine, so the calls follow each other at once.
    remote.call(PLAYER, "Stop", &[]).unwrap();
    remote.call(PLAYER, "Play", &[]).unwrap();
    playing.wait_for("exit");
    playing.wait_for("resume");
    remote.does(&["stop"]);
    remote.does(&["stop"]);
    let (reason, status, stderr) = playing.end();
    assert_eq!((reason.as_str(), status.code(), stderr.as_str()), ("exit", Some(0), ""));
    assert!(remote.run(&["status"]).is_none(), "the player is gone");
}

const ROOT: &str = "org.mpris.MediaPlayer2";
const PLAYER: &str = "org.mpris.MediaPlayer2.Player";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// The object path of the session.
const TRACK: &str = "objpath:/io/karuna/session";

impl Remote<'_> {
    /// Calls a method with dbus-send. Returns its reply in one line, or `None` if it fails.
    fn call(&self, interface: &str, method: &str, arguments: &[&str]) -> Option<String> {
        let output = Command::new("dbus-send")
            .arg(format!("--bus={}", self.bus.address()))
            .args(["--print-reply=literal", &format!("--dest={ROOT}.{}", self.player), "/org/mpris/MediaPlayer2"])
            .arg(format!("{interface}.{method}"))
            .args(arguments)
            .output()
            .expect("dbus-send is missing; scripts/setup --for-tests installs it");
        let reply = String::from_utf8(output.stdout).unwrap();
        output.status.success().then(|| reply.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn set(&self, property: &str, value: &str) -> Option<String> {
        self.call(PROPERTIES, "Set", &[&format!("string:{PLAYER}"), &format!("string:{property}"), value])
    }
}

#[test]
fn every_property_has_its_value() {
    let bus = PrivateBus::start();
    let playing = Playing::start(Some(bus.address()), None, &[]);
    let remote = Remote::of(&playing, &bus);
    for (interface, expected) in [
        (
            ROOT,
            &[
                "CanQuit variant boolean true",
                "CanRaise variant boolean false",
                "Fullscreen variant boolean false",
                "CanSetFullscreen variant boolean false",
                "HasTrackList variant boolean false",
                "Identity variant karuna",
                "DesktopEntry variant karuna",
                "SupportedUriSchemes variant array [ ]",
                "SupportedMimeTypes variant array [ ]",
            ][..],
        ),
        (
            PLAYER,
            &[
                "PlaybackStatus variant Playing",
                "LoopStatus variant None",
                "Shuffle variant boolean false",
                "Rate variant double 1",
                "MinimumRate variant double 1",
                "MaximumRate variant double 1",
                "Volume variant double 1",
                "Position variant int64",
                "mpris:trackid variant /io/karuna/session",
                "mpris:length variant int64 1800000000",
                "CanControl variant boolean true",
                "CanPlay variant boolean true",
                "CanPause variant boolean true",
                "CanSeek variant boolean true",
                "CanGoNext variant boolean true",
                "CanGoPrevious variant boolean true",
            ],
        ),
    ] {
        let all = remote.call(PROPERTIES, "GetAll", &[&format!("string:{interface}")]).expect("properties");
        for property in expected {
            assert!(all.contains(property), "{property} in {all}");
        }
    }
}

#[test]
fn methods_beyond_those_of_playerctl_do_what_they_say() {
    let bus = PrivateBus::start();
    let playing = Playing::start(Some(bus.address()), None, &[]);
    let remote = Remote::of(&playing, &bus);
    let call = |method: &str, arguments: &[&str]| remote.call(PLAYER, method, arguments);
    // Only the last of these is a position of this session.
    for (track, position) in [
        ("objpath:/io/karuna/other", "int64:1000000"),
        (TRACK, "int64:-1"),
        (TRACK, "int64:1800000001"),
        (TRACK, "int64:900000000"),
    ] {
        assert!(call("SetPosition", &[track, position]).is_some(), "{track} {position}");
    }
    assert_eq!(playing.wait_for("jump")["to"], 900 * RATE);
    call("Pause", &[]).unwrap();
    playing.wait_for("pause");
    call("Seek", &["int64:30000000"]).unwrap();
    let forward = playing.wait_for("jump")["to"].as_u64().unwrap();
    call("Seek", &["int64:-10000000"]).unwrap();
    assert_eq!(playing.wait_for("jump")["to"], forward - 10 * RATE);

    for (value, shown) in [("variant:double:0.25", "0.250000"), ("variant:double:-1", "0.001000")] {
        remote.set("Volume", value).unwrap();
        remote.shows(&["volume"], shown);
    }
    assert!(remote.set("Volume", "variant:double:nan").is_none());
    for (property, value) in
        [("Rate", "variant:double:2"), ("Shuffle", "variant:boolean:true"), ("LoopStatus", "variant:string:Track")]
    {
        assert!(remote.set(property, value).is_none(), "{property}");
    }
    assert!(call("OpenUri", &["string:file:///etc/passwd"]).is_none());
    assert!(remote.call(ROOT, "Raise", &[]).is_none());
    remote.call(ROOT, "Quit", &[]).unwrap();
    assert_eq!(playing.end().0, "exit", "the gentle exit");
}

#[test]
fn clients_receive_property_changes_and_seeks() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let bus = PrivateBus::start();
    let mut playing = Playing::start(Some(bus.address()), None, &[]);
    let remote = Remote::of(&playing, &bus);
    let format = "{{status}}|{{album}}|{{volume}}|{{position}}";
    let mut follower = Command::new("playerctl")
        .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
        .args([&format!("--player={}", remote.player), "--follow", "metadata", "--format", format])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (sender, lines) = std::sync::mpsc::channel();
    let output = BufReader::new(follower.stdout.take().unwrap());
    std::thread::spawn(move || output.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
    let wait_for = |part: &str| {
        while !lines.recv_timeout(super::TIMEOUT).unwrap_or_else(|_| panic!("no line with {part}")).contains(part) {}
    };
    wait_for("Playing|The first|1");
    playing.say("pause");
    wait_for("Paused|The first");
    playing.say("next");
    wait_for("|600000000");
    playing.say("resume");
    wait_for("Playing|The second");
    playing.say("volume -6.0206");
    wait_for("|0.4999");
    follower.kill().unwrap();
    follower.wait().unwrap();
}

#[test]
fn each_session_is_a_player_of_its_own() {
    let bus = PrivateBus::start();
    let [first, second] = [(), ()].map(|()| Playing::start(Some(bus.address()), None, &[]));
    let [one, other] = [&first, &second].map(|playing| Remote::of(playing, &bus));
    one.does(&["pause"]);
    first.wait_for("pause");
    one.shows(&["status"], "Paused");
    other.shows(&["status"], "Playing");
    other.does(&["stop"]);
    assert_eq!(second.end().0, "exit");
    one.shows(&["status"], "Paused");
}

#[test]
fn playback_continues_without_a_bus() {
    let mut bus = PrivateBus::start();
    let playing = Playing::start(Some(bus.address()), None, &[]);
    Remote::of(&playing, &bus);
    bus.kill();
    for mut playing in [playing, Playing::start(None, None, &[])] {
        for (line, event) in [("pause", "pause"), ("next", "jump"), ("resume", "resume"), ("exit", "exit")] {
            playing.say(line);
            playing.wait_for(event);
        }
        let (reason, status, stderr) = playing.end();
        assert_eq!((reason.as_str(), status.code(), stderr.as_str()), ("exit", Some(0), ""));
    }
}
