//! Names and words that would move the cursor or turn the text around, in everything that is printed.
#![cfg(unix)]
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use crate::support::home::command;

/// Clears the screen, in the two ways in which that is written; deletes; turns the text around; starts a line of its own.
const HOSTILE: &str = "x\u{1b}[2Jy\u{9b}31mz\u{7f}\u{202e}\u{2066}\u{200f}\u{feff}w";

#[track_caller]
fn assert_harmless(output: &Output, what: &str) {
    let printed = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&printed);
    let is_harmful = |c: &char| {
        c.is_control() && *c != '\n'
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert!(output.status.code().is_some(), "{what}: {:?}", output.status);
    assert!(!text.contains("panicked"), "{what}: {text}");
    let harmful: Vec<_> = text.chars().filter(is_harmful).collect();
    assert!(harmful.is_empty(), "{what}: {harmful:?} in {text}");
}

/// Returns a session that is hostile wherever it can say something, and sound for its clips.
fn session(escaped: &str, clip: &str) -> String {
    format!(
        "format = 1\ntitle = \"{escaped}\"\nsummary = \"{escaped}\"\nteacher = \"{escaped}\"\nlicense = \"{escaped}\"\n\
         \n[bell.temple]\nclip = \"{clip}\"\n\n\
         [[segment]]\nid = \"a\"\nchapter = \"{escaped}\"\nsay = \"{escaped}\"\nclip = \"{clip}\"\ntags = [\"touch\"]\n\n\
         [[segment]]\nsay = \"{escaped}\"\ninstead = {{ say = \"{escaped}\" }}\ntags = [\"breath\"]\n\n\
         [[segment]]\nbell = \"temple\"\n\n[[segment]]\nsilence = \"1s\"\n"
    )
}

#[test]
fn nothing_that_others_wrote_acts_on_the_terminal() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    let escaped: String = HOSTILE.chars().fold(String::new(), |escaped, c| format!("{escaped}\\u{:04x}", u32::from(c)));
    let (manifest, clip) = (format!("{HOSTILE}.toml"), format!("{HOSTILE}.ogg"));
    let sessions = at(".local/share/karuna/sessions");
    for folder in [sessions.clone(), at("bin"), at("out")] {
        fs::create_dir_all(folder).unwrap();
    }
    let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/clip/vorbis.ogg");
    for folder in [home.path(), &sessions] {
        fs::copy(recording, folder.join("fine.ogg")).unwrap();
        fs::write(folder.join(&manifest), session(&escaped, "fine.ogg")).unwrap();
    }
    fs::write(at("damaged.ogg"), &fs::read(recording).unwrap()[..3_000]).unwrap();
    fs::rename(at("damaged.ogg"), at(&clip)).unwrap();
    fs::write(at("cut.toml"), session(&escaped, "CLIP").replace("CLIP", &escaped.replace("\\u001b", "y"))).unwrap();
    fs::write(at("missing.toml"), session(&escaped, &escaped)).unwrap();
    fs::write(at("broken.toml"), format!("format = 1\n{HOSTILE} = {HOSTILE}\n[[{HOSTILE}]]\nsay = \"{HOSTILE}\"\n"))
        .unwrap();
    fs::write(sessions.join(format!("broken{HOSTILE}.toml")), HOSTILE).unwrap();
    fs::write(at("script.md"), format!("# {HOSTILE}\n\n[{HOSTILE}: 8s]\n\n<{HOSTILE}>\n\n{HOSTILE}\n")).unwrap();
    fs::write(at("bin/flite"), format!("#!/bin/sh\nprintf '{HOSTILE}'\nprintf '{HOSTILE}' >&2\nexit 3\n")).unwrap();
    fs::set_permissions(at("bin/flite"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir_all(at(".config/karuna")).unwrap();

    let mut commands: Vec<Vec<&str>> = vec![
        vec!["list"],
        vec!["list", "--json"],
        vec!["voices"],
        vec!["voices", "add", HOSTILE],
        vec!["voices", "remove", HOSTILE],
        vec!["new", HOSTILE],
        vec!["new", "made.toml", "--from", "script.md"],
        vec!["new", "made.toml", "--from", HOSTILE],
        vec!["new", "made.toml", "--like", HOSTILE],
        vec!["bell", HOSTILE, "-o", "out/bell.wav"],
        vec!["bell", "inkin", "-o", HOSTILE],
        vec!["play", "glimmer", "--output", HOSTILE],
        vec!["play", "glimmer", "--avoid", HOSTILE],
        vec!["play", "glimmer", "--from", HOSTILE],
        vec!["devices", "--try", HOSTILE],
        vec!["check", "--explain", HOSTILE],
        vec![HOSTILE],
        vec!["log"],
        vec!["forget", HOSTILE],
        vec!["completions", "bash"],
        vec!["config"],
    ];
    for session in [&manifest, "cut.toml", "missing.toml", "broken.toml", HOSTILE] {
        for form in [
            &["show"][..],
            &["show", "--json"],
            &["show", "--transcript"],
            &["show", "--svg", "out/x.svg"],
            &["check", "--hints"],
            &["check", "--json"],
            &["credits"],
            &["render", "-o", "out/x.wav"],
            &["narrate"],
            &["narrate", "--voice", "flite", "-o", "out"],
            &["publish", "-o", "out/published", "--as", "captions"],
            &["play", "--output", "null", "--plain", "--audition", "--no-bell"],
            &["play", "--output", "null", "--json", "--audition", "--voice", "flite"],
            &["record"],
        ] {
            commands.push([&form[..1], &[session], &form[1..]].concat());
        }
    }
    for arguments in commands {
        let mut command = command(home.path());
        command.env("PATH", at("bin")).args(&arguments);
        assert_harmless(&command.output().unwrap(), &format!("{arguments:?}"));
    }
    let shown = command(home.path()).args(["show", &manifest, "--json"]).output().unwrap();
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert!(shown.to_string().contains('\u{202e}'), "JSON keeps what it escapes");
    fs::write(at(".config/karuna/config.toml"), format!("voice = \"{escaped}\"\n{HOSTILE} = 1\n")).unwrap();
    for arguments in [&["config"][..], &["list"], &["play", "glimmer"]] {
        assert_harmless(&command(home.path()).args(arguments).output().unwrap(), &format!("{arguments:?}"));
    }
}
