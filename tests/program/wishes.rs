//! Commands on standard input, and the events they cause, compared to the frame with the timeline that `show` prints.

#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

mod readers;
mod words;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use crate::support::events::events;
use serde_json::{Value, json};
use tempfile::TempDir;

const RATE: u64 = 48_000;
/// Upper bound for every wait.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Bells, a recorded line, shown lines, repeats, silences with and without bells, a gentler passage and a closing.
const SESSION: &str = r#"
    format = 1
    title = "All kinds"
    settle = "1s"
    [[segment]]
    bell = "block"
    strikes = 2
    every = "1s"
    hold = "500ms"
    [[segment]]
    id = "line"
    say = "A line of its own."
    clip = "line.wav"
    [[segment]]
    repeat = 2
    [[segment.part]]
    id = "ease"
    say = "May I be at ease, here and now, as well as I can."
    [[segment.part]]
    id = "rest"
    silence = "20m"
    [[segment]]
    silence = "1h"
    bell = "inkin"
    every = "10s"
    [[segment]]
    bell = "block"
    hold = "300ms"
    [[soften]]
    silence = "3s"
    [[exit]]
    say = "Go well."
"#;

struct Session {
    child: Child,
    input: Option<ChildStdin>,
    events: Receiver<Value>,
    folder: TempDir,
}

/// Returns a folder with a session and its clip: three seconds of a bell, rendered by the program itself.
fn folder(session: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let bell = "format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"block\"\nhold = \"3s\"\n";
    std::fs::write(folder.path().join("bell.toml"), bell).unwrap();
    std::fs::write(folder.path().join("x.toml"), session).unwrap();
    assert!(karuna(folder.path(), &["render", "bell.toml", "-o", "line.wav"]).status().unwrap().success());
    folder
}

fn karuna(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_karuna"));
    command.args(arguments).current_dir(folder).stderr(Stdio::piped());
    command
}

impl Session {
    fn play(arguments: &[&str]) -> Self {
        Self::play_of(SESSION, arguments)
    }

    fn play_of(session: &str, arguments: &[&str]) -> Self {
        let folder = folder(session);
        let mut command = karuna(folder.path(), &["play", "x.toml", "--output", "null", "--voice", "none", "--json"]);
        let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let events = events(&mut child);
        let input = child.stdin.take();
        Self { child, input, events, folder }
    }

    /// Writes lines at once.
    fn say(&mut self, lines: &str) {
        self.input.as_mut().unwrap().write_all(format!("{lines}\n").as_bytes()).unwrap();
    }

    #[track_caller]
    fn next(&self) -> Value {
        self.events.recv_timeout(TIMEOUT).unwrap()
    }

    /// Fails unless the next event has this name. Returns its frame.
    #[track_caller]
    fn expect(&self, name: &str) -> u64 {
        let event = self.next();
        assert_eq!(event["event"], name, "{event}");
        event["at"].as_u64().unwrap()
    }

    /// Fails unless the next event is a jump to this frame.
    #[track_caller]
    fn expect_jump(&self, to: u64) {
        let event = self.next();
        assert_eq!((event["event"].as_str(), event["to"].as_u64()), (Some("jump"), Some(to)), "{event}");
    }

    /// Fails unless the next event is the start of this segment, or a jump into it, at this frame.
    #[track_caller]
    fn expect_segment(&self, index: usize, at: u64) {
        let segment = json!({"event": "segment", "at": at, "index": index});
        assert_eq!(self.next(), segment);
    }

    /// Fails unless the next and last event is this end. Returns standard error.
    #[track_caller]
    fn expect_end(mut self, at: u64, reason: &str, code: i32) -> String {
        assert_eq!(self.next(), json!({"event": "end", "at": at, "reason": reason}));
        assert!(self.events.recv_timeout(TIMEOUT).is_err(), "no event follows the end");
        assert_eq!(self.child.wait().unwrap().code(), Some(code));
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        // How to continue later is printed after leaving; other tests check it.
        let lines = stderr.split_inclusive('\n').filter(|line| !line.starts_with("to continue later: "));
        lines.collect()
    }

    /// Returns the starts of the segments, the end of the last one, and the end of the ring-out.
    fn timeline(&self) -> (Vec<u64>, u64, u64) {
        let shown = karuna(self.folder.path(), &["show", "x.toml", "--voice", "none", "--json"]).output().unwrap();
        let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
        let starts = shown["segments"].as_array().unwrap().iter();
        let frame = |value: &Value| value.as_u64().unwrap();
        (starts.map(|segment| frame(&segment["start"])).collect(), frame(&shown["frames"]), frame(&shown["end"]))
    }

