//! Stored state: the place where a session was left, and the log of sittings.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use serde_json::Value;

use crate::support::events::events;
use crate::support::home::command;

/// A bell, a line with an id, an hour of silence, a line without an id, another hour of silence.
const SESSION: &str = "[[segment]]\nbell = \"block\"\nhold = \"20s\"\n[[segment]]\nid = \"one\"\nsay = \"One.\"\ntags = [\"breath\"]\n\
    [[segment]]\nsilence = \"1h\"\n[[segment]]\nsay = \"Two.\"\n[[segment]]\nsilence = \"1h\"\n\
    [[soften]]\nsilence = \"1h\"\n[[exit]]\nsilence = \"100ms\"\n";
const SHORT: &str = "[[segment]]\nsay = \"Here.\"\n[[exit]]\nsilence = \"100ms\"\n";
/// Upper bound for every wait.
const TIMEOUT: Duration = Duration::from_secs(40);
/// The starts of the two lines, in frames.
const ONE: u64 = 48_000 * 20;
const TWO: u64 = ONE + 48_000 * 3602;

/// A home folder with two sessions.
struct Home(tempfile::TempDir);

/// The result of a finished session.
struct Played {
    code: Option<i32>,
    events: Vec<Value>,
    stderr: String,
}

impl Home {
    fn new(config: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(home.at(".config/karuna")).unwrap();
        fs::write(home.at(".config/karuna/config.toml"), config).unwrap();
        home.write("x.toml", SESSION);
        home.write("short.toml", SHORT);
        home
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, segments: &str) {
        fs::write(self.at(name), format!("format = 1\ntitle = \"A, \\\"B\\\"\"\n{segments}")).unwrap();
    }

    fn places(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.at(".local/state/karuna/places")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// Plays a session with these lines on standard input.
    fn play(&self, arguments: &[&str], lines: &str) -> Played {
        let options = ["--output", "null", "--json", "--voice", "none"];
        let resumes = arguments.contains(&"--resume");
        let options = if resumes { &options[..3] } else { &options[..] };
        let mut child = command(self.0.path())
            .arg("play")
            .args(arguments)
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (incoming, mut seen) = (events(&mut child), Vec::new());
        let mut input = child.stdin.take().unwrap();
        for line in lines.lines() {
            writeln!(input, "{line}").unwrap();
            // A session that is left during a jump is left at its old position, so wait for the jump to end.
            for name in awaited(line) {
                seen.extend(until(&incoming, name));
            }
        }
        seen.extend(incoming.iter());
        let output = child.wait_with_output().unwrap();
        Played { code: output.status.code(), events: seen, stderr: String::from_utf8(output.stderr).unwrap() }
    }

    /// Runs another command. Returns its exit code, standard output and standard error.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = command(self.0.path()).args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }
}

/// Returns the events to wait for after a line.
fn awaited(line: &str) -> &'static [&'static str] {
    match line {
        seek if seek.starts_with("seek") => &["jump", "segment"],
        "soften" => &["soften"],
        "exit" => &["exit"],
        _ => &[],
    }
}

/// Receives events up to the first one with this name.
fn until(incoming: &Receiver<Value>, name: &str) -> Vec<Value> {
    let mut seen = Vec::new();
    while seen.last().is_none_or(|event: &Value| event["event"] != name) {
        seen.push(incoming.recv_timeout(TIMEOUT).unwrap_or_else(|_| panic!("no {name} after {seen:?}")));
    }
    seen
}

impl Played {
    /// Returns the frame at which playback started.
    fn start(&self) -> u64 {
        let start = self.events.first().unwrap_or_else(|| panic!("{}", self.stderr));
        assert_eq!(start["event"], "start", "{}", self.stderr);
        start["at"].as_u64().unwrap()
    }
}

#[test]
fn resume_starts_where_the_session_was_left() {
    let home = Home::new("remember = true\n");
    for (lines, start) in [
        ("exit\n", 0),
        ("seek 20s\nexit\n", ONE),
        ("seek 30m\nexit\n", ONE),
        ("seek 1h23s\nstop\n", TWO),
        ("seek 1h30m\nsoften\nstop\n", TWO),
        ("seek 1h23s\nexit\nstop\n", TWO),
    ] {
        let left = home.play(&["x.toml"], lines);
        assert_eq!(left.stderr, "to continue later: karuna play --resume\n", "{lines}");
        let resumed = home.play(&["--resume"], "stop\n");
        assert_eq!((resumed.start(), resumed.code), (start, Some(130)), "{lines}");
    }
    let kept = home.places();
    assert_eq!(kept.len(), 1);
    assert_eq!(fs::metadata(&kept[0]).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&kept[0]).unwrap();
    assert!(!text.contains("Two.") && text.contains("x.toml"), "no words are kept: {text}");
}

