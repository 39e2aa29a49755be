//! `karuna publish`: the files it writes, and those it never replaces.
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::engines::{Sandbox, utf8, write_tone};

const SESSION: &str = r#"format = 1
title = "Evening <script>alert(1)</script> & rest"
summary = "A hand & a breath."
teacher = "Someone"
license = "CC0-1.0"

[[segment]]
bell = "block"
hold = "1s"

[[segment]]
id = "hand"
chapter = "A hand"
say = "Rest a hand on the chest."
clip = "hand.wav"
tags = ["touch"]

[[segment]]
chapter = "Quiet & rest"
silence = "4s"

[[soften]]
say = "Look around the room."
clip = "look.wav"

[[exit]]
bell = "block"
hold = "500ms"
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("evening.toml", SESSION);
    write_tone(&sandbox.at("hand.wav"), 2.5, 0.2);
    write_tone(&sandbox.at("look.wav"), 1.5, 0.2);
    sandbox
}

/// Returns the sorted names of the files in a folder.
fn names(sandbox: &Sandbox, folder: &str) -> Vec<String> {
    let file_name = |path: std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut names: Vec<_> = sandbox.entries(folder).into_iter().map(file_name).collect();
    names.sort();
    names
}

/// Returns the standard error of a refused publication.
#[track_caller]
fn refusal(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let output = sandbox.run(arguments);
    let stderr = utf8(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
    assert!(stderr.contains("help: "), "{stderr}");
    stderr
}

const CAPTIONS: [&str; 6] = ["publish", "evening.toml", "-o", "out", "--as", "captions"];

#[test]
fn captions_have_the_times_of_playback() {
    let sandbox = sandbox();
    sandbox.run_ok(&CAPTIONS);
    assert_eq!(
        names(&sandbox, "out"),
        [".karuna-published.json", "evening.lrc", "evening.srt", "evening.txt", "evening.vtt"]
    );
    let vtt = sandbox.read("out/evening.vtt");
    assert!(vtt.contains("hand\n00:00:01.000 --> 00:00:03.500\nRest a hand on the chest.\n"), "{vtt}");
    let read =
        "import json, sys, webvtt; print(json.dumps([[c.start, c.end, c.text] for c in webvtt.read(sys.argv[1])]))";
    let seen = python(read, &sandbox, "out/evening.vtt");
    assert_eq!(seen.as_array().unwrap().len(), 3, "{seen}");
    assert_eq!(seen[1], serde_json::json!(["00:00:01.000", "00:00:03.500", "Rest a hand on the chest."]));
    assert!(vtt.contains("Teacher: Someone\nLicence: CC0-1.0\n"), "{vtt}");
    sandbox.run_ok(&[&CAPTIONS[..], &["--avoid", "touch", "--length", "6s"]].concat());
    let vtt = sandbox.read("out/evening.vtt");
    assert!(!vtt.contains("Rest a hand") && vtt.contains("00:00:03.500 --> 00:00:06.000\n"), "{vtt}");
}

#[test]
fn the_listeners_configuration_is_ignored() {
    let sandbox = sandbox();
    fs::create_dir_all(sandbox.at(".config/karuna")).unwrap();
    sandbox.write(".config/karuna/config.toml", "avoid = [\"touch\"]\n");
    assert!(sandbox.run_ok(&["config"]).0.contains("touch"), "the file is read");
    sandbox.run_ok(&CAPTIONS);
    assert!(sandbox.read("out/evening.vtt").contains("Rest a hand on the chest."));
}

#[test]
fn only_files_published_from_the_same_session_are_replaced() {
    let sandbox = sandbox();
    let (stdout, _) = sandbox.run_ok(&CAPTIONS);
    assert!(stdout.contains("wrote out/evening.vtt"), "{stdout}");
    let (stdout, _) = sandbox.run_ok(&CAPTIONS);
    assert!(stdout.contains("replaced out/evening.vtt"), "{stdout}");

    sandbox.write("out/evening.vtt", "corrected by hand");
    assert!(refusal(&sandbox, &CAPTIONS).contains("evening.vtt has been changed since"));
    fs::remove_file(sandbox.at("out/evening.vtt")).unwrap();
    sandbox.run_ok(&CAPTIONS);

    fs::create_dir(sandbox.at("other")).unwrap();
    sandbox.write("other/evening.toml", "format = 1\ntitle = \"Other\"\n[[segment]]\nbell = \"block\"\n");
    let before = sandbox.read("out/evening.vtt");
    let stderr = refusal(&sandbox, &["publish", "other/evening.toml", "-o", "out", "--as", "captions"]);
    assert!(stderr.contains("was not written by publishing this session"), "{stderr}");
    assert_eq!(sandbox.read("out/evening.vtt"), before);
    assert_eq!(names(&sandbox, "out").len(), 5, "nothing is left behind");
}

#[test]
fn other_files_are_left_alone() {
    let sandbox = sandbox();
    fs::create_dir(sandbox.at("out")).unwrap();
    sandbox.write("out/evening.srt", "someone else's");
    refusal(&sandbox, &CAPTIONS);
    assert_eq!(names(&sandbox, "out"), ["evening.srt"]);
    assert_eq!(sandbox.read("out/evening.srt"), "someone else's");
    sandbox.write("file", "");
    assert!(refusal(&sandbox, &["publish", "evening.toml", "-o", "file", "--as", "captions"]).contains("not a folder"));
    sandbox.write("broken.toml", "format = 1\n");
    assert_eq!(sandbox.run(&["publish", "broken.toml", "-o", "new"]).status.code(), Some(1));
    assert!(!sandbox.at("new").exists());
}

#[test]
fn a_folder_of_sessions_is_published_completely_or_not_at_all() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.at("course")).unwrap();
    assert!(refusal(&sandbox, &["publish", "course", "-o", "out"]).contains("there is no session in course"));
    for name in ["one", "two"] {
        let text = format!("format = 1\ntitle = \"{name}\"\n[[segment]]\nbell = \"block\"\nhold = \"1s\"\n");
        sandbox.write(&format!("course/{name}.toml"), &text);
    }
    sandbox.write("course/zero.toml", "format = 1\n");
    assert_eq!(sandbox.run(&["publish", "course", "-o", "out", "--as", "captions"]).status.code(), Some(1));
    assert!(!sandbox.at("out").exists(), "the others are not published either");
    fs::remove_file(sandbox.at("course/zero.toml")).unwrap();
    sandbox.run_ok(&["publish", "course", "-o", "out", "--as", "captions"]);
    assert!(sandbox.at("out/one.vtt").is_file() && sandbox.at("out/two.vtt").is_file());
}