    /// Expects the start of the session and of its first segment.
    #[track_caller]
    fn begin(&self, at: u64, segment: usize) {
        let (_, frames, _) = self.timeline();
        assert_eq!(self.next(), json!({"event": "start", "at": at, "rate": RATE, "frames": frames}));
        self.expect_segment(segment, at);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn jumps_are_exact_to_the_frame() {
    let mut session = Session::play(&[]);
    let (starts, frames, _) = session.timeline();
    session.begin(0, 0);
    session.say("next");
    session.expect_jump(starts[1]);
    session.expect_segment(1, starts[1]);
    // Each jump counts from the target of the previous one. The session is paused, so that the playhead does not move meanwhile.
    session.say("pause\nnext\nnext\nback\nseek 10m\nseek -1m\nnext\nback");
    session.expect("pause");
    session.expect_jump(starts[2]);
    session.expect_jump(starts[3]);
    session.expect_jump(starts[2]);
    session.expect_jump(starts[2] + 600 * RATE);
    session.expect_jump(starts[2] + 540 * RATE);
    session.expect_jump(starts[5]);
    session.expect_jump(starts[4]);
    session.say("seek 1m\nback");
    session.expect_jump(starts[4] + 60 * RATE);
    session.expect_jump(starts[4]);
    session.say("resume");
    session.expect("resume");
    session.expect_segment(4, starts[4]);
    session.say("seek -24h");
    session.expect_jump(0);
    session.expect_segment(0, 0);
    session.say("seek 24h");
    session.expect_jump(frames);
}

#[test]
fn a_pause_holds_the_frame_and_a_jump_moves_it() {
    let mut session = Session::play(&["--from", "rest"]);
    let (starts, ..) = session.timeline();
    let rest = starts[4];
    session.begin(rest, 4);
    session.say("pause\npause\nresume\nresume\ntoggle");
    let within_the_fade = |from: u64, at: u64| assert!((from..from + RATE / 4).contains(&at), "{from}, {at}");
    let first = session.expect("pause");
    within_the_fade(first, session.expect("resume"));
    let paused = session.expect("pause");
    session.say("seek 10s");
    session.expect_jump(paused + 10 * RATE);
    session.say("toggle");
    session.expect("resume");
    session.expect_segment(4, paused + 10 * RATE);
    session.say("stop");
    let at = session.next()["at"].as_u64().unwrap();
    assert!((paused + 10 * RATE..paused + 20 * RATE).contains(&at));
    assert_eq!(session.child.wait().unwrap().code(), Some(130));
}

#[test]
#[cfg(target_os = "linux")]
fn suspending_reports_a_pause_and_continuing_stays_paused() {
    use rustix::process::{Pid, Signal, kill_process};
    let mut session = Session::play(&["--from", "rest"]);
    let (starts, ..) = session.timeline();
    session.begin(starts[4], 4);
    let process = session.child.id();
    let signal = |signal| kill_process(Pid::from_raw(process.cast_signed()).unwrap(), signal).unwrap();
    signal(Signal::TSTP);
    let paused = session.expect("pause");
    let resumed = paused.saturating_sub(3 * RATE / 10).max(starts[4]);
    let deadline = std::time::Instant::now() + TIMEOUT;
    while !std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap().contains(") T ") {
        assert!(std::time::Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(5));
    }
    signal(Signal::CONT);
    session.say("resume");
    assert_eq!(session.expect("resume"), resumed);
    session.say("stop");
    assert!(session.expect("end") >= resumed);
    assert_eq!(session.child.wait().unwrap().code(), Some(130));
}

#[test]
fn from_finds_a_repeat_by_its_id_or_that_of_its_first_part() {
    let text = "format = 1\ntitle = \"Rounds\"\n[[segment]]\nsilence = \"10s\"\n[[segment]]\nid = \"round\"\nrepeat = 2\n\
                [[segment.part]]\nid = \"ease\"\nsilence = \"10s\"\n[[segment.part]]\nsilence = \"10s\"\n";
    for (id, second, index) in [("round", 10, 1), ("ease", 10, 1), ("ease.2", 30, 3)] {
        let mut session = Session::play_of(text, &["--from", id]);
        session.begin(second * RATE, index);
        session.say("stop");
        session.expect("end");
    }
}

#[test]
fn softening_returns_to_the_same_place_or_the_start_of_a_line() {
    let mut session = Session::play(&["--from", "line"]);
    let (starts, ..) = session.timeline();
    session.begin(starts[2], 2);
    session.say("pause");
    let paused = session.expect("pause");
    session.say("seek 1s\nsoften");
    session.expect_jump(paused + RATE);
    session.expect("soften");
    assert_eq!(session.expect("softened"), paused + RATE, "the reported frame stays where the session was left");
    session.expect_segment(2, starts[2]);
    session.say("pause\nnext\nnext\nseek 5m\nresume");
    session.expect("pause");
    session.expect_jump(starts[3]);
    session.expect_jump(starts[4]);
    session.expect_jump(starts[4] + 300 * RATE);
    session.expect("resume");
    session.expect_segment(4, starts[4] + 300 * RATE);
    session.say("soften");
    let left = session.expect("soften");
    session.say("seek 10s\nback\nsoften");
    assert_eq!([session.expect("soften"), session.expect("soften")], [left, left]);
    session.say("next");
    assert_eq!(session.expect("softened"), left);
    session.expect_segment(4, left);
    session.say("soften\nexit");
    let left = session.expect("soften");
    assert_eq!(session.expect("exit"), left);
    let stderr = session.expect_end(left, "exit", 0);
    assert!(stderr.is_empty(), "{stderr}");
}

#[test]
fn resume_cancels_an_exit() {
    for line in ["toggle", "resume"] {
        let mut session = Session::play(&["--from", "rest.2"]);
        let (starts, ..) = session.timeline();
        session.begin(starts[6], 6);
        session.say("exit");
        let left = session.expect("exit");
        session.say(line);
        let resumed = session.expect("resume");
        assert!((left..left + 2 * RATE).contains(&resumed), "{left}, {resumed}");
        session.say("seek 10s\nexit");
        let jump = session.next();
        assert_eq!(jump["event"], "jump", "the session continues: {jump}");
        let left = session.expect("exit");
        session.expect_end(left, "exit", 0);
    }
}

#[test]
fn the_closing_ignores_all_but_volume_captions_help_and_stop() {
    let mut session = Session::play(&["--from", "rest.2"]);
    let (starts, ..) = session.timeline();
    session.begin(starts[6], 6);
    session.say("exit\npause\nnext\nseek 10s\nsoften\nvolume -3\ncaptions\nhelp");
    let left = session.expect("exit");
    let stderr = session.expect_end(left, "exit", 0);
    assert!(stderr.contains("seek 10s"), "help is answered: {stderr}");

    let mut session = Session::play(&["--from", "20s"]);
    session.begin(20 * RATE, 4);
    session.say("exit");
    let left = session.expect("exit");
    session.say("exit");
    let end = session.next();
    assert_eq!((end["event"].as_str(), end["reason"].as_str()), (Some("end"), Some("stop")), "{end}");
    assert!(end["at"].as_u64().unwrap() >= left);
    assert_eq!(session.child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_session_ends_after_the_ring_out_and_ignores_the_end_of_input() {
    let session = Session::play(&[]);
    let (_, frames, end) = session.timeline();
    let from = format!("{}ms", (frames - RATE / 2) * 1_000 / RATE);
    drop(session);
    let mut session = Session::play(&["--from", &from]);
    session.input = None;
    let event = session.next();
    assert_eq!(event["event"], "start");
    let at = event["at"].as_u64().unwrap();
    session.expect_segment(7, at);
    let last = session.next();
    assert_eq!((last["event"].as_str(), last["index"].as_u64()), (Some("segment"), Some(8)));
    let stderr = session.expect_end(end, "done", 0);
    assert!(stderr.is_empty(), "{stderr}");
}

#[test]
fn an_unknown_line_is_reported_and_ignored() {
    let mut session = Session::play(&["--from", "rest"]);
    let (starts, ..) = session.timeline();
    session.begin(starts[4], 4);
    let long = "x".repeat(5_000);
    session.say(&format!(
        "what\nseek 10\nvolume loud\n\u{1b}[2J\n{long}stop\n\n   \nstop now\ncaptions\nvolume -1.5\nexit"
    ));
    let left = session.expect("exit");
    let stderr = session.expect_end(left, "exit", 0);
    for line in ["`what`", "`seek 10`", "`volume loud`", "`\\u{1b}[2J`", "`xxx", "`stop now`"] {
        assert!(stderr.contains(line), "{line}: {stderr}");
    }
    assert_eq!(stderr.lines().count(), 6, "{stderr}");
}

#[test]
fn every_one_of_many_lines_is_executed() {
    let mut session = Session::play(&["--from", "rest"]);
    let (starts, ..) = session.timeline();
    session.begin(starts[4], 4);
    session.say(&format!("pause\n{}", "seek 1s\nseek -1s\nseek 100ms\n".repeat(300)));
    let paused = session.expect("pause");
    let jumps: Vec<_> = (0..900).map(|_| session.next()["to"].as_u64().unwrap()).collect();
    assert_eq!(*jumps.last().unwrap(), paused + 30 * RATE);
    session.say("stop");
    session.expect("end");
}
