//! The same commands with plain output.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};

use super::{SESSION, folder, karuna};

/// Plays the session of a folder into the null output, with plain output.
fn plain(folder: &Path) -> Child {
    let mut command = karuna(folder, &["play", "x.toml", "--output", "null", "--voice", "none", "--plain"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn plain_output_contains_every_line_at_its_time() {
    let folder = folder(SESSION);
    let mut child = plain(folder.path());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |text: &str| lines.by_ref().map(Result::unwrap).find(|line| line.contains(text)).expect(text);
    let mut say = |lines: &str| child.stdin.as_mut().unwrap().write_all(lines.as_bytes()).unwrap();
    assert_eq!(until("All kinds"), "All kinds, 1h40m18s");
    until("(The block sounds twice.)");
    until("A line of its own.");
    until("May I be at ease, here and now, as well as I can.");
    until("(A silence of 20 minutes.)");
    say("next\nnext\n");
    until("(A silence of 20 minutes.)");
    say("next\n");
    until("(A silence of 1 hour, with 359 bells within it.)");
    say("seek 9s\n");
    until("(The inkin sounds.)");
    say("pause\n");
    until("paused");
    say("resume\nvolume -1.5\n");
    until("volume -1.5 dB");
    say("exit\n");
    until("Go well.");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn stop_skips_the_closing() {
    let folder = folder(SESSION);
    let results = ["stop", "exit"].map(|command| {
        let mut child = plain(folder.path());
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        while !printed.contains("sounds") {
            assert!(output.read_line(&mut printed).unwrap() > 0, "{printed}");
        }
        child.stdin.as_mut().unwrap().write_all(format!("{command}\n").as_bytes()).unwrap();
        output.read_to_string(&mut printed).unwrap();
        (printed, child.wait().unwrap().code())
    });
    let [(stopped, stop), (left, exit)] = results;
    assert!(!stopped.contains("closing") && stop == Some(130), "{stopped}");
    assert!(left.contains("closing") && exit == Some(0), "{left}");
}