/// Returns the format, streams and chapters of a file, as ffprobe reads them.
fn probe(sandbox: &Sandbox, file: &str) -> Value {
    let arguments = ["-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters"];
    let output = Command::new("ffprobe").args(arguments).arg(sandbox.at(file)).output().unwrap();
    assert!(output.status.success(), "{}", utf8(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs a Python program on a file, and returns the JSON it prints.
fn python(program: &str, sandbox: &Sandbox, file: &str) -> Value {
    let output = Command::new("/usr/bin/python3").args(["-c", program]).arg(sandbox.at(file)).output().unwrap();
    assert!(output.status.success(), "{}", utf8(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns the start in seconds and the title of each chapter.
fn chapters(probed: &Value) -> Vec<(f64, &str)> {
    let chapters = probed["chapters"].as_array().unwrap().iter();
    let start = |chapter: &Value| chapter["start_time"].as_str().unwrap().parse().unwrap();
    chapters.map(|chapter| (start(chapter), chapter["tags"]["title"].as_str().unwrap())).collect()
}

/// Returns the integrated loudness in LUFS, measured by ffmpeg.
fn loudness(sandbox: &Sandbox, file: &str) -> f64 {
    let arguments = ["-nostats", "-hide_banner", "-i"];
    let mut command = Command::new("ffmpeg");
    let output =
        command.args(arguments).arg(sandbox.at(file)).args(["-af", "ebur128", "-f", "null", "-"]).output().unwrap();
    let report = utf8(&output.stderr);
    let line = report.lines().rev().find(|line| line.trim_start().starts_with("I:")).expect("a loudness");
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(feature = "mp3")]
const TITLE: &str = "Evening <script>alert(1)</script> & rest";

#[test]
#[cfg(feature = "mp3")]
fn a_podcast_has_chapters_a_cover_and_a_constant_bit_rate() {
    let sandbox = sandbox();
    sandbox.run_ok(&["publish", "evening.toml", "-o", "out", "--as", "podcast", "--url", "https://example.org/a-b"]);
    let expected = [".karuna-published.json", "cover.png", "evening.chapters.json", "evening.mp3", "feed.xml"];
    assert_eq!(names(&sandbox, "out"), expected);
    let probed = probe(&sandbox, "out/evening.mp3");
    let (audio, picture) = (&probed["streams"][0], &probed["streams"][1]);
    assert_eq!(
        (&audio["codec_name"], &audio["sample_rate"], &audio["bit_rate"]),
        (&"mp3".into(), &"48000".into(), &"128000".into())
    );
    assert_eq!(
        (&picture["codec_name"], &picture["width"], &picture["height"]),
        (&"png".into(), &1400.into(), &1400.into())
    );
    assert_eq!(chapters(&probed), [(1.0, "A hand"), (3.5, "Quiet & rest")]);
    let tags = probed["format"]["tags"].to_string();
    for text in [TITLE, "Someone", "CC0-1.0", "synthesised by karuna"] {
        assert!(tags.contains(text), "{text} in {tags}");
    }
    let json: Value = serde_json::from_str(&sandbox.read("out/evening.chapters.json")).unwrap();
    assert_eq!((&json["version"], &json["chapters"][1]["startTime"]), (&"1.2.0".into(), &3.5.into()));

    let read = "import json, sys, feedparser; d = feedparser.parse(sys.argv[1]); e = d.entries[0]; \
        print(json.dumps([d.bozo, d.feed.title, e.title, e.enclosures[0].href, e.enclosures[0].length, e.itunes_duration]))";
    let bytes = fs::metadata(sandbox.at("out/evening.mp3")).unwrap().len().to_string();
    let url = "https://example.org/a-b/evening.mp3";
    let seconds = probed["format"]["duration"].as_str().unwrap().parse::<f64>().unwrap().ceil().to_string();
    let expected = serde_json::json!([false, TITLE, TITLE, url, bytes, seconds]);
    assert_eq!(python(read, &sandbox, "out/feed.xml"), expected);
    let first = sandbox.read("out/feed.xml");
    sandbox.run_ok(&["publish", "evening.toml", "-o", "out", "--as", "podcast", "--url", "https://example.org/a-b"]);
    assert_eq!(sandbox.read("out/feed.xml"), first, "an episode keeps its date");
}

#[test]
fn an_audiobook_has_chapters_a_cover_and_the_sound_of_the_session() {
    let sandbox = sandbox();
    fs::write(sandbox.at("photo"), JPEG).unwrap();
    sandbox.run_ok(&[
        "publish",
        "evening.toml",
        "-o",
        "out",
        "--as",
        "audiobook",
        "--cover",
        "photo",
        "--level",
        "voice=5",
    ]);
    assert_eq!(names(&sandbox, "out"), [".karuna-published.json", "cover.jpg", "evening.opus"]);
    let probed = probe(&sandbox, "out/evening.opus");
    assert_eq!(
        (&probed["streams"][0]["codec_name"], &probed["streams"][1]["codec_name"]),
        (&"opus".into(), &"mjpeg".into())
    );
    assert_eq!(chapters(&probed), [(1.0, "A hand"), (3.5, "Quiet & rest")]);
    sandbox.run_ok(&["render", "evening.toml", "-o", "evening.wav", "--level", "voice=5"]);
    let (published, rendered) = (loudness(&sandbox, "out/evening.opus"), loudness(&sandbox, "evening.wav"));
    assert!((published - rendered).abs() < 0.3, "{published} {rendered}");
    assert!(
        refusal(&sandbox, &["publish", "evening.toml", "-o", "x", "--cover", "evening.toml"])
            .contains("neither PNG nor JPEG")
    );
    assert!(!sandbox.at("x").exists());
}

/// A JPEG of one grey pixel.
const JPEG: &[u8] = include_bytes!("pixel.jpg");

#[test]
fn inputs_of_the_session_are_never_replaced() {
    let sandbox = sandbox();
    sandbox.run_ok(&["publish", "evening.toml", "-o", ".", "--as", "audiobook"]);
    let text = SESSION.replace("hand.wav", "evening.opus");
    sandbox.write("evening.toml", &text);
    let stderr = refusal(&sandbox, &["publish", "evening.toml", "-o", ".", "--as", "audiobook"]);
    assert!(stderr.contains("evening.opus is part of the session itself"), "{stderr}");
    let stderr =
        refusal(&sandbox, &["publish", "evening.toml", "-o", "out", "--as", "audiobook", "--cover", "nowhere.png"]);
    assert!(stderr.contains("nowhere.png can't be read"), "{stderr}");
}

#[test]
#[cfg(not(feature = "mp3"))]
fn without_mp3_a_podcast_is_refused() {
    let sandbox = sandbox();
    assert!(
        refusal(&sandbox, &["publish", "evening.toml", "-o", "out", "--as", "podcast"]).contains("can't write MP3")
    );
    let (_, stderr) = sandbox.run_ok(&["publish", "evening.toml", "-o", "out"]);
    assert!(stderr.contains("can't write MP3") && !sandbox.at("out/feed.xml").exists(), "{stderr}");
}

#[test]
#[cfg(feature = "mp3")]
fn a_folder_of_sessions_shares_one_feed() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.at("course")).unwrap();
    for name in ["one", "two"] {
        let text = format!("format = 1\ntitle = \"{name}\"\n[[segment]]\nbell = \"block\"\nhold = \"1s\"\n");
        sandbox.write(&format!("course/{name}.toml"), &text);
    }
    let arguments = ["publish", "course", "-o", "out", "--as", "podcast"];
    let (_, stderr) = sandbox.run_ok(&arguments);
    assert!(stderr.contains("--url"), "{stderr}");
    let feed = sandbox.read("out/feed.xml");
    assert!(feed.contains("<title>course</title>") && feed.matches("<item>").count() == 2, "{feed}");
    assert!(feed.find("one.mp3") < feed.find("two.mp3"), "{feed}");
    assert!(sandbox.at("out/cover.png").is_file() && sandbox.at("out/two.cover.png").is_file());
    sandbox.run_ok(&arguments);
    let refused = refusal(&sandbox, &["publish", "course/one.toml", "-o", "out", "--as", "podcast"]);
    assert!(refused.contains("feed.xml already exists"), "{refused}");
}

#[test]
fn a_page_is_a_single_file_without_references() {
    let sandbox = sandbox();
    sandbox.run_ok(&["publish", "evening.toml", "-o", "out", "--as", "web"]);
    assert_eq!(names(&sandbox, "out"), [".karuna-published.json", "evening.html"]);
    let page = sandbox.read("out/evening.html");
    assert_eq!(
        page.matches("data:audio/ogg;base64,T2dnU").count(),
        3,
        "the session, the gentler passage and the closing"
    );
    assert!(!page.contains("src=\"http") && !page.contains("<script>alert"));
    assert_eq!(page.matches("href=\"http").count(), 1, "the only link leads to a helpline");
    assert!(page.contains("Look around the room."));
}

#[test]
fn help_and_readme_name_emergency_contacts() {
    let (help, _) = Sandbox::new().run_ok(&["--help"]);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let help = words(&help);
    let start = help.find("karuna is not therapy").expect("the line");
    let readme =
        include_str!("../../README.md").replace("[findahelpline.com](https://findahelpline.com)", "findahelpline.com");
    assert!(words(&readme).contains(&help[start..]), "{help}");
}

#[test]
#[cfg(feature = "mp3")]
fn the_commands_of_the_publishing_page_work() {
    let sandbox = sandbox();
    fs::create_dir(sandbox.at("course")).unwrap();
    for name in ["course/one.toml", "course/two.toml"] {
        sandbox.write(name, "format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"block\"\nhold = \"1s\"\n");
    }
    fs::write(sandbox.at("cover.jpg"), JPEG).unwrap();
    let page = include_str!("../../docs/publishing.md");
    let commands: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("karuna ")).collect();
    assert_eq!(commands.len(), 3, "{commands:?}");
    for command in commands {
        sandbox.run_ok(&command.split_whitespace().collect::<Vec<_>>());
    }
}
