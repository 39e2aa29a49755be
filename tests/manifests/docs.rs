//! The teachers' documentation is correct: its commands run, its examples are valid, and its deliberate errors are found.

#![cfg(unix)]

mod page;
mod recordings;
mod terminal;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use self::page::{Fence, fences};

const KARUNA: &str = env!("CARGO_BIN_EXE_karuna");

fn page(name: &str) -> Vec<Fence> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    fences(&fs::read_to_string(path).expect("the page is there"))
}

/// Returns the lines and codes of the findings of `check`.
fn check(manifest: &Path) -> Vec<(u64, String)> {
    let output = Command::new(KARUNA).arg("check").arg("--json").arg(manifest).output().expect("the program runs");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = document["findings"].as_array().expect("a list").iter();
    findings
        .map(|one| (one["line"].as_u64().unwrap_or(0), one["code"].as_str().unwrap_or_default().to_owned()))
        .collect()
}

/// Completes an example to a manifest. Returns it with the number of lines that were added before the example.
fn whole(example: &str) -> (String, u64) {
    if example.starts_with("format") {
        return (example.to_owned(), 0);
    }
    let end = "\n[[segment]]\nsay = \"You may pause or stop at any time.\"\n";
    (format!("format = 1\ntitle = \"Evening\"\n{example}{end}"), 2)
}

#[test]
fn reference_examples_are_valid_and_its_mistakes_are_found() {
    let (mut right, mut wrong) = (0, 0);
    for fence in page("manifest.md").iter().filter(|fence| fence.language == "toml") {
        let folder = tempfile::tempdir().expect("a folder");
        let (text, before) = whole(&fence.text);
        let manifest = folder.path().join("example.toml");
        fs::write(&manifest, &text).expect("the manifest can be written");
        recordings::tones(folder.path(), &text);
        let marks: Vec<_> = fence.marks.iter().map(String::as_str).collect();
        let expected = if let ["wrong", code, line] = marks.as_slice() {
            wrong += 1;
            vec![(before + line.parse::<u64>().expect("a line"), (*code).to_owned())]
        } else {
            right += 1;
            vec![]
        };
        assert_eq!(check(&manifest), expected, "{text}");
    }
    assert!(right >= 10 && wrong >= 10, "{right} examples and {wrong} mistakes");
}

/// Runs a line of the page in a shell. `karuna play` is stopped at once, with the exit code 130, because hearing the session would take
/// too long.
fn run(line: &str, folder: &Path) -> Output {
    // Playing needs a sound card.
    let rig = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig/with-sound.sh");
    let mut child = if line.starts_with("karuna play") { Command::new(rig) } else { Command::new("env") };
    let path = format!("{}:{}", Path::new(KARUNA).parent().expect("a folder").display(), env!("PATH"));
    child
        .args(["--", "sh", "-ec", line])
        .current_dir(folder)
        .env("HOME", folder)
        .env("PATH", path)
        .env_remove("XDG_DATA_HOME");
    child
        .env("XDG_CACHE_HOME", folder.join(".cache"))
        .env("PULSE_SERVER", "unix:/nowhere")
        .env("ALSA_CONFIG_PATH", "/dev/null");
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a shell");
    let mut input = child.stdin.take().expect("a pipe");
    // The command may have ended without reading its input.
    let _ = std::io::Write::write_all(&mut input, b"stop\n");
    drop(input);
    child.wait_with_output().expect("the command ends")
}

#[test]
fn every_command_in_the_teachers_guide_succeeds() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut commands = 0;
    for fence in page("teachers.md") {
        let marks: Vec<_> = fence.marks.iter().map(String::as_str).collect();
        match (fence.language.as_str(), marks.as_slice()) {
            ("toml", ["made", name]) => {
                assert_eq!(fs::read_to_string(folder.path().join(name)).expect("it was made"), fence.text);
                continue;
            }
            ("toml" | "text", [name]) => {
                let path = folder.path().join(name);
                fs::write(&path, &fence.text).expect("the file can be written");
                if fence.language == "toml" {
                    recordings::speech(path.parent().expect("a folder"), &fence.text);
                }
                continue;
            }
            (language, _) => assert_eq!(language, "sh", "each box is a file or a command"),
        }
        for line in fence.text.lines() {
            if line.starts_with("karuna record") {
                terminal::run_and_quit(line, folder.path(), "press space when you are ready");
                commands += 1;
                continue;
            }
            let output = run(line, folder.path());
            let printed =
                format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            let plays = line.starts_with("karuna play");
            assert_eq!(output.status.code(), Some(if plays { 130 } else { 0 }), "{line}\n{printed}");
            let checks = line.starts_with("karuna check") && !line.contains("--explain");
            assert!(!checks || printed.contains("nothing found"), "{line}\n{printed}");
            assert!(!printed.contains("warning:") && !printed.contains("error:"), "{line}\n{printed}");
            commands += 1;
        }
    }
    assert!(commands >= 24, "{commands} commands");
    assert!(folder.path().join("evening.mp3").metadata().is_ok_and(|file| file.len() > 100_000));
}

#[test]
fn the_session_of_every_evening_plays() {
    let fences = page("listeners.md");
    let lines = fences.iter().flat_map(|fence| fence.text.lines()).filter_map(|line| line.split_once("/usr/bin/"));
    let commands: Vec<_> = lines.map(|(_, command)| command.trim_end_matches(" >/dev/null")).collect();
    assert_eq!(commands.len(), 2, "one for systemd, one for cron");
    assert_eq!(commands[0], commands[1]);
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(commands[0], folder.path());
    let printed = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{printed}");
    assert!(!printed.contains("error:"), "{printed}");
}
