//! Lines that are spoken while the session plays.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::engines::{Sandbox, TIMEOUT, wait_for_exit, wait_until, write_tone};
use crate::support::events::events;

/// The lines in the order in which they are needed.
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

/// Returns a sandbox with an engine that logs its text, waits for the file `go`, and then runs a script.
fn sandbox(session: &str, script: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("x.toml", session);
    fs::create_dir(sandbox.at("requested")).unwrap();
    write_tone(&sandbox.at("good.wav"), 0.5, 0.3);
    let waits = "name=$(/bin/cat \"$sandbox/text.$$\"); : > \"$sandbox/requested/$name\"\n\
                 while [ ! -e \"$sandbox/go\" ]; do /bin/sleep 0.02; done";
    sandbox.add_engine("flite", &format!("{waits}\n{script}"));
    // Several run at once, each with its own text.
    let script = sandbox.read("bin/flite").replace("/bin/cat > \"$sandbox/text\"", "/bin/cat > \"$sandbox/text.$$\"");
    sandbox.write("bin/flite", &script);
    sandbox
}

const SPEAKS: &str = "/bin/cp \"$sandbox/good.wav\" \"$out\"";

/// Returns the lines passed to the engine so far.
fn requested_lines(sandbox: &Sandbox) -> BTreeSet<String> {
    let entries = fs::read_dir(sandbox.at("requested")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The program while it is playing.
struct Player {
    child: Child,
    events: Receiver<Value>,
    stderr: std::path::PathBuf,
}

impl Player {
    fn start(sandbox: &Sandbox) -> Self {
        let stderr = sandbox.at("stderr");
        let mut command = sandbox.command(&["play", "x.toml", "--voice", "flite", "--output", "null", "--json"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(&stderr).unwrap());
        let mut child = command.spawn().unwrap();
        let events = events(&mut child);
        Self { child, events, stderr }
    }

    fn next(&self) -> Value {
        self.events.recv_timeout(TIMEOUT).expect("an event")
    }

    fn send(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Waits for words on standard error.
    fn wait_for(&self, words: &str) {
        wait_until(|| fs::read_to_string(&self.stderr).unwrap().contains(words));
    }

    /// Waits for the end, and returns the remaining events, the exit code, and standard error.
    fn finish(mut self) -> (Vec<Value>, Option<i32>, String) {
        let mut events = Vec::new();
        while let Ok(event) = self.events.recv_timeout(TIMEOUT) {
            events.push(event);
        }
        (events, self.child.wait().unwrap().code(), fs::read_to_string(&self.stderr).unwrap())
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn playback_is_the_same_when_it_starts_before_the_speech_is_ready() {
    let sandbox = sandbox(SESSION, SPEAKS);
    let playing = Player::start(&sandbox);
    let (start, bell) = (playing.next(), playing.next());
    assert_eq!((&start["event"], &bell["event"], &bell["index"]), (&"start".into(), &"segment".into(), &0.into()));
    playing.wait_for("one moment: the next line");
    let cores = thread::available_parallelism().unwrap().get().min(LINES.len());
    wait_until(|| requested_lines(&sandbox).len() == cores);
    assert_eq!(
        requested_lines(&sandbox),
        LINES[..cores].iter().map(|line| (*line).to_owned()).collect(),
        "the lines that are needed first"
    );
    sandbox.write("go", "");
    let (first, code, stderr) = playing.finish();
    assert_eq!((code, stderr.lines().count()), (Some(0), 1), "{stderr}");
    assert_eq!(requested_lines(&sandbox), LINES.iter().map(|line| (*line).to_owned()).collect());
    assert_eq!(sandbox.engine_runs(), LINES.len(), "each line once");

    let playing = Player::start(&sandbox);
    let start = playing.next();
    let (shown, _) = sandbox.show("flite");
    assert_eq!(start["frames"], shown["frames"], "once every line is cached, the length is known at the start");
    assert_eq!(playing.next(), bell);
    let (second, code, stderr) = playing.finish();
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_eq!(first, second);
    let starts = shown["segments"].as_array().unwrap().iter().skip(1).map(|segment| segment["start"].clone());
    let heard = first.iter().filter(|event| event["event"] == "segment").map(|event| event["at"].clone());
    assert_eq!(heard.collect::<Vec<_>>(), starts.collect::<Vec<_>>());
    assert_eq!(sandbox.engine_runs(), LINES.len(), "nothing is spoken again");
}

#[test]
fn leaving_kills_the_engine_and_its_children_immediately() {
    for (command, reason, expected) in [("exit", "exit", 0), ("stop", "stop", 130)] {
        let sandbox = sandbox(SESSION, "");
        let script = sandbox
            .read("bin/flite")
            .replace("while [", "/bin/sh -c 'echo $$ >> \"$0\"; exec /bin/sleep 600' \"$sandbox/sleepers\"; while [");
        sandbox.write("bin/flite", &script);
        let mut playing = Player::start(&sandbox);
        playing.wait_for("one moment: the next line");
        wait_until(|| sandbox.at("sleepers").exists());
        playing.send(command);
        let (events, code, stderr) = playing.finish();
        let others = stderr.lines().filter(|line| !line.starts_with("to continue later: ")).count();
        assert_eq!((code, others), (Some(expected), 1), "{stderr}");
        assert_eq!(events.last().unwrap()["reason"], reason);
        let sleepers = sandbox.read("sleepers");
        assert!(!sleepers.is_empty());
        for sleeper in sleepers.lines() {
            wait_for_exit(sleeper);
        }
        assert!(sandbox.entries("tmp").is_empty(), "nothing is left behind");
    }
}

#[test]
fn ctrl_c_ends_the_program_before_the_session_starts() {
    for is_speech_ready in [false, true] {
        let sandbox = sandbox(SESSION, SPEAKS);
        if is_speech_ready {
            sandbox.write("go", "");
        }
        // The program waits for a sound server that never answers.
        let _server = UnixListener::bind(sandbox.at("server")).unwrap();
        let server = format!("unix:{}", sandbox.at("server").display());
        let mut command = sandbox.command(&["play", "x.toml", "--voice", "flite", "--json"]);
        command.env("PULSE_SERVER", server).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let cached = || sandbox.entries("cache/karuna/speech").len();
        wait_until(|| if is_speech_ready { cached() == LINES.len() } else { !requested_lines(&sandbox).is_empty() });
        // By then the wait for speech is over. If it isn't, Ctrl-C has the same effect.
        thread::sleep(Duration::from_millis(400));
        let process = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &process]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "speech is ready: {is_speech_ready}: {stderr}");
        assert_eq!(output.stdout, b"", "nothing has started");
        assert!(sandbox.entries("tmp").is_empty(), "nothing is left behind");
    }
}

#[test]
fn lines_of_an_engine_that_fails_during_playback_are_shown() {
    let session =
        "format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"block\"\nhold = \"0s\"\n[[segment]]\nsay = \"One.\"\n";
    let sandbox = sandbox(session, "exit 3");
    let playing = Player::start(&sandbox);
    playing.wait_for("one moment: the next line");
    sandbox.write("go", "");
    let (events, code, stderr) = playing.finish();
    assert_eq!(code, Some(0));
    assert!(stderr.contains("flite exited with code 3, so the line is shown, not spoken"), "{stderr}");
    assert_eq!(stderr.lines().count(), 2, "{stderr}");
    assert_eq!(events.last().unwrap()["at"], 2 * 48_000, "a line of one word is shown for two seconds");
}

#[test]
fn speech_that_exceeds_the_maximum_length_is_reported_once_and_not_used() {
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
    let sandbox = sandbox(session, SPEAKS);
    write_tone(&sandbox.at("good.wav"), 4.0, 0.3);
    let script = sandbox.read("bin/flite").replace("$sandbox/go\"", "$sandbox/go.$name\"");
    sandbox.write("bin/flite", &script);
    let mut playing = Player::start(&sandbox);
    let begins = |playing: &Player, number: usize| {
        let event = playing.next();
        assert_eq!((&event["event"], &event["index"]), (&"segment".into(), &number.into()));
    };
    assert_eq!(playing.next()["event"], "start");
    for (number, line) in ["", "One.", "Two."].iter().enumerate() {
        sandbox.write(&format!("go.{line}"), "");
        begins(&playing, number);
    }
    begins(&playing, 3);
    playing.send("stop");
    let (_, code, stderr) = playing.finish();
    assert_eq!(code, Some(130));
    let sentences: Vec<_> = stderr
        .lines()
        .filter(|line| !line.starts_with("one moment") && !line.starts_with("to continue later: "))
        .collect();
    assert!(sentences.len() == 1 && sentences[0].contains("longer than 24 hours, so some lines are shown"), "{stderr}");
}
