//! `karuna voices`: the list of voices, and refused packages.
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn voices(folder: &Path, arguments: &[&str]) -> Output {
    karuna(folder, &[&["voices"], arguments].concat())
}

fn karuna(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_karuna"));
    command.args(arguments).env("XDG_DATA_HOME", folder.join("data")).env("PATH", "");
    command.env("XDG_DATA_DIRS", folder.join("system"));
    command.env("XDG_CACHE_HOME", folder.join("cache")).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn voices_are_listed_with_installation_instructions() {
    let folder = tempfile::tempdir().unwrap();
    let listed = voices(folder.path(), &["--json"]);
    let listed: Vec<serde_json::Value> = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed[0]["name"], "heart");
    assert_eq!(listed[0]["language"], "en");
    assert_eq!(listed[0]["installed"], false);
    assert!(listed[0]["install"].as_str().unwrap().contains("karuna voices add"));
    let plain = String::from_utf8(voices(folder.path(), &[]).stdout).unwrap();
    assert!(plain.lines().any(|line| line.starts_with("heart") && line.contains("not installed")), "{plain}");
}

#[test]
fn a_system_voice_counts_as_installed() {
    let folder = tempfile::tempdir().unwrap();
    let voice = folder.path().join("system/karuna/voices/heart");
    fs::create_dir_all(&voice).unwrap();
    fs::write(voice.join("voice.toml"), "format = 1\n").unwrap();
    let listed = voices(folder.path(), &["--json"]);
    let listed: Vec<serde_json::Value> = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!((&listed[0]["name"], &listed[0]["installed"]), (&"heart".into(), &true.into()));
}

#[test]
fn an_unknown_file_is_refused_and_nothing_is_installed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("voice.whl");
    fs::write(&file, "not a voice").unwrap();
    for (arguments, expected) in [
        (vec!["add", file.to_str().unwrap()], "is not a voice that karuna knows"),
        (vec!["add", "--unverified", file.to_str().unwrap()], "is not a voice package"),
        (vec!["add", "/nowhere.whl"], "can't be used"),
        (vec!["remove", "heart"], "no voice is installed"),
        (vec!["remove", "../x"], "no installed voice named"),
        (vec!["--say", "Rest.", "nobody"], "use auto, none"),
    ] {
        let output = voices(folder.path(), &arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {errors}");
        assert!(errors.starts_with("error: ") && errors.contains(expected) && errors.contains("help: "), "{errors}");
    }
    assert!(!folder.path().join("data").exists());
}

/// Returns the time from the start of the first line of a session to the start of the second one, in frames at 48 kHz.
fn first_line_and_silence(folder: &Path, arguments: &[&str]) -> u64 {
    let shown = karuna(folder, &[&["show", "--json", "--no-config"], arguments].concat());
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    let cues = shown["cues"].as_array().unwrap().iter().filter(|cue| cue["kind"] == "clip");
    let starts: Vec<_> = cues.map(|cue| cue["start"].as_u64().unwrap()).collect();
    starts[1] - starts[0]
}

/// Returns the length of a shipped recording at 48 kHz, as measured by ffprobe.
fn clip_frames(path: &str) -> f64 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio").join(path);
    let mut ffprobe = Command::new("ffprobe");
    ffprobe.args(["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"]).arg(path);
    let seconds: f64 = String::from_utf8(ffprobe.output().unwrap().stdout).unwrap().trim().parse().unwrap();
    seconds * 48_000.0
}

#[test]
fn a_second_narrator_speaks_a_session() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = first_line_and_silence(folder.path(), &["glimmer"]);
    let by_second_narrator = first_line_and_silence(folder.path(), &["glimmer", "--voice", "michael"]);
    let difference = clip_frames("michael/glimmer/01-welcome.ogg") - clip_frames("glimmer/01-welcome.ogg");
    assert!(difference.abs() > 4_800.0, "{difference}");
    let shown = by_second_narrator as f64 - shipped as f64;
    assert!((shown - difference).abs() <= 2.0, "{shown}, not {difference}");
}

#[test]
fn a_session_that_the_narrator_has_not_recorded_plays_its_own_recordings() {
    let folder = tempfile::tempdir().unwrap();
    let shown = karuna(folder.path(), &["show", "why", "--voice", "michael", "--transcript"]);
    let notes = String::from_utf8_lossy(&shown.stderr);
    assert!(shown.status.success() && notes.contains("michael has not recorded this session"), "{notes}");
    let shipped = karuna(folder.path(), &["show", "why", "--transcript"]);
    assert_eq!(String::from_utf8_lossy(&shown.stdout), String::from_utf8_lossy(&shipped.stdout));
    let mistyped = karuna(folder.path(), &["show", "why", "--voice", "micheal"]);
    assert!(String::from_utf8_lossy(&mistyped.stderr).contains("no voice named micheal"), "{mistyped:?}");
}
