//! What comes later is spoken while the session plays.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::engines::{PATIENCE, Room, tone, wait_for_end, wait_until};
use crate::support::events::events;

/// In the order in which they are needed.
const LINES: [&str; 7] = ["One.", "Two.", "Softly.", "Farewell.", "Three.", "Four.", "Five."];
const SESSION: &str = r#"
format = 1
title = "Five lines"
[[segment]]
bell = "block"
hold = "200ms"
[[segment]]
say = "One."
[[segment]]
say = "Two."
[[segment]]
say = "Three."
[[segment]]
say = "Four."
[[segment]]
say = "Five."
[[soften]]
say = "Softly."
[[exit]]
say = "Farewell."
"#;

/// A room with an engine that notes what it is asked, waits until it may go on, and then does something.
fn room(session: &str, does: &str) -> Room {
    let room = Room::new();
    room.write("x.toml", session);
    fs::create_dir(room.at("asked-for")).unwrap();
    tone(&room.at("good.wav"), 0.5, 0.3);
    let waits = "name=$(/bin/cat \"$room/text.$$\"); : > \"$room/asked-for/$name\"\n\
                 while [ ! -e \"$room/go\" ]; do /bin/sleep 0.02; done";
    room.engine("flite", &format!("{waits}\n{does}"));
    // Several are asked at once, each with a text of its own.
    let script = room.read("bin/flite").replace("/bin/cat > \"$room/text\"", "/bin/cat > \"$room/text.$$\"");
    room.write("bin/flite", &script);
    room
}

const SPEAKS: &str = "/bin/cp \"$room/good.wav\" \"$out\"";

