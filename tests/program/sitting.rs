//! What is kept of sittings: the place where a session was left, and a line for each.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

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

/// A bell, a line with an id, an hour, a line without one, an hour.
const SESSION: &str = "[[segment]]\nbell = \"block\"\nhold = \"20s\"\n[[segment]]\nid = \"one\"\nsay = \"One.\"\ntags = [\"breath\"]\n\
    [[segment]]\nsilence = \"1h\"\n[[segment]]\nsay = \"Two.\"\n[[segment]]\nsilence = \"1h\"\n\
    [[soften]]\nsilence = \"1h\"\n[[exit]]\nsilence = \"100ms\"\n";
const SHORT: &str = "[[segment]]\nsay = \"Here.\"\n[[exit]]\nsilence = \"100ms\"\n";
/// Longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(40);
/// Where the lines begin, in frames.
const ONE: u64 = 48_000 * 20;
const TWO: u64 = ONE + 48_000 * 3602;

/// A home with two sessions.
struct Home(tempfile::TempDir);

/// How a session came to its end.
struct Played {
    code: Option<i32>,
    events: Vec<Value>,
    said: String,
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

    /// Plays with lines on standard input.
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
            // What leaves a session while it jumps leaves it where it was before.
            for name in awaited(line) {
                seen.extend(until(&incoming, name));
            }
        }
        seen.extend(incoming.iter());
        let output = child.wait_with_output().unwrap();
        Played { code: output.status.code(), events: seen, said: String::from_utf8(output.stderr).unwrap() }
    }

    /// Runs another command. Gives its exit code, and what it printed.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = command(self.0.path()).args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }
}

/// The events that a line leads to.
fn awaited(line: &str) -> &'static [&'static str] {
    match line {
        seek if seek.starts_with("seek") => &["jump", "segment"],
        "soften" => &["soften"],
        "exit" => &["exit"],
        _ => &[],
    }
}

/// The events up to one of a name.
fn until(incoming: &Receiver<Value>, name: &str) -> Vec<Value> {
    let mut seen = Vec::new();
    while seen.last().is_none_or(|event: &Value| event["event"] != name) {
        seen.push(incoming.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {name} after {seen:?}")));
    }
    seen
}

impl Played {
    /// Where it started, in frames.
    fn start(&self) -> u64 {
        let start = self.events.first().unwrap_or_else(|| panic!("{}", self.said));
        assert_eq!(start["event"], "start", "{}", self.said);
        start["at"].as_u64().unwrap()
    }
}

#[test]
fn a_session_goes_on_where_it_was_left() {
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
        assert_eq!(left.said, "to go on later: karuna play --resume\n", "{lines}");
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
fn a_lost_terminal_leaves_a_place() {
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
fn a_finished_session_is_forgotten_and_each_session_has_its_own_place() {
    let home = Home::new("remember = true\n");
    assert_eq!(home.play(&["x.toml"], "seek 30m\nexit\n").code, Some(0));
    assert_eq!(home.play(&["short.toml"], "stop\n").code, Some(130));
    assert_eq!(home.places().len(), 2);
    assert_eq!(home.play(&["x.toml", "--resume"], "stop\n").start(), ONE, "by its name");
    let finished = home.play(&["short.toml"], "");
    assert_eq!((finished.code, finished.said.as_str()), (Some(0), ""), "nothing is asked and nothing is counted");
    assert_eq!(home.places().len(), 1);
    let nothing = home.play(&["short.toml", "--resume"], "");
    assert!(nothing.code == Some(1) && nothing.said.contains("no place is kept of short.toml"), "{}", nothing.said);
    assert_eq!(home.play(&["--resume"], "stop\n").start(), ONE);
}

#[test]
fn the_options_of_then_apply_and_others_are_wrong() {
    let home = Home::new("remember = true\nsettle = \"1s\"\n");
    assert_eq!(home.play(&["x.toml", "--avoid", "breath", "--no-bell"], "seek 1h30m\nexit\n").code, Some(0));
    // The first line is left out, and the quiet comes before.
    fs::write(home.at(".config/karuna/config.toml"), "remember = true\n").unwrap();
    let resumed = home.play(&["--resume", "--avoid", "breath"], "stop\n");
    assert_eq!(resumed.start(), TWO + 48_000, "{}", resumed.said);
    for other in
        [&["--length", "3h"][..], &["--avoid", "touch"], &["--settle", "2s"], &["--audition"], &["--from", "one"]]
    {
        let refused = home.play(&[&["--resume"], other].concat(), "");
        assert_eq!(refused.code, Some(2), "{other:?}: {}", refused.said);
    }
    let refused = home.play(&["--resume", "--audition"], "");
    assert!(refused.said.contains("it was left with other options: --avoid breath"), "{}", refused.said);
}

#[test]
fn without_a_kept_place_the_line_says_how_to_go_on() {
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
        assert_eq!(left.said, format!("to go on later: {expected}\n"));
    }
    assert!(home.places().is_empty() && !home.at(".local/state").exists(), "nothing is kept");
    let nothing = home.play(&["--resume"], "");
    assert!(nothing.code == Some(1) && nothing.said.contains("remember = true"), "{}", nothing.said);
    let at = home.play(&["x.toml", "--from", "1h22s"], "stop\n");
    assert_eq!(at.start(), TWO);
}

#[test]
fn a_place_is_found_in_a_changed_session_or_it_starts_anew() {
    let home = Home::new("remember = true\n");
    home.play(&["x.toml"], "seek 1h30m\nexit\n");
    home.write("x.toml", &SESSION.replace("hold = \"20s\"", "hold = \"21s\""));
    let resumed = home.play(&["--resume"], "stop\n");
    assert_eq!(resumed.start(), TWO + 48_000);
    home.write("x.toml", &SESSION.replace("Two.", "Three."));
    let resumed = home.play(&["--resume"], "stop\n");
    assert_eq!(resumed.start(), 0);
    assert!(resumed.said.contains("is gone, so it starts from the beginning"), "{}", resumed.said);
}

#[test]
fn damage_never_keeps_a_session_from_starting() {
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
            refused.said.contains("help: `karuna forget places`") && refused.said.contains("karuna play x.toml"),
            "{}",
            refused.said
        );
        assert_eq!(home.play(&["short.toml", "--resume"], "stop\n").code, Some(130), "nothing else is affected");
        assert_eq!(home.play(&["x.toml", "--no-config"], "stop\n").code, Some(130));
    }
    // Options that nobody could have typed.
    let text = format!(
        "format = 1\nsession = \"{}\"\noptions = [\"--frob\"]\nsettings = []\n",
        home.at("x.toml").canonicalize().unwrap().display()
    );
    fs::write(&x, text).unwrap();
    assert!(home.play(&["x.toml", "--resume"], "").said.contains("is damaged"));
    // A folder that can't be one, and a log that is a pipe's end.
    fs::remove_dir_all(home.at(".local/state/karuna")).unwrap();
    fs::write(home.at(".local/state/karuna"), "").unwrap();
    let left = home.play(&["x.toml"], "seek 20s\nexit\n");
    assert_eq!(left.code, Some(0));
    assert!(left.said.contains("the place is not kept: ") && left.said.contains("--from one\n"), "{}", left.said);
    assert!(left.said.contains("this sitting is not in the log: "), "{}", left.said);
}

