//! Choosing a session and making it fit: by its name alone, misspelt names and tags, quiet before it, and its credits.

#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::home::karuna;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What was said on standard error, and the exit code.
fn said(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = karuna(folder, arguments);
    (status.code(), text(&stderr))
}

fn write(folder: &Path, name: &str, segments: &str) {
    fs::write(folder.join(name), format!("format = 1\ntitle = \"A quiet word\"\n{segments}")).unwrap();
}

const LINES: &str = "[[segment]]\nsay = \"Here.\"\ntags = [\"breath\", \"sand\"]\n[[segment]]\nsay = \"And now.\"\n";

#[test]
fn a_name_alone_plays_a_session() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.toml", "[[segment]]\nsilence = \"100ms\"\n");
    let played = karuna(folder.path(), &["x.toml", "--output", "null", "--json"]);
    assert_eq!(played.status.code(), Some(0), "{}", text(&played.stderr));
    assert!(text(&played.stdout).contains("\"reason\":\"done\""), "{}", text(&played.stdout));
    // A command comes first, whatever a session is called.
    let own = folder.path().join(".local/share/karuna/sessions");
    fs::create_dir_all(&own).unwrap();
    write(&own, "devices.toml", "[[segment]]\nsilence = \"100ms\"\n");
    assert!(!text(&karuna(folder.path(), &["devices"]).stdout).contains("A quiet word"));
}

#[test]
fn play_alone_lists_the_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let listed = karuna(folder.path(), &["play"]);
    assert_eq!(listed.status.code(), Some(0));
    assert_eq!(text(&listed.stdout), text(&karuna(folder.path(), &[]).stdout));
}

#[test]
fn a_mistyped_name_another_case_or_a_title_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join(".local/share/karuna/sessions");
    fs::create_dir_all(&own).unwrap();
    write(&own, "mine.toml", "[[segment]]\nsilence = \"100ms\"\n");
    for (name, meant) in
        [("glimer", "glimmer"), ("Glimmer", "glimmer"), ("a silent sit", "sit"), ("A Quiet Word", "mine")]
    {
        for arguments in [&["show", name][..], &["play", name], &[name]] {
            let (code, said) = said(folder.path(), arguments);
            assert_eq!(code, Some(1), "{arguments:?}: {said}");
            assert!(said.contains(&format!("did you mean `{meant}`?")), "{arguments:?}: {said}");
        }
    }
    // What is neither a session nor like one is a wrong argument.
    assert_eq!(said(folder.path(), &["frobnicate"]).0, Some(2));
    let (code, said) = said(folder.path(), &["shwo", "glimmer"]);
    assert!(code == Some(2) && said.contains("'show'"), "{said}");
}

#[test]
fn a_tag_that_nothing_has_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.toml", LINES);
    for command in
        [&["show", "x.toml"][..], &["play", "x.toml", "--output", "null"], &["render", "x.toml", "-o", "x.wav"]]
    {
        let run = |tag: &str| said(folder.path(), &[command, &["--voice", "none", "--avoid", tag]].concat());
        let (code, said) = run("braeth");
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("did you mean `breath`? The tags of this session are breath, sand"), "{said}");
        assert!(run("water").1.contains("the tags of this session are breath, sand"));
    }
    // A common tag is no mistake where no line has it, and neither is another case.
    for tag in ["touch", "SAND", "eyes-closed"] {
        assert_eq!(said(folder.path(), &["show", "x.toml", "--voice", "none", "--avoid", tag]).0, Some(0), "{tag}");
    }
}

#[test]
fn quiet_before_a_session_is_its_first_segment() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.toml", "[[segment]]\nsilence = \"100ms\"\n");
    let played = karuna(folder.path(), &["play", "x.toml", "--output", "null", "--json", "--settle", "250ms"]);
    let output = text(&played.stdout);
    let start: serde_json::Value = serde_json::from_str(output.lines().next().unwrap()).unwrap();
    assert_eq!(start["frames"], 48_000 * 35 / 100, "{output}");
    assert_eq!(output.matches("\"segment\"").count(), 2, "{output}");
    for wrong in ["11m", "soon", "-1s"] {
        assert_eq!(said(folder.path(), &["play", "x.toml", &format!("--settle={wrong}")]).0, Some(2), "{wrong}");
    }
}

