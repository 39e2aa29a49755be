//! `karuna narrate`: a file for each line that has none, and the names of the files in the manifest; and what its page tells a
//! teacher to type.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::engines::{Room, text, tone};

const SESSION: &str = r#"# An evening of my own.
format = 1
title = "Evening"

[[segment]]
id = "hand"   # touch
say = "Rest a hand on the chest, if that feels all right."
tags = ["touch"]
instead = { say = "Rest a hand on the desk." }

[[segment]]
say = "Recorded."
clip = "mine.wav"

[[segment]]
repeat = 2
[[segment.part]]
id = "ease"
say = "May I be at ease."

[[exit]]
say = "It is all right to stop here."
"#;

fn room() -> Room {
    let room = Room::new();
    room.write("evening.toml", SESSION);
    tone(&room.at("good.wav"), 3.0, 0.3);
    tone(&room.at("mine.wav"), 2.0, 0.1);
    room.engine("flite", "/bin/cp \"$room/good.wav\" \"$out\"");
    room
}

const FILES: [&str; 4] = ["hand.flac", "hand-instead.flac", "ease.flac", "line-05.flac"];

#[test]
fn each_open_line_gets_a_file_and_the_line_that_names_it() {
    let room = room();
    let (printed, _) = room.well(&["narrate", "evening.toml"]);
    for file in FILES {
        assert!(room.at(&format!("evening/{file}")).is_file(), "{printed}");
        assert!(printed.contains(&format!("clip = \"evening/{file}\"")), "{printed}");
    }
    assert_eq!(room.read("evening.toml"), SESSION);
    let (again, _) = room.well(&["narrate", "evening.toml", "--voice", "flite"]);
    assert_eq!(again, printed, "what is there already is not put there twice");
    assert_eq!(room.left("evening").len(), FILES.len());
}

#[test]
fn written_into_the_manifest_the_session_is_whole_and_all_else_in_it_as_it_was() {
    let room = room();
    let (before, _) = room.well(&["show", "evening.toml", "--json", "--avoid", "touch"]);
    let (printed, _) = room.well(&["narrate", "evening.toml", "--write"]);
    assert!(printed.contains("evening.toml now names them"), "{printed}");
    let written = room.read("evening.toml");
    let kept: Vec<_> = written.lines().filter(|line| !line.starts_with("clip = \"evening/")).collect();
    assert_eq!(kept.join("\n").replace(", clip = \"evening/hand-instead.flac\"", ""), SESSION.trim_end());
    room.well(&["check", "evening.toml"]);
    let (after, said) = room.well(&["show", "evening.toml", "--json", "--avoid", "touch"]);
    let [before, after] = [before, after].map(|shown| serde_json::from_str::<serde_json::Value>(&shown).unwrap());
    assert_eq!(
        (&before["segments"], said.as_str()),
        (&after["segments"], ""),
        "it lasts as long as when it was spoken"
    );
    let (_, said) = room.well(&["narrate", "evening.toml"]);
    assert!(said.contains("nothing to do"), "{said}");
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let room = room();
    fs::create_dir(room.at("evening")).unwrap();
    room.write("evening/hand.flac", "a recording of somebody's own");
    let (printed, _) = room.well(&["narrate", "evening.toml"]);
    assert_eq!(room.read("evening/hand.flac"), "a recording of somebody's own");
    assert!(printed.contains("clip = \"evening/hand-2.flac\""), "{printed}");
}