#[test]
fn a_lost_terminal_keeps_the_place() {
    let home = Home::new("remember = true\n");
    let mut child = command(home.0.path())
        .args(["play", "x.toml", "--output", "null", "--json", "--from", "one", "--voice", "none"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let events = events(&mut child);
    assert_eq!(events.recv().unwrap()["event"], "start");
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-HUP", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(home.play(&["--resume"], "stop\n").start(), ONE);
}

#[test]
fn finishing_removes_the_place_of_that_session_only() {
    let home = Home::new("remember = true\n");
    assert_eq!(home.play(&["x.toml"], "seek 30m\nexit\n").code, Some(0));
    assert_eq!(home.play(&["short.toml"], "stop\n").code, Some(130));
    assert_eq!(home.places().len(), 2);
    assert_eq!(home.play(&["x.toml", "--resume"], "stop\n").start(), ONE, "by its name");
    let finished = home.play(&["short.toml"], "");
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "nothing is printed at the end");
    assert_eq!(home.places().len(), 1);
    let nothing = home.play(&["short.toml", "--resume"], "");
    assert!(
        nothing.code == Some(1) && nothing.stderr.contains("no place is stored for short.toml"),
        "{}",
        nothing.stderr
    );
    assert_eq!(home.play(&["--resume"], "stop\n").start(), ONE);
}

#[test]
fn resume_applies_the_earlier_options_and_refuses_others() {
    let home = Home::new("remember = true\nsettle = \"1s\"\n");
    assert_eq!(home.play(&["x.toml", "--avoid", "breath", "--no-bell"], "seek 1h30m\nexit\n").code, Some(0));
    // The first line is avoided, and the settle precedes it.
    fs::write(home.at(".config/karuna/config.toml"), "remember = true\n").unwrap();
    let resumed = home.play(&["--resume", "--avoid", "breath"], "stop\n");
    assert_eq!(resumed.start(), TWO + 48_000, "{}", resumed.stderr);
    for other in
        [&["--length", "3h"][..], &["--avoid", "touch"], &["--settle", "2s"], &["--audition"], &["--from", "one"]]
    {
        let refused = home.play(&[&["--resume"], other].concat(), "");
        assert_eq!(refused.code, Some(2), "{other:?}: {}", refused.stderr);
    }
    let refused = home.play(&["--resume", "--audition"], "");
    assert!(refused.stderr.contains("this session was left with other options: --avoid breath"), "{}", refused.stderr);
}

#[test]
fn without_remember_the_hint_contains_the_full_command() {
    let home = Home::new("");
    for (options, lines, expected) in [
        (&[][..], "exit\n", "karuna play x.toml --voice none --output null --json"),
        (&[], "seek 30m\nexit\n", "karuna play x.toml --voice none --output null --json --from one"),
        (
            &["--volume", "-3"],
            "seek 1h23s\nstop\n",
            "karuna play x.toml --voice none --volume -3 --output null --json --from 1h22s",
        ),
    ] {
        let left = home.play(&[&["x.toml"], options].concat(), lines);
        assert_eq!(left.stderr, format!("to continue later: {expected}\n"));
    }
    assert!(home.places().is_empty() && !home.at(".local/state").exists(), "nothing is kept");
    let nothing = home.play(&["--resume"], "");
    assert!(nothing.code == Some(1) && nothing.stderr.contains("remember = true"), "{}", nothing.stderr);
    let at = home.play(&["x.toml", "--from", "1h22s"], "stop\n");
    assert_eq!(at.start(), TWO);
}

#[test]
fn resume_finds_the_place_in_a_changed_session_or_starts_over() {
    let home = Home::new("remember = true\n");
    home.play(&["x.toml"], "seek 1h30m\nexit\n");
    home.write("x.toml", &SESSION.replace("hold = \"20s\"", "hold = \"21s\""));
    let resumed = home.play(&["--resume"], "stop\n");
    assert_eq!(resumed.start(), TWO + 48_000);
    home.write("x.toml", &SESSION.replace("Two.", "Three."));
    let resumed = home.play(&["--resume"], "stop\n");
    assert_eq!(resumed.start(), 0);
    assert!(resumed.stderr.contains("is gone, so it starts from the beginning"), "{}", resumed.stderr);
}

#[test]
fn damaged_state_files_never_prevent_a_session() {
    let home = Home::new("remember = true\nlog = true\n");
    home.play(&["short.toml"], "stop\n");
    let short = home.places().remove(0);
    home.play(&["x.toml"], "seek 20s\nexit\n");
    let x = home.places().into_iter().find(|place| *place != short).unwrap();
    for garbage in [
        &b""[..],
        b"garbage",
        &[0xFF; 100],
        b"format = 2\n",
        b"format = 1\nsession = \"y\"\noptions = []\nsettings = []\n",
    ] {
        fs::write(&x, garbage).unwrap();
        let refused = home.play(&["x.toml", "--resume"], "");
        assert_eq!(refused.code, Some(1), "{garbage:?}");
        assert!(
            refused.stderr.contains("help: `karuna forget places`") && refused.stderr.contains("karuna play x.toml"),
            "{}",
            refused.stderr
        );
        assert_eq!(home.play(&["short.toml", "--resume"], "stop\n").code, Some(130), "nothing else is affected");
        assert_eq!(home.play(&["x.toml", "--no-config"], "stop\n").code, Some(130));
    }
    // Options that the program does not have.
    let text = format!(
        "format = 1\nsession = \"{}\"\noptions = [\"--frob\"]\nsettings = []\n",
        home.at("x.toml").canonicalize().unwrap().display()
    );
    fs::write(&x, text).unwrap();
    assert!(home.play(&["x.toml", "--resume"], "").stderr.contains("is damaged"));
    // A file in place of the state folder, so that neither the place nor the log can be written.
    fs::remove_dir_all(home.at(".local/state/karuna")).unwrap();
    fs::write(home.at(".local/state/karuna"), "").unwrap();
    let left = home.play(&["x.toml"], "seek 20s\nexit\n");
    assert_eq!(left.code, Some(0));
    assert!(
        left.stderr.contains("the place could not be stored: ") && left.stderr.contains("--from one\n"),
        "{}",
        left.stderr
    );
    assert!(left.stderr.contains("this sitting could not be logged: "), "{}", left.stderr);
}

#[test]
fn a_state_folder_that_can_not_be_written_never_prevents_a_session() {
    let home = Home::new("remember = true\nlog = true\n");
    fs::write(home.at("lines"), "stop\n").unwrap();
    let play = |arguments: &[&str]| {
        // Nobody can create folders there.
        let mut command = command(home.0.path());
        command.arg("play").args(arguments).args(["--output", "null"]).env("XDG_STATE_HOME", "/sys");
        command.stdin(fs::File::open(home.at("lines")).unwrap()).output().unwrap()
    };
    let left = play(&["x.toml", "--voice", "none"]);
    let stderr = String::from_utf8(left.stderr).unwrap();
    assert_eq!(left.status.code(), Some(130), "{stderr}");
    assert!(stderr.contains("the place could not be stored: /sys/karuna"), "{stderr}");
    assert!(stderr.contains("to continue later: karuna play x.toml"), "{stderr}");
    assert!(stderr.contains("this sitting could not be logged: /sys/karuna"), "{stderr}");
    assert_eq!(play(&["--resume"]).status.code(), Some(1));
}

#[test]
fn the_log_lists_every_sitting() {
    let home = Home::new("log = true\n");
    home.play(&["short.toml"], "");
    home.play(&["x.toml"], "stop\n");
    let (code, table, stderr) = home.run(&["log"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let lines: Vec<_> = table.lines().collect();
    assert!(
        lines[0].ends_with("short.toml      2s") && lines[1].ends_with("x.toml          0s  left early"),
        "{table}"
    );
    let (_, csv, _) = home.run(&["log", "--csv"]);
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines[0], "start,session,title,seconds,left_early");
    assert!(lines[1].contains("/short.toml,\"A, \"\"B\"\"\",") && lines[1].ends_with(",false"), "{csv}");
    assert!(lines[2].contains("/x.toml,") && lines[2].ends_with(",true"), "{csv}");
    let log = home.at(".local/state/karuna/log.tsv");
    assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
    fs::write(&log, format!("\u{1b}[2J\tgarbage\n{}half a li", fs::read_to_string(&log).unwrap())).unwrap();
    home.play(&["short.toml"], "");
    let (code, table, stderr) = home.run(&["log"]);
    assert_eq!((code, table.lines().count(), stderr.as_str()), (Some(0), 3, "2 lines of the log can't be read\n"));
}

#[test]
fn forget_deletes_and_reports() {
    let home = Home::new("log = true\nremember = true\n");
    home.play(&["x.toml"], "seek 20s\nexit\n");
    home.run(&["show", "glimmer", "--json"]);
    let other = home.at(".local/state/karuna/places/notes.txt");
    fs::write(&other, "mine").unwrap();
    for (kept, expected) in [
        ("places", "deleted the place in 1 session\n"),
        ("places", "no places were stored\n"),
        ("log", "deleted the log\n"),
        ("log", "no log was stored\n"),
    ] {
        assert_eq!(home.run(&["forget", kept]), (Some(0), expected.to_owned(), String::new()));
    }
    assert!(home.run(&["forget", "all"]).1.starts_with("no places were stored\nno log was stored\n"));
    assert_eq!(home.run(&["forget", "cache"]).1, "the cache was empty\n");
    assert!(other.exists(), "only what the program made is deleted");
    assert_eq!(home.run(&["forget", "everything"]).0, Some(2));
    assert_eq!(home.run(&["forget"]).0, Some(2));
    assert!(home.run(&["log"]).1.is_empty());
}

#[test]
fn nothing_is_kept_by_default() {
    let home = Home::new("");
    home.play(&["short.toml"], "");
    let (code, listed, stderr) = home.run(&["log"]);
    assert_eq!((code, listed.as_str()), (Some(0), ""));
    assert!(stderr.contains("log = true"), "{stderr}");
    assert!(!Path::new(&home.at(".local")).exists());
}