/// What was asked for so far.
fn asked(room: &Room) -> BTreeSet<String> {
    let entries = fs::read_dir(room.at("asked-for")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The program while it plays.
struct Playing {
    child: Child,
    events: Receiver<Value>,
    said: std::path::PathBuf,
}

impl Playing {
    fn start(room: &Room) -> Self {
        let said = room.at("said");
        let mut command = room.command(&["play", "x.toml", "--voice", "flite", "--output", "null", "--json"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(&said).unwrap());
        let mut child = command.spawn().unwrap();
        let events = events(&mut child);
        Self { child, events, said }
    }

    fn next(&self) -> Value {
        self.events.recv_timeout(PATIENCE).expect("an event")
    }

    fn say(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Waits until something is said on standard error.
    fn see(&self, words: &str) {
        wait_until(|| fs::read_to_string(&self.said).unwrap().contains(words));
    }

    /// All that is still told, the exit code, and what was said.
    fn end(mut self) -> (Vec<Value>, Option<i32>, String) {
        let mut events = Vec::new();
        while let Ok(event) = self.events.recv_timeout(PATIENCE) {
            events.push(event);
        }
        (events, self.child.wait().unwrap().code(), fs::read_to_string(&self.said).unwrap())
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_session_begins_before_its_lines_are_spoken_and_comes_to_the_same() {
    let room = room(SESSION, SPEAKS);
    let playing = Playing::start(&room);
    let (start, bell) = (playing.next(), playing.next());
    assert_eq!((&start["event"], &bell["event"], &bell["index"]), (&"start".into(), &"segment".into(), &0.into()));
    playing.see("a moment: the next line");
    let cores = thread::available_parallelism().unwrap().get().min(LINES.len());
    wait_until(|| asked(&room).len() == cores);
    assert_eq!(asked(&room), LINES[..cores].iter().map(|line| (*line).to_owned()).collect(), "what is needed first");
    room.write("go", "");
    let (first, code, said) = playing.end();
    assert_eq!((code, said.lines().count()), (Some(0), 1), "{said}");
    assert_eq!(asked(&room), LINES.iter().map(|line| (*line).to_owned()).collect());
    assert_eq!(room.asked(), LINES.len(), "each line once");

    let playing = Playing::start(&room);
    let start = playing.next();
    let (shown, _) = room.shown("flite");
    assert_eq!(start["frames"], shown["frames"], "with all lines there, its length is known at once");
    assert_eq!(playing.next(), bell);
    let (second, code, said) = playing.end();
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert_eq!(first, second);
    let starts = shown["segments"].as_array().unwrap().iter().skip(1).map(|segment| segment["start"].clone());
    let heard = first.iter().filter(|event| event["event"] == "segment").map(|event| event["at"].clone());
    assert_eq!(heard.collect::<Vec<_>>(), starts.collect::<Vec<_>>());
    assert_eq!(room.asked(), LINES.len(), "nothing is asked for again");
}

#[test]
fn who_leaves_ends_the_engine_with_all_that_it_started_and_is_not_kept_waiting() {
    for (wish, reason, expected) in [("exit", "exit", 0), ("stop", "stop", 130)] {
        let room = room(SESSION, "");
        let script = room
            .read("bin/flite")
            .replace("while [", "/bin/sh -c 'echo $$ >> \"$0\"; exec /bin/sleep 600' \"$room/sleepers\"; while [");
        room.write("bin/flite", &script);
        let mut playing = Playing::start(&room);
        playing.see("a moment: the next line");
        wait_until(|| room.at("sleepers").exists());
        playing.say(wish);
        let (events, code, said) = playing.end();
        assert_eq!((code, said.lines().count()), (Some(expected), 1), "{said}");
        assert_eq!(events.last().unwrap()["reason"], reason);
        let sleepers = room.read("sleepers");
        assert!(!sleepers.is_empty());
        for sleeper in sleepers.lines() {
            wait_for_end(sleeper);
        }
        assert!(room.left("tmp").is_empty(), "nothing is left behind");
    }
}

#[test]
fn who_presses_ctrl_c_before_the_session_begins_has_left_at_once() {
    for is_spoken in [false, true] {
        let room = room(SESSION, SPEAKS);
        if is_spoken {
            room.write("go", "");
        }
        // A sound server that never answers is waited for.
        let _server = UnixListener::bind(room.at("server")).unwrap();
        let server = format!("unix:{}", room.at("server").display());
        let mut command = room.command(&["play", "x.toml", "--voice", "flite", "--json"]);
        command.env("PULSE_SERVER", server).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let kept = || room.left("cache/karuna/speech").len();
        wait_until(|| if is_spoken { kept() == LINES.len() } else { !asked(&room).is_empty() });
        // By then the wait for speech is over; where it is not, the key is heard all the same.
        thread::sleep(Duration::from_millis(400));
        let process = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &process]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130), "spoken: {is_spoken}");
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.stdout, b"", "nothing has begun");
        assert!(room.left("tmp").is_empty(), "nothing is left behind");
    }
}

#[test]
fn an_engine_that_fails_while_the_session_plays_leaves_the_words_to_be_shown() {
    let session =
        "format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"block\"\nhold = \"0s\"\n[[segment]]\nsay = \"One.\"\n";
    let room = room(session, "exit 3");
    let playing = Playing::start(&room);
    playing.see("a moment: the next line");
    room.write("go", "");
    let (events, code, said) = playing.end();
    assert_eq!(code, Some(0));
    assert!(said.contains("flite exited with code 3, so the line is shown, not spoken"), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
    assert_eq!(events.last().unwrap()["at"], 2 * 48_000, "a line of a word is shown for two seconds");
}

#[test]
fn what_would_make_a_session_too_long_is_shown_and_told_of_once() {
    let session = r#"
format = 1
title = "A day"
[[segment]]
bell = "block"
hold = "200ms"
[[segment]]
say = "One."
[[segment]]
say = "Two."
[[segment]]
silence = "23h59m55s"
"#;
    let room = room(session, SPEAKS);
    tone(&room.at("good.wav"), 4.0, 0.3);
    let script = room.read("bin/flite").replace("$room/go\"", "$room/go.$name\"");
    room.write("bin/flite", &script);
    let mut playing = Playing::start(&room);
    let begins = |playing: &Playing, number: usize| {
        let event = playing.next();
        assert_eq!((&event["event"], &event["index"]), (&"segment".into(), &number.into()));
    };
    assert_eq!(playing.next()["event"], "start");
    for (number, line) in ["", "One.", "Two."].iter().enumerate() {
        room.write(&format!("go.{line}"), "");
        begins(&playing, number);
    }
    begins(&playing, 3);
    playing.say("stop");
    let (_, code, said) = playing.end();
    assert_eq!(code, Some(130));
    let told: Vec<_> = said.lines().filter(|line| !line.starts_with("a moment")).collect();
    assert!(told.len() == 1 && told[0].contains("longer than 24 hours, so some lines are shown"), "{said}");
}
