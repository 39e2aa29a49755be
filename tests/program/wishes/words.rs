//! The same told in words, a line at a time.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};

use super::{SESSION, folder, karuna};

/// Plays the session of a folder into nothing, in plain lines.
fn plain(folder: &Path) -> Child {
    let mut command = karuna(folder, &["play", "x.toml", "--output", "null", "--voice", "none", "--plain"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn without_a_sound_a_session_is_whole_in_words_and_time() {
    let folder = folder(SESSION);
    let mut child = plain(folder.path());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |text: &str| lines.by_ref().map(Result::unwrap).find(|line| line.contains(text)).expect(text);
    let mut say = |lines: &str| child.stdin.as_mut().unwrap().write_all(lines.as_bytes()).unwrap();
    assert_eq!(until("All kinds"), "All kinds, 1:40:17");
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
fn a_stop_is_no_closing() {
    let folder = folder(SESSION);
    let told = ["stop", "exit"].map(|wish| {
        let mut child = plain(folder.path());
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut told = String::new();
        while !told.contains("sounds") {
            assert!(output.read_line(&mut told).unwrap() > 0, "{told}");
        }
        child.stdin.as_mut().unwrap().write_all(format!("{wish}\n").as_bytes()).unwrap();
        output.read_to_string(&mut told).unwrap();
        (told, child.wait().unwrap().code())
    });
    let [(stopped, stop), (left, exit)] = told;
    assert!(!stopped.contains("closing") && stop == Some(130), "{stopped}");
    assert!(left.contains("closing") && exit == Some(0), "{left}");
}
