//! The drawing of `show` in a terminal and without one, its SVG picture, its JSON and its transcript.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use unicode_width::UnicodeWidthStr;

/// Returns the output of `show glimmer` in a terminal of this width.
fn on_a_terminal(columns: u16, variables: &[(&str, &str)]) -> String {
    let pair = native_pty_system().openpty(PtySize { rows: 60, cols: columns, ..PtySize::default() }).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_karuna"));
    command.args(["show", "glimmer"]);
    command.env_clear();
    command.env("TERM", "xterm-256color");
    variables.iter().for_each(|(name, value)| command.env(name, value));
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut written = Vec::new();
    // The end of a pseudo-terminal may be reported as an error.
    let _ = reader.read_to_end(&mut written);
    assert!(child.wait().unwrap().success());
    String::from_utf8(written).unwrap().replace('\r', "")
}

/// Removes colour sequences.
fn uncoloured(text: &str) -> String {
    text.split('\u{1b}')
        .enumerate()
        .map(|(part, text)| if part == 0 { text } else { text.split_once('m').unwrap().1 })
        .collect()
}

#[test]
fn the_drawing_is_as_wide_as_the_terminal() {
    for columns in [40, 80, 200] {
        let shown = on_a_terminal(columns, &[]);
        assert!(shown.contains('\u{1b}'));
        let plain = uncoloured(&shown);
        let widest =
            plain.lines().filter(|line| line.contains(['█', '┴', '░', '●'])).map(UnicodeWidthStr::width).max().unwrap();
        assert_eq!(widest, usize::from(columns) - 1, "{plain}");
        let table = plain.lines().skip_while(|line| !line.contains("what"));
        assert!(table.clone().count() > 20);
        assert!(table.map(UnicodeWidthStr::width).all(|width| width <= usize::from(columns)), "{plain}");
    }
}

#[test]
fn the_drawing_is_plain_on_request_and_without_a_terminal() {
    assert!(!on_a_terminal(80, &[("NO_COLOR", "1")]).contains('\u{1b}'));
    let piped = Command::new(env!("CARGO_BIN_EXE_karuna")).args(["show", "glimmer"]).output().unwrap();
    let piped = String::from_utf8(piped.stdout).unwrap();
    assert_eq!(piped, on_a_terminal(80, &[("NO_COLOR", "1")]));
    for words in ["Glimmers of safety", "can be fitted to", "voice", "bell", "silence", "0:00", "[welcome]"] {
        assert!(piped.contains(words), "{words}");
    }
}

fn karuna(folder: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_karuna")).args(arguments).current_dir(folder).env("HOME", folder).output().unwrap()
}

#[test]
fn the_picture_is_well_formed_and_escapes_markup() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "format = 1\ntitle = \"</title><script>&\\\"'\\u001b\\u0000\\uffff\"\nsummary = \"<b>\"\n[bed]\nsound = \"rain\"\n\
                    [[segment]]\nchapter = \"]]><x y='\"\nsay = \"Words. You may stop.\"\n[[segment]]\nbell = \"bowl\"\nstrikes = 3\n[[segment]]\nsilence = \"1m\"\n";
    fs::write(folder.path().join("x.toml"), manifest).unwrap();
    fs::write(folder.path().join("x.svg"), "what was there before").unwrap();
    let drawn = karuna(folder.path(), &["show", "x.toml", "--svg", "x.svg"]);
    assert!(drawn.status.success() && drawn.stdout.is_empty(), "{}", String::from_utf8_lossy(&drawn.stderr));
    let svg = fs::read_to_string(folder.path().join("x.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("prefers-color-scheme:dark"));
    assert!(!svg.contains("<script") && !svg.contains("<b>") && !svg.contains("<x "), "{svg}");
    for lane in ["voice", "bell", "silence", "bed"] {
        assert!(svg.contains(&format!(">{lane}</text>")), "{lane}");
    }
    // A strict XML parser.
    let png = Command::new("rsvg-convert")
        .arg(folder.path().join("x.svg"))
        .output()
        .expect("scripts/setup --for-tests installs it");
    assert!(png.status.success(), "{}", String::from_utf8_lossy(&png.stderr));
    assert!(png.stdout.starts_with(b"\x89PNG"));
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("part")), "{names:?}");
}

#[test]
fn the_picture_shows_the_voice_that_speaks() {
    let folder = tempfile::tempdir().unwrap();
    for shape in [&[][..], &["--level", "voice=off"]] {
        let arguments = [&["show", "glimmer", "--svg", "x.svg"], shape].concat();
        assert!(karuna(folder.path(), &arguments).status.success());
        let svg = fs::read_to_string(folder.path().join("x.svg")).unwrap();
        let points = svg
            .lines()
            .find(|line| line.starts_with("<path class=\"voice\""))
            .map_or(0, |path| path.matches('L').count());
        assert_eq!(points > 300, shape.is_empty(), "{points}");
    }
    let refused = karuna(folder.path(), &["show", "glimmer", "--svg", "nowhere/x.svg"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("help:"));
}

#[test]
fn json_has_the_documented_keys() {
    let folder = tempfile::tempdir().unwrap();
    let shown = karuna(folder.path(), &["show", "glimmer", "--json"]);
    let document: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    let keys = |value: &serde_json::Value| {
        let mut keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys.join(" ")
    };
    assert_eq!(keys(&document), "cues end frames rate segments title");
    for segment in document["segments"].as_array().unwrap() {
        assert_eq!(keys(segment), "frames id index kind start text");
    }
    for cue in document["cues"].as_array().unwrap() {
        assert_eq!(keys(cue), "gain_db kind segment source start");
    }
}

#[test]
fn a_fitted_transcript_warns_that_spoken_lengths_may_be_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let has_warning = |arguments: &[&str]| -> bool {
        let shown = karuna(folder.path(), &[&["show", "--transcript"], arguments].concat());
        assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
        String::from_utf8(shown.stdout).unwrap().contains("longer or shorter than the voice says")
    };
    let spoken = "format = 1\ntitle = \"Spoken\"\n[[segment]]\nsay = \"Rest for about a minute.\"\n[[segment]]\nsilence = \"1m\"\n";
    std::fs::write(folder.path().join("spoken.toml"), spoken).unwrap();
    assert!(has_warning(&["spoken.toml", "--length", "2m"]));
    assert!(!has_warning(&["spoken.toml"]));
    assert!(!has_warning(&["glimmer", "--length", "6m"]), "its announcements give the fitted lengths");
    let silent = "format = 1\ntitle = \"Silent\"\n[[segment]]\nbell = \"bowl\"\n[[segment]]\nsilence = \"1m\"\n";
    std::fs::write(folder.path().join("silent.toml"), silent).unwrap();
    assert!(!has_warning(&["silent.toml", "--length", "2m"]), "the session has no spoken lines");
}
