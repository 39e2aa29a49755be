//! The commands in an empty folder, without a sound device, with invalid input and wrong arguments.

#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs;
use std::process::Command;

use crate::support::home::karuna;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn list_and_render_work_in_an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let listed = karuna(folder.path(), &["list"]);
    assert!(listed.status.success());
    assert!(text(&listed.stdout).contains("glimmer"), "{}", text(&listed.stdout));
    let rendered = karuna(folder.path(), &["render", "glimmer", "-o", "a.wav", "--audition"]);
    assert!(rendered.status.success(), "{}", text(&rendered.stderr));
    let shown = karuna(folder.path(), &["show", "glimmer", "--json", "--audition"]);
    let timeline: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    let frames = fs::metadata(folder.path().join("a.wav")).unwrap().len() / 6;
    assert!(
        frames.abs_diff(timeline["end"].as_u64().unwrap()) < 200,
        "the render is as long as shown, apart from the header and its tags"
    );
}

#[test]
fn renders_are_reproducible() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.wav", "b.wav"] {
        assert!(
            karuna(folder.path(), &["render", "glimmer", "-o", name, "--audition", "--bits", "16"]).status.success()
        );
    }
    assert!(fs::read(folder.path().join("a.wav")).unwrap() == fs::read(folder.path().join("b.wav")).unwrap());
}

#[test]
fn play_fails_without_a_device_and_terminal_unless_the_output_is_null() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("short.toml"),
        "format = 1\ntitle = \"Short\"\n[[segment]]\nbell = \"block\"\nhold = \"200ms\"\n[[segment]]\nsay = \"Here.\"\n",
    )
    .unwrap();
    let played = karuna(folder.path(), &["play", "short.toml", "--voice", "none"]);
    assert_eq!(played.status.code(), Some(1));
    assert_eq!(text(&played.stderr).matches("no sound device was found").count(), 1, "{}", text(&played.stderr));
    assert!(text(&played.stderr).contains("--output null"), "{}", text(&played.stderr));
    assert!(text(&played.stdout).is_empty());
    let played = karuna(folder.path(), &["play", "short.toml", "--voice", "none", "--output", "null"]);
    assert!(played.status.success());
    let words = text(&played.stdout);
    assert!(words.contains("(The block sounds once.)") && words.contains("Here."), "{words}");
}

#[test]
fn each_error_is_reported_with_a_remedy_and_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("empty.toml", "");
    write("broken.toml", "format = 1\ntitle = \"open\n");
    write("clip.toml", "format = 1\ntitle = \"x\"\n[[segment]]\nsay = \"x\"\nclip = \"noise.ogg\"\n");
    write("noise.ogg", "this is not audio");
    write("device.toml", "format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"bowl\"\n");
    write("short.toml", "format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"bowl\"\nhold = \"1.25s\"\n");
    let cases: [(&[&str], &str); 10] = [
        (&["play", "short.toml", "--output", "null", "--from", "1h"], "the session is 2s long"),
        (&["play", "glimmer", "--output", "null", "--from", "welcom"], "did you mean welcome"),
        (&["play", "glimmer", "--output", "null", "--from", "9h"], "after the end"),
        (&["play", "nowhere.toml"], "there is no file nowhere.toml"),
        (&["play", "nosuch"], "karuna list"),
        (&["show", "."], "folder"),
        (&["show", "empty.toml"], "is empty"),
        (&["show", "clip.toml"], "clip.toml:5:8"),
        (&["show", "broken.toml"], "broken.toml:2"),
        (&["play", "device.toml", "--output", "nothing-of-this-name"], "no sound device"),
    ];
    for (arguments, expected) in cases {
        let output = karuna(folder.path(), arguments);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        assert!(stderr.contains(expected) && stderr.contains("help"), "{arguments:?}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

#[test]
fn a_session_does_not_start_without_a_device_and_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.toml"), "format = 1\ntitle = \"x\"\n[[segment]]\nsilence = \"1h\"\n").unwrap();
    // As in a cron job, no variable helps to find anything.
    let child = Command::new(env!("CARGO_BIN_EXE_karuna"))
        .args(["play", "x.toml", "--plain"])
        .current_dir(folder.path())
        .env_clear()
        .env("PULSE_SERVER", "unix:/nowhere")
        .env("ALSA_CONFIG_PATH", "/dev/null")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("no sound device was found"), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "", "nothing has started");
}