#[test]
fn lines_that_nobody_speaks_are_told_of() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.toml", LINES);
    let played = said(folder.path(), &["play", "x.toml", "--output", "null", "--no-input"]).1;
    assert!(played.contains("2 lines have no recording, and no voice is installed that speaks them"), "{played}");
    assert!(played.contains("only shown; `karuna voices`"), "{played}");
    let rendered = said(folder.path(), &["render", "x.toml", "-o", "x.wav"]).1;
    assert!(rendered.contains("so they are silent; `karuna voices`"), "{rendered}");
    // Whoever asked for no voice knows.
    assert!(!said(folder.path(), &["render", "x.toml", "-o", "x.wav", "--voice", "none"]).1.contains("recording"));
    let checked = text(&karuna(folder.path(), &["check", "x.toml"]).stdout);
    assert!(checked.contains("x.toml: 2 lines have no recording"), "{checked}");
}

#[test]
fn credits_name_the_teacher_the_licence_the_voices_and_the_bells() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.toml", &format!("teacher = \"Ana\\u001B[2J\"\nlicense = \"CC0-1.0\"\n{LINES}"));
    let credits = text(&karuna(folder.path(), &["credits", "x.toml"]).stdout);
    let expected = "A quiet word\nTeacher: Ana\\u{1b}[2J\nLicence: CC0-1.0\nBells: bowl (";
    assert!(credits.starts_with(expected), "{credits}");
    let shipped = text(&karuna(folder.path(), &["credits", "craving"]).stdout);
    assert!(shipped.contains("Voices: synthetic speech by "), "{shipped}");
    assert_eq!(said(folder.path(), &["credits", "nowhere.toml"]).0, Some(1));
}

#[test]
fn the_list_follows_the_library_with_ones_own_first() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join(".local/share/karuna/sessions");
    fs::create_dir_all(&own).unwrap();
    write(&own, "mine.toml", LINES);
    write(&own, "broken.toml", "[[segment]]\nsilence = 3\nbel = \"bowl\"\n");
    let listed = karuna(folder.path(), &["list", "--json"]);
    let sessions: Vec<serde_json::Value> = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!((&sessions[0]["name"], &sessions[0]["heading"]), (&"mine".into(), &serde_json::Value::Null));
    assert_eq!(sessions[0]["tags"], serde_json::json!(["breath", "sand"]));
    assert_eq!(sessions[1]["heading"], "Begin here");
    assert!(sessions.iter().enumerate().all(|(index, session)| session["order"] == index + 1));
    assert!(sessions[1..].iter().all(|session| session["when"].is_string() && session["tags"].is_array()));
    // A broken session is one line.
    let said = text(&listed.stderr);
    assert_eq!(said, "broken: 2 mistakes; `karuna check broken` shows what to do\n");
    let plain = text(&karuna(folder.path(), &["list"]).stdout);
    assert!(plain.starts_with("Your own\nmine "), "{plain}");
    assert!(plain.lines().all(|line| line.chars().count() <= 80), "{plain}");
    for expected in [
        "\nBegin here\n",
        "When: On guard, with four minutes to spare.",
        "Touches: breath, sand",
        "\nNew here? `karuna ",
    ] {
        assert!(plain.contains(expected), "{expected}\n{plain}");
    }
    let shown = text(&karuna(folder.path(), &["show", "mine", "--voice", "none"]).stdout);
    assert!(shown.contains("\nTouches: breath, sand\n"), "{shown}");
}

#[test]
fn a_missing_file_is_told_without_an_empty_line_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = said(folder.path(), &["check", "nowhere.toml"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("there is no file nowhere.toml") && said.contains("help: "), "{said}");
    assert!(!said.contains("-->") && !said.contains('|') && !said.contains('│'), "{said}");
}