#[test]
fn sittings_are_listed_as_they_were() {
    let home = Home::new("log = true\n");
    home.play(&["short.toml"], "");
    home.play(&["x.toml"], "stop\n");
    let (code, table, said) = home.run(&["log"]);
    assert_eq!((code, said.as_str()), (Some(0), ""));
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
    let (code, table, said) = home.run(&["log"]);
    assert_eq!((code, table.lines().count(), said.as_str()), (Some(0), 3, "2 lines of the log can't be read\n"));
}

#[test]
fn what_is_forgotten_is_gone_and_said() {
    let home = Home::new("log = true\nremember = true\n");
    home.play(&["x.toml"], "seek 20s\nexit\n");
    home.run(&["show", "glimmer", "--json"]);
    let other = home.at(".local/state/karuna/places/notes.txt");
    fs::write(&other, "mine").unwrap();
    for (kept, expected) in [
        ("places", "deleted the place in 1 session\n"),
        ("places", "no places were kept\n"),
        ("log", "deleted the log\n"),
        ("log", "no log was kept\n"),
    ] {
        assert_eq!(home.run(&["forget", kept]), (Some(0), expected.to_owned(), String::new()));
    }
    assert!(home.run(&["forget", "all"]).1.starts_with("no places were kept\nno log was kept\n"));
    assert_eq!(home.run(&["forget", "cache"]).1, "the cache was empty\n");
    assert!(other.exists(), "only what the program made is deleted");
    assert_eq!(home.run(&["forget", "everything"]).0, Some(2));
    assert_eq!(home.run(&["forget"]).0, Some(2));
    assert!(home.run(&["log"]).1.is_empty());
}

#[test]
fn nothing_is_kept_unless_it_was_turned_on() {
    let home = Home::new("");
    home.play(&["short.toml"], "");
    let (code, listed, said) = home.run(&["log"]);
    assert_eq!((code, listed.as_str()), (Some(0), ""));
    assert!(said.contains("log = true"), "{said}");
    assert!(!Path::new(&home.at(".local")).exists());
}
