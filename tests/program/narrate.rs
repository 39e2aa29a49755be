//! `karuna narrate`: a recording for each line without one, its name in the manifest, and the commands of `docs/recording.md`.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::engines::{Sandbox, utf8, write_tone};

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

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("evening.toml", SESSION);
    write_tone(&sandbox.at("good.wav"), 3.0, 0.3);
    write_tone(&sandbox.at("mine.wav"), 2.0, 0.1);
    sandbox.add_engine("flite", "/bin/cp \"$sandbox/good.wav\" \"$out\"");
    sandbox
}

const FILES: [&str; 4] = ["hand.flac", "hand-instead.flac", "ease.flac", "line-05.flac"];

#[test]
fn each_line_without_a_recording_gets_a_file() {
    let sandbox = sandbox();
    let (stdout, _) = sandbox.run_ok(&["narrate", "evening.toml"]);
    for file in FILES {
        assert!(sandbox.at(&format!("evening/{file}")).is_file(), "{stdout}");
        assert!(stdout.contains(&format!("clip = \"evening/{file}\"")), "{stdout}");
    }
    assert_eq!(sandbox.read("evening.toml"), SESSION);
    let (again, _) = sandbox.run_ok(&["narrate", "evening.toml", "--voice", "flite"]);
    assert_eq!(again, stdout, "existing recordings are not written twice");
    assert_eq!(sandbox.entries("evening").len(), FILES.len());
}

#[test]
fn write_only_adds_clip_lines_to_the_manifest() {
    let sandbox = sandbox();
    let (before, _) = sandbox.run_ok(&["show", "evening.toml", "--json", "--avoid", "touch"]);
    let (stdout, _) = sandbox.run_ok(&["narrate", "evening.toml", "--write"]);
    assert!(stdout.contains("added them to evening.toml"), "{stdout}");
    let written = sandbox.read("evening.toml");
    let kept: Vec<_> = written.lines().filter(|line| !line.starts_with("clip = \"evening/")).collect();
    assert_eq!(kept.join("\n").replace(", clip = \"evening/hand-instead.flac\"", ""), SESSION.trim_end());
    sandbox.run_ok(&["check", "evening.toml"]);
    let (after, stderr) = sandbox.run_ok(&["show", "evening.toml", "--json", "--avoid", "touch"]);
    let [before, after] = [before, after].map(|shown| serde_json::from_str::<serde_json::Value>(&shown).unwrap());
    assert_eq!(
        (&before["segments"], stderr.as_str()),
        (&after["segments"], ""),
        "the session is as long as when it was spoken"
    );
    let (_, stderr) = sandbox.run_ok(&["narrate", "evening.toml"]);
    assert!(stderr.contains("nothing to do"), "{stderr}");
}

#[test]
fn existing_files_are_not_overwritten() {
    let sandbox = sandbox();
    fs::create_dir(sandbox.at("evening")).unwrap();
    sandbox.write("evening/hand.flac", "a recording of someone else's");
    let (stdout, _) = sandbox.run_ok(&["narrate", "evening.toml"]);
    assert_eq!(sandbox.read("evening/hand.flac"), "a recording of someone else's");
    assert!(stdout.contains("clip = \"evening/hand-2.flac\""), "{stdout}");
}

