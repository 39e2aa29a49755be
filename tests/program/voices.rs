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

/// Returns the recordings that a session plays, and their starts.
fn recordings(folder: &Path, arguments: &[&str]) -> Vec<(String, u64)> {
    let shown = karuna(folder, &[&["show", "--json", "--no-config"], arguments].concat());
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    let cues = shown["cues"].as_array().unwrap().iter().filter(|cue| cue["kind"] == "clip");
    cues.map(|cue| (cue["source"].as_str().unwrap().to_owned(), cue["start"].as_u64().unwrap())).collect()
}

#[test]
fn a_second_narrator_speaks_a_session() {
    let folder = tempfile::tempdir().unwrap();
    let usual = recordings(folder.path(), &["glimmer"]);
    let other = recordings(folder.path(), &["glimmer", "--voice", "michael"]);
    assert_eq!(other.len(), usual.len());
    for ((clip, _), (expected, _)) in other.iter().zip(&usual) {
        assert!(clip == &format!("michael/{expected}") || expected.starts_with("time/"), "{clip}, {expected}");
    }
    assert_ne!(other.last().unwrap().1, usual.last().unwrap().1, "the lengths of the recordings are used");
    // A session that he has not recorded.
    let refused = karuna(folder.path(), &["show", "why", "--voice", "michael"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no voice named michael"), "{refused:?}");
}