#[test]
fn clip_warnings_are_reported_once_by_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, what: &str| {
        fs::write(folder.path().join(name), format!("format = 1\ntitle = \"x\"\n[[segment]]\n{what}\n")).unwrap();
    };
    write("bell.toml", "bell = \"block\"\nhold = \"1s\"");
    write("quiet.toml", "silence = \"500ms\"");
    for name in ["bell", "quiet"] {
        let made =
            karuna(folder.path(), &["render", &format!("{name}.toml"), "-o", &format!("{name}.wav"), "--bits", "16"]);
        assert!(made.status.success(), "{}", text(&made.stderr));
    }
    let bytes = fs::read(folder.path().join("bell.wav")).unwrap();
    fs::write(folder.path().join("cut.wav"), &bytes[..bytes.len() / 2]).unwrap();
    for (clip, warning) in [
        ("cut.wav", "cut.wav is cut short after 0.5 s; the missing parts are silent"),
        ("quiet.wav", "all clips of this session are silent"),
    ] {
        write("x.toml", &format!("say = \"A block.\"\nclip = \"{clip}\""));
        let play = ["play", "x.toml", "--output", "null", "--json", "--no-input"];
        for arguments in [&["render", "x.toml", "-o", "x.wav"][..], &["show", "x.toml", "--json"], &play, &play] {
            let output = karuna(folder.path(), arguments);
            assert_eq!(output.status.code(), Some(0), "{arguments:?}");
            assert_eq!(text(&output.stderr).matches(warning).count(), 1, "{arguments:?}: {}", text(&output.stderr));
        }
    }
}

#[test]
fn wrong_arguments_exit_with_code_2() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["show", "glimmer", "--length", "5m", "--audition"][..],
        &["frobnicate"],
        &["show", "glimmer", "--length", "soon"],
    ] {
        assert_eq!(karuna(folder.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_length_is_met_to_the_frame_or_refused_with_the_possible_range() {
    let folder = tempfile::tempdir().unwrap();
    let shown = karuna(folder.path(), &["show", "glimmer", "--json", "--length", "6m", "--rate", "44100"]);
    let timeline: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(timeline["frames"], 6 * 60 * 44_100);
    let refused = karuna(folder.path(), &["show", "glimmer", "--length", "10s"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("choose a length from"), "{}", text(&refused.stderr));
}

#[test]
fn lines_on_standard_input_control_a_session() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "format = 1\ntitle = \"x\"\n[[segment]]\nsilence = \"1h\"\n[[segment]]\nsilence = \"1h\"\n[[soften]]\nsilence = \"300ms\"\n[[exit]]\nsilence = \"100ms\"\n";
    fs::write(folder.path().join("x.toml"), manifest).unwrap();
    for (lines, code, last) in
        [("seek 10s\nnext\nwhat\nexit\n", 0, "exit"), ("pause\nstop\n", 130, "stop"), ("soften\nstop\n", 130, "stop")]
    {
        let mut child = Command::new(env!("CARGO_BIN_EXE_karuna"))
            .args(["play", "x.toml", "--output", "null", "--json"])
            .current_dir(folder.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), lines.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{lines}");
        let events: Vec<serde_json::Value> =
            text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(events[0]["event"], "start");
        assert_eq!(events.last().unwrap()["reason"], last, "{events:?}");
        if lines.contains("next") {
            let jumps: Vec<_> = events.iter().filter(|event| event["event"] == "jump").collect();
            assert_eq!(jumps[1]["to"], 3600 * 48_000, "next counts from the pending jump");
            assert!(text(&output.stderr).contains("`what` is not a command"));
        }
    }
}

#[test]
fn a_closed_pipe_does_not_change_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("empty.toml"), "").unwrap();
    let cases: [(&[&str], i32); 6] = [
        (&["check", "empty.toml"], 1),
        (&["show", "empty.toml"], 1),
        (&["play", "nosuch"], 1),
        (&["list"], 0),
        (&["show", "glimmer", "--transcript"], 0),
        (&["check", "glimmer"], 0),
    ];
    for (arguments, code) in cases {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_karuna"));
        command.args(arguments).current_dir(folder.path()).stdout(writer.try_clone().unwrap()).stderr(writer);
        assert_eq!(command.status().unwrap().code(), Some(code), "{arguments:?}");
    }
}