#[test]
fn the_teachers_own_recordings_replace_speech() {
    let sandbox = sandbox();
    fs::create_dir(sandbox.at("takes")).unwrap();
    for name in ["hand.wav", "04.wav", "3-line-03.wav", "nobody.wav"] {
        write_tone(&sandbox.at("takes").join(name), 2.5, 0.2);
    }
    let (stdout, stderr) = sandbox.run_ok(&["narrate", "evening.toml", "--from", "takes", "--write"]);
    assert!(
        stderr.contains("there is no line nobody")
            && stderr.contains("no recording was found for hand-instead, line-05"),
        "{stderr}"
    );
    assert!(!stdout.contains("flac") && sandbox.engine_runs() == 0, "nothing else is spoken: {stdout}");
    let written = sandbox.read("evening.toml");
    for clip in ["evening/hand.wav", "evening/line-03.wav", "evening/ease.wav"] {
        assert!(written.contains(&format!("clip = \"{clip}\"")), "{written}");
        assert!(sandbox.at(clip).is_file());
    }
    assert!(sandbox.at("mine.wav").is_file() && !written.contains("mine.wav"), "the older recording stays where it is");
    sandbox.write("takes/hand.wav", "this is not audio");
    let refused = sandbox.run(&["narrate", "evening.toml", "--from", "takes"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(utf8(&refused.stderr).contains("hand.wav is not audio"), "{}", utf8(&refused.stderr));
}

#[test]
fn errors_name_their_cause_and_a_remedy() {
    let sandbox = sandbox();
    let cases: [(&[&str], &str); 3] = [
        (&["narrate", "evening.toml", "--voice", "piper"], "piper is not installed"),
        (&["narrate", "evening.toml", "--from", "nowhere"], "nowhere can't be read"),
        (&["narrate", "evening.toml", "--write", "-o", "/tmp"], "can't refer to files in"),
    ];
    for (arguments, expected) in cases {
        let output = sandbox.run(arguments);
        let stderr = utf8(&output.stderr);
        assert!(
            output.status.code() == Some(1) && stderr.contains(expected) && stderr.contains("help"),
            "{arguments:?}: {stderr}"
        );
    }
    sandbox.add_engine("flite", "exit 1");
    let failed = sandbox.run(&["narrate", "evening.toml"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(
        utf8(&failed.stderr).contains("flite exited with code 1, so there is no recording of hand"),
        "{}",
        utf8(&failed.stderr)
    );
}

#[test]
fn lines_without_a_recording_are_listed() {
    let sandbox = sandbox();
    let (stdout, _) = sandbox.run_ok(&["narrate", "evening.toml", "--voice", "none"]);
    assert!(stdout.starts_with("hand\n    Rest a hand on the chest"), "{stdout}");
    assert!(stdout.contains("line-05") && !stdout.contains("Recorded."), "{stdout}");
}

/// Returns the code blocks of a page.
fn code_blocks(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    for block in page.split("```sh\n").skip(1) {
        blocks.push(block.split("```").next().unwrap().to_owned());
    }
    blocks
}

#[test]
fn the_commands_of_the_recording_page_work() {
    let sandbox = Sandbox::with_real_engines();
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recording.md")).unwrap();
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    sandbox.write("evening.toml", example);
    // A long recording: two lines of noise between silences, in place of a voice.
    let take = "sox -n -r 44100 -c 1 quiet.wav trim 0 3; \
        sox -n -r 44100 -c 1 one.wav synth 3 pinknoise vol 0.3 fade 0.1 0 0.1; sox -n -r 44100 -c 1 two.wav synth 4 pinknoise vol 0.3 fade 0.1 0 0.1; \
        sox quiet.wav one.wav quiet.wav two.wav quiet.wav take.wav; mkdir takes; cp one.wav takes/hand.wav; cp two.wav takes/listen.wav";
    let karuna = Path::new(env!("CARGO_BIN_EXE_karuna")).parent().unwrap();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", karuna.display());
    let run = |commands: &str| {
        let output = Command::new("sh")
            .args(["-euc", commands])
            .current_dir(sandbox.folder.path())
            .env("PATH", &path)
            .env("HOME", sandbox.folder.path())
            .env("XDG_CACHE_HOME", sandbox.at("cache"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{commands}\n{}", utf8(&output.stderr));
        utf8(&output.stdout) + &utf8(&output.stderr)
    };
    run(take);
    let blocks = code_blocks(&page);
    assert!(blocks.len() >= 4, "{blocks:?}");
    let stderr: Vec<_> = blocks.iter().filter(|block| !block.contains("karuna play")).map(|block| run(block)).collect();
    let written = sandbox.read("evening.toml");
    for clip in ["evening/hand-2.wav", "evening/listen-2.wav"] {
        assert!(
            written.contains(&format!("clip = \"{clip}\"")),
            "the parts of the long recording, after the single ones: {written}"
        );
    }
    let parts = stderr.iter().find(|stderr| stderr.contains("hand-2.wav"));
    assert!(parts.is_some(), "{stderr:?}");
}
