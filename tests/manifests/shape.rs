//! The same shape options give the same timeline in `show`, `render` and `play`.
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const MANIFEST: &str = r#"format = 1
title = "Shapes"
settle = "150ms"
[bed]
sound = "brown"
[[segment]]
bell = "block"
strikes = 2
every = "1s"
hold = "200ms"
[[segment]]
id = "hand"
say = "A hand. You may stop."
clip = "vorbis.ogg"
tags = ["touch", "body"]
instead = { say = "A desk.", clip = "wav-16.wav" }
[[segment]]
silence = "1.2s"
least = "300ms"
[[segment]]
say = "The breath."
clip = "flac-16.flac"
tags = ["breath"]
[[segment]]
repeat = 2
[[segment.part]]
id = "turn"
silence = "400ms"
[[segment.part]]
say = "Once."
clip = "mp3-xing.mp3"
gain = -3
"#;

const SHAPES: &[&[&str]] = &[
    &[],
    &["--length", "3500ms"],
    &["--length", "5s"],
    &["--length", "3s", "--avoid", "touch", "--avoid", "breath"],
    &["--audition"],
    &["--audition", "--avoid", "breath"],
    &["--avoid", "BODY", "--no-bell"],
    &["--no-bell", "--level", "voice=off"],
    &["--level", "voice=-6", "--level", "bell=3", "--level", "bed=off"],
    &["--level", "bell=off", "--voice", "none", "--length", "4s"],
];

fn run(folder: &Path, command: &[&str], shape: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_karuna"))
        .args(command)
        .args(shape)
        .current_dir(folder)
        .env("HOME", folder)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{shape:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn shown(folder: &Path, shape: &[&str]) -> Value {
    serde_json::from_slice(&run(folder, &["show", "shapes.toml", "--json"], shape)).unwrap()
}

/// Returns the number of frames in a 24-bit stereo WAV file.
fn rendered(file: &Path) -> u64 {
    let bytes = fs::read(file).unwrap();
    let data = bytes.windows(4).position(|four| four == b"data").unwrap();
    u64::from(u32::from_le_bytes(bytes[data + 4..data + 8].try_into().unwrap())) / 6
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/clip");
    for clip in ["vorbis.ogg", "wav-16.wav", "flac-16.flac", "mp3-xing.mp3"] {
        fs::copy(seeds.join(clip), folder.path().join(clip)).unwrap();
    }
    fs::write(folder.path().join("shapes.toml"), MANIFEST).unwrap();
    folder
}

#[test]
fn show_render_and_play_agree() {
    let folder = folder();
    let compare = |index: usize, shape: &[&str]| {
        let folder = folder.path();
        let timeline = shown(folder, shape);
        let wav = format!("{index}.wav");
        run(folder, &["render", "shapes.toml", "-o", &wav], shape);
        assert_eq!(rendered(&folder.join(wav)), number(&timeline["end"]), "{shape:?}");
        let played = run(folder, &["play", "shapes.toml", "--output", "null", "--json", "--no-input"], shape);
        let events: Vec<Value> =
            String::from_utf8(played).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(events[0]["frames"], timeline["frames"], "{shape:?}");
        let segments = timeline["segments"].as_array().unwrap();
        let starts: Vec<_> =
            segments.iter().map(|segment| (number(&segment["index"]), number(&segment["start"]))).collect();
        let reported = events.iter().filter(|event| event["event"] == "segment");
        let reported: Vec<_> = reported.map(|event| (number(&event["index"]), number(&event["at"]))).collect();
        assert_eq!(reported, starts, "{shape:?}");
        assert_eq!(events.last().unwrap()["reason"], "done");
    };
    std::thread::scope(|scope| {
        for (index, shape) in SHAPES.iter().enumerate() {
            scope.spawn(move || compare(index, shape));
        }
    });
}

#[test]
fn each_shape_option_has_its_effect() {
    let folder = folder();
    let shown = |shape: &[&str]| shown(folder.path(), shape);
    let sources = |timeline: &Value, kind: &str| -> Vec<String> {
        let cues = timeline["cues"].as_array().unwrap().iter().filter(|cue| cue["kind"] == kind);
        cues.map(|cue| cue["source"].as_str().unwrap().to_owned()).collect()
    };
    let gains = |timeline: &Value, kind: &str| -> Vec<f64> {
        let cues = timeline["cues"].as_array().unwrap().iter().filter(|cue| cue["kind"] == kind);
        cues.map(|cue| cue["gain_db"].as_f64().unwrap()).collect()
    };
    let natural = shown(&[]);
    assert_eq!(sources(&natural, "clip"), ["vorbis.ogg", "flac-16.flac", "mp3-xing.mp3", "mp3-xing.mp3"]);
    assert_eq!((sources(&natural, "bell").len(), sources(&natural, "bed").len()), (2, 1));

    let avoiding = shown(&["--avoid", "touch"]);
    assert_eq!(sources(&avoiding, "clip"), ["wav-16.wav", "flac-16.flac", "mp3-xing.mp3", "mp3-xing.mp3"]);
    assert_eq!(avoiding["segments"][2]["text"], "A desk.");
    assert_eq!(shown(&["--avoid", "touch,breath"]), shown(&["--avoid", "touch", "--avoid", "breath"]));
    let held = shown(&["--avoid", "breath"]);
    assert_eq!(held["segments"][4]["kind"], "silence");
    assert_eq!(held["segments"][4]["frames"], natural["segments"][4]["frames"]);
    assert_eq!(held["frames"], natural["frames"]);

    for quiet in [&["--no-bell"][..], &["--level", "bell=off"]] {
        let quiet = shown(quiet);
        assert!(sources(&quiet, "bell").is_empty());
        assert_eq!(quiet["frames"], natural["frames"]);
    }
    assert!(sources(&shown(&["--level", "voice=off"]), "clip").is_empty());
    assert!(sources(&shown(&["--level", "bed=off"]), "bed").is_empty());
    let louder = shown(&["--level", "voice=-6", "--level", "bell=2.5"]);
    let moved = |kind: &str| -> Vec<f64> {
        gains(&louder, kind)
            .iter()
            .zip(gains(&natural, kind))
            .map(|(now, before)| ((now - before) * 1e6).round() / 1e6)
            .collect()
    };
    assert_eq!(moved("clip"), [-6.0; 4]);
    assert_eq!(moved("bell"), [-3.5; 2], "the level of bells follows the voice, plus their own");
    assert_eq!(moved("bed"), [-6.0]);

    let audition = shown(&["--audition"]);
    let silences = audition["segments"].as_array().unwrap().iter().filter(|segment| segment["kind"] == "silence");
    let lengths: Vec<_> = silences.map(|segment| number(&segment["frames"])).collect();
    assert_eq!(lengths, [7_200, 48_000, 19_200, 19_200]);
}
