//! Choosing a session: names, misspelt names and tags, a settle before it, the list and the credits.

#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::home::karuna;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Returns the exit code and standard error.
fn code_and_stderr(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = karuna(folder, arguments);
    (status.code(), text(&stderr))
}

fn write(folder: &Path, name: &str, segments: &str) {
    fs::write(folder.join(name), format!("format = 1\ntitle = \"A quiet word\"\n{segments}")).unwrap();
}

const LINES: &str = "[[segment]]\nsay = \"Here.\"\ntags = [\"breath\", \"sand\"]\n[[segment]]\nsay = \"And now.\"\n";

#[test]
fn a_session_name_alone_plays_it() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.toml", "[[segment]]\nsilence = \"100ms\"\n");
    let played = karuna(folder.path(), &["x.toml", "--output", "null", "--json"]);
    assert_eq!(played.status.code(), Some(0), "{}", text(&played.stderr));
    assert!(text(&played.stdout).contains("\"reason\":\"done\""), "{}", text(&played.stdout));
    // A command takes precedence over a session of the same name.
    let own = folder.path().join(".local/share/karuna/sessions");
    fs::create_dir_all(&own).unwrap();
    write(&own, "devices.toml", "[[segment]]\nsilence = \"100ms\"\n");
    assert!(!text(&karuna(folder.path(), &["devices"]).stdout).contains("A quiet word"));
}

#[test]
fn play_without_a_name_lists_the_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let listed = karuna(folder.path(), &["play"]);
    assert_eq!(listed.status.code(), Some(0));
    assert_eq!(text(&listed.stdout), text(&karuna(folder.path(), &[]).stdout));
}

#[test]
fn mistyped_names_and_titles_get_a_suggestion() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join(".local/share/karuna/sessions");
    fs::create_dir_all(&own).unwrap();
    write(&own, "mine.toml", "[[segment]]\nsilence = \"100ms\"\n");
    for (name, meant) in
        [("glimer", "glimmer"), ("Glimmer", "glimmer"), ("a silent sit", "sit"), ("A Quiet Word", "mine")]
    {
        for arguments in [&["show", name][..], &["play", name], &[name]] {
            let (code, stderr) = code_and_stderr(folder.path(), arguments);
            assert_eq!(code, Some(1), "{arguments:?}: {stderr}");
            assert!(stderr.contains(&format!("did you mean `{meant}`?")), "{arguments:?}: {stderr}");
        }
    }
    // A word that resembles no session is a wrong argument.
    assert_eq!(code_and_stderr(folder.path(), &["frobnicate"]).0, Some(2));
    let (code, stderr) = code_and_stderr(folder.path(), &["shwo", "glimmer"]);
    assert!(code == Some(2) && stderr.contains("'show'"), "{stderr}");
}

#[test]
fn an_unknown_tag_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.toml", LINES);
    for command in
        [&["show", "x.toml"][..], &["play", "x.toml", "--output", "null"], &["render", "x.toml", "-o", "x.wav"]]
    {
        let run = |tag: &str| code_and_stderr(folder.path(), &[command, &["--voice", "none", "--avoid", tag]].concat());
        let (code, stderr) = run("braeth");
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains("did you mean `breath`? The tags of this session are breath, sand"), "{stderr}");
        assert!(run("water").1.contains("the tags of this session are breath, sand"));
    }
    // A common tag is accepted even if no line has it, and case does not matter.
    for tag in ["touch", "SAND", "eyes-closed"] {
        assert_eq!(
            code_and_stderr(folder.path(), &["show", "x.toml", "--voice", "none", "--avoid", tag]).0,
            Some(0),
            "{tag}"
        );
    }
}

#[test]
fn settle_adds_a_first_segment() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.toml", "[[segment]]\nsilence = \"100ms\"\n");
    let played = karuna(folder.path(), &["play", "x.toml", "--output", "null", "--json", "--settle", "250ms"]);
    let output = text(&played.stdout);
    let start: serde_json::Value = serde_json::from_str(output.lines().next().unwrap()).unwrap();
    assert_eq!(start["frames"], 48_000 * 35 / 100, "{output}");
    assert_eq!(output.matches("\"segment\"").count(), 2, "{output}");
    for wrong in ["11m", "soon", "-1s"] {
        assert_eq!(
            code_and_stderr(folder.path(), &["play", "x.toml", &format!("--settle={wrong}")]).0,
            Some(2),
            "{wrong}"
        );
    }
}

#[test]
fn lines_without_a_voice_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.toml", LINES);
    let played = code_and_stderr(folder.path(), &["play", "x.toml", "--output", "null", "--no-input"]).1;
    assert!(played.contains("2 lines have no recording, and no voice is installed that speaks them"), "{played}");
    assert!(played.contains("only shown; `karuna voices`"), "{played}");
    let rendered = code_and_stderr(folder.path(), &["render", "x.toml", "-o", "x.wav"]).1;
    assert!(rendered.contains("so they are silent; `karuna voices`"), "{rendered}");
    // With `--voice none` the silent lines are expected, so nothing is reported.
    assert!(
        !code_and_stderr(folder.path(), &["render", "x.toml", "-o", "x.wav", "--voice", "none"])
            .1
            .contains("recording")
    );
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
    assert_eq!(code_and_stderr(folder.path(), &["credits", "nowhere.toml"]).0, Some(1));
}

#[test]
fn the_list_starts_with_the_listeners_own_sessions() {
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
    // A session with errors is reported in one line.
    let stderr = text(&listed.stderr);
    assert_eq!(stderr, "broken: 2 mistakes; `karuna check broken` shows what to do\n");
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
fn a_missing_file_is_reported_without_a_source_excerpt() {
    let folder = tempfile::tempdir().unwrap();
    let (code, stderr) = code_and_stderr(folder.path(), &["check", "nowhere.toml"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("there is no file nowhere.toml") && stderr.contains("help: "), "{stderr}");
    assert!(!stderr.contains("-->") && !stderr.contains('|') && !stderr.contains('│'), "{stderr}");
}