#[test]
fn recordings_of_ones_own_take_the_place_of_speech() {
    let room = room();
    fs::create_dir(room.at("takes")).unwrap();
    for name in ["hand.wav", "04.wav", "3-line-03.wav", "nobody.wav"] {
        tone(&room.at("takes").join(name), 2.5, 0.2);
    }
    let (printed, said) = room.well(&["narrate", "evening.toml", "--from", "takes", "--write"]);
    assert!(
        said.contains("no line is called nobody") && said.contains("no recording was found for hand-instead, line-05"),
        "{said}"
    );
    assert!(!printed.contains("flac") && room.asked() == 0, "nothing is spoken beside them: {printed}");
    let written = room.read("evening.toml");
    for clip in ["evening/hand.wav", "evening/line-03.wav", "evening/ease.wav"] {
        assert!(written.contains(&format!("clip = \"{clip}\"")), "{written}");
        assert!(room.at(clip).is_file());
    }
    assert!(room.at("mine.wav").is_file() && !written.contains("mine.wav"), "the older recording stays where it is");
    room.write("takes/hand.wav", "this is not sound");
    let refused = room.karuna(&["narrate", "evening.toml", "--from", "takes"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("hand.wav is not audio"), "{}", text(&refused.stderr));
}

#[test]
fn what_it_cannot_do_it_says() {
    let room = room();
    let cases: [(&[&str], &str); 3] = [
        (&["narrate", "evening.toml", "--voice", "piper"], "piper is not installed"),
        (&["narrate", "evening.toml", "--from", "nowhere"], "nowhere can't be read"),
        (&["narrate", "evening.toml", "--write", "-o", "/tmp"], "can't name files in"),
    ];
    for (arguments, expected) in cases {
        let output = room.karuna(arguments);
        let said = text(&output.stderr);
        assert!(
            output.status.code() == Some(1) && said.contains(expected) && said.contains("help"),
            "{arguments:?}: {said}"
        );
    }
    room.engine("flite", "exit 1");
    let failed = room.karuna(&["narrate", "evening.toml"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(
        text(&failed.stderr).contains("flite exited with code 1, so there is no recording of hand"),
        "{}",
        text(&failed.stderr)
    );
}

#[test]
fn the_lines_without_a_recording_are_listed_to_read_from() {
    let room = room();
    let (printed, _) = room.well(&["narrate", "evening.toml", "--voice", "none"]);
    assert!(printed.starts_with("hand\n    Rest a hand on the chest"), "{printed}");
    assert!(printed.contains("line-05") && !printed.contains("Recorded."), "{printed}");
}

/// The commands of a page, block by block.
fn commands(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    for block in page.split("```sh\n").skip(1) {
        blocks.push(block.split("```").next().unwrap().to_owned());
    }
    blocks
}

#[test]
fn the_page_on_recording_can_be_followed_word_for_word() {
    let room = Room::with_real_engines();
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recording.md")).unwrap();
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    room.write("evening.toml", example);
    // One long take: two lines of noise that rises out of a quiet room, as a voice would.
    let take = "sox -n -r 44100 -c 1 quiet.wav trim 0 3; \
        sox -n -r 44100 -c 1 one.wav synth 3 pinknoise vol 0.3 fade 0.1 0 0.1; sox -n -r 44100 -c 1 two.wav synth 4 pinknoise vol 0.3 fade 0.1 0 0.1; \
        sox quiet.wav one.wav quiet.wav two.wav quiet.wav take.wav; mkdir takes; cp one.wav takes/hand.wav; cp two.wav takes/listen.wav";
    let karuna = Path::new(env!("CARGO_BIN_EXE_karuna")).parent().unwrap();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", karuna.display());
    let run = |commands: &str| {
        let output = Command::new("sh")
            .args(["-euc", commands])
            .current_dir(room.folder.path())
            .env("PATH", &path)
            .env("HOME", room.folder.path())
            .env("XDG_CACHE_HOME", room.at("cache"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{commands}\n{}", text(&output.stderr));
        text(&output.stdout) + &text(&output.stderr)
    };
    run(take);
    let blocks = commands(&page);
    assert!(blocks.len() >= 4, "{blocks:?}");
    let said: Vec<_> = blocks.iter().filter(|block| !block.contains("karuna play")).map(|block| run(block)).collect();
    let written = room.read("evening.toml");
    for clip in ["evening/hand-2.wav", "evening/listen-2.wav"] {
        assert!(
            written.contains(&format!("clip = \"{clip}\"")),
            "the parts of the long take, after single ones: {written}"
        );
    }
    let parts = said.iter().find(|said| said.contains("hand-2.wav"));
    assert!(parts.is_some(), "{said:?}");
}
