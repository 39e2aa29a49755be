//! `karuna new` writes a new session or a copy of one; it touches no existing file and leaves nothing unfinished behind.

#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// The schema that is written beside a manifest.
const SCHEMA: &str = include_str!("../../docs/session.schema.json");
const SCHEMA_FILE: &str = "session.schema.json";
/// The first line of a manifest, through which an editor finds the schema.
const DIRECTIVE: &str = "#:schema ./session.schema.json";

fn karuna(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_karuna"));
    command.args(arguments).current_dir(folder).env("HOME", folder).env("XDG_CACHE_HOME", folder.join(".cache"));
    command.env_remove("XDG_DATA_HOME").stdin(std::process::Stdio::null()).output().unwrap()
}

fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let output = karuna(folder, arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {errors}");
    assert_eq!(errors, "", "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn fail(folder: &Path, arguments: &[&str]) -> String {
    let output = karuna(folder, arguments);
    let printed = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {printed}");
    assert!(printed.starts_with("error: ") && printed.contains("help: "), "{printed}");
    printed
}

/// Returns every file below a folder, except the cache, with its content.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if entry.file_type().unwrap().is_dir() {
                if name != ".cache" {
                    found.insert(format!("{name}/"), Vec::new());
                    folders.push(path);
                }
            } else {
                found.insert(name, fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}

#[test]
fn a_new_session_is_valid_and_lasts_three_minutes() {
    let folder = tempfile::tempdir().unwrap();
    succeed(folder.path(), &["new", "evening.toml"]);
    assert!(succeed(folder.path(), &["check", "evening.toml"]).contains("nothing found"));
    let shown = succeed(folder.path(), &["show", "evening.toml", "--json", "--voice", "none"]);
    let timeline: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(timeline["frames"], 180 * 48_000);
    let found = files(folder.path());
    assert_eq!(found.keys().collect::<Vec<_>>(), ["evening.toml", "session.schema.json"]);
    assert_eq!(found["session.schema.json"], SCHEMA.as_bytes());
    let text = String::from_utf8(found["evening.toml"].clone()).unwrap();
    assert!(text.starts_with(DIRECTIVE), "{text}");
    assert!(text.lines().filter(|line| line.contains('#')).count() > 20, "the comments explain the manifest");
}

#[test]
fn the_file_is_written_where_its_name_says() {
    for (typed, written) in [
        ("evening", "evening.toml"),
        ("./evening.toml", "evening.toml"),
        ("my sessions/2026/evening", "my sessions/2026/evening.toml"),
        ("evening/", "evening/evening.toml"),
        ("there", "there/there.toml"),
        ("a/../evening.toml", "evening.toml"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("there")).unwrap();
        let printed = succeed(folder.path(), &["new", typed]);
        assert!(folder.path().join(written).is_file(), "{typed}: {printed}");
        assert!(folder.path().join(written).with_file_name(SCHEMA_FILE).is_file());
        // The suggested command works as it is printed.
        let next = printed.lines().find(|line| line.contains("karuna check")).unwrap();
        let next = next.split("  finds").next().unwrap().trim().replacen("karuna", env!("CARGO_BIN_EXE_karuna"), 1);
        let checked = Command::new("sh").args(["-c", &next]).current_dir(folder.path()).output().unwrap();
        assert!(checked.status.success(), "{next}: {}", String::from_utf8_lossy(&checked.stderr));
    }
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("evening.toml", "mine");
    fs::create_dir(folder.path().join("glimmer")).unwrap();
    write("glimmer/08-return.ogg", "my own voice");
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", folder.path().join("link.toml")).unwrap();
    let before = files(folder.path());
    assert!(fail(folder.path(), &["new", "evening"]).contains("evening.toml already exists"));
    assert!(
        fail(folder.path(), &["new", "other", "--like", "glimmer"]).contains("glimmer/08-return.ogg already exists")
    );
    #[cfg(unix)]
    assert!(fail(folder.path(), &["new", "link.toml"]).contains("link.toml already exists"));
    assert_eq!(files(folder.path()), before, "nothing was changed, and no partial file remains");
}

#[test]
fn an_existing_schema_is_kept_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(SCHEMA_FILE), "{}").unwrap();
    let output = karuna(folder.path(), &["new", "evening"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("session.schema.json already exists"));
    assert_eq!(fs::read(folder.path().join(SCHEMA_FILE)).unwrap(), b"{}");
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "").unwrap();
    let before = files(folder.path());
    for path in ["notes.txt/evening.toml", "evening.txt", "/", "/dev/null/evening.toml"] {
        fail(folder.path(), &["new", path]);
    }
    assert!(fail(folder.path(), &["new", "x/y/z.toml", "--like", "nosuch"]).contains("no session named `nosuch`"));
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_copy_is_complete_and_sounds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let printed = succeed(folder.path(), &["new", "mine/morning.toml", "--like", "glimmer"]);
    assert!(printed.contains("recordings"), "{printed}");
    assert!(succeed(folder.path(), &["check", "mine/morning.toml"]).contains("nothing found"));
    let text = fs::read_to_string(folder.path().join("mine/morning.toml")).unwrap();
    assert!(text.starts_with(&format!("{DIRECTIVE}\nformat")), "{text}");
    assert_eq!(fs::read_to_string(folder.path().join("mine").join(SCHEMA_FILE)).unwrap(), SCHEMA);
    let show = |session: &str| succeed(folder.path(), &["show", session, "--json", "--rate", "8000"]);
    let cues = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["cues"].clone();
    assert_eq!(cues(&show("mine/morning.toml")), cues(&show("glimmer")));
    // Another copy beside it shares identical recordings.
    succeed(folder.path(), &["new", "mine/evening.toml", "--like", "./mine/morning.toml"]);
    assert_eq!(fs::read_to_string(folder.path().join("mine/evening.toml")).unwrap(), text);
}

#[test]
fn every_shipped_session_can_be_copied() {
    let folder = tempfile::tempdir().unwrap();
    let listed = succeed(folder.path(), &["list", "--json"]);
    let listed: Vec<serde_json::Value> = serde_json::from_str(&listed).unwrap();
    assert!(listed.len() > 10);
    for session in listed {
        let name = session["name"].as_str().unwrap();
        succeed(folder.path(), &["new", &format!("{name}/"), "--like", name]);
        let path = folder.path().join(name).join(name).with_extension("toml");
        let (session, findings) = karuna::manifest::read(&path, &fs::read_to_string(&path).unwrap());
        assert_eq!(findings, []);
        for clip in session.unwrap().clips() {
            assert!(folder.path().join(name).join(clip.value.as_str()).is_file(), "{name}: {}", clip.value.as_str());
        }
    }
}

#[test]
fn a_session_with_errors_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.toml"), "format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"bowll\"\n").unwrap();
    let missing = "format = 1\ntitle = \"x\"\n[[segment]]\nsay = \"x\"\nclip = \"x.wav\"\n";
    fs::write(folder.path().join("missing.toml"), missing).unwrap();
    let before = files(folder.path());
    let output = karuna(folder.path(), &["new", "sub/copy.toml", "--like", "bad.toml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknown-bell"));
    assert!(fail(folder.path(), &["new", "sub/copy.toml", "--like", "missing.toml"]).contains("x.wav"));
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_script_is_converted_to_a_session_that_passes_check() {
    let folder = tempfile::tempdir().unwrap();
    let script = "Evening rest\nDuration: 10 minutes\n\nYou may stop at any time.\n\n(Pause for a few breaths)\n\n\
                  Let the day be over. [SFX: ocean] And rest.\n\n[BELL x3]\n";
    fs::write(folder.path().join("evening.txt"), script).unwrap();
    let output = karuna(folder.path(), &["new", "evening", "--from", "evening.txt"]);
    let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{stderr}");
    assert!(
        stdout.starts_with("evening.toml is written: \"Evening rest\", 2 lines, 1 silence, 1 bell, 1 comment.\n"),
        "{stdout}"
    );
    assert!(
        stdout.contains(
            "The script says 10 minutes. As written it lasts about 53 seconds: 9 minutes and 7 seconds shorter."
        ),
        "{stdout}"
    );
    assert_eq!(
        stderr,
        "line 6: this pause has no exact length; it became 15 seconds\n\
         line 8: \"SFX: ocean\" is not understood; it is a comment in the manifest\n"
    );
    let shown = succeed(folder.path(), &["show", "evening.toml", "--json", "--voice", "none"]);
    let timeline: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(timeline["frames"], 52_980 * 48);
    assert!(karuna(folder.path(), &["check", "evening.toml"]).status.success());
    let text = fs::read_to_string(folder.path().join("evening.toml")).unwrap();
    assert!(
        text.starts_with(&format!("{DIRECTIVE}\n# Made from evening.txt.\nformat = 1\ntitle = \"Evening rest\"\n")),
        "{text}"
    );
    assert_eq!(fs::read_to_string(folder.path().join(SCHEMA_FILE)).unwrap(), SCHEMA);
    // The second attempt finds the file.
    assert!(fail(folder.path(), &["new", "evening", "--from", "evening.txt"]).contains("evening.toml already exists"));
    assert_eq!(
        karuna(folder.path(), &["new", "a", "--from", "evening.txt", "--like", "glimmer"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_file_that_is_no_script_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("evening.docx"), b"PK\x03\x04").unwrap();
    fs::write(folder.path().join("empty.md"), "# Evening\n").unwrap();
    fs::write(folder.path().join("broken.ssml"), "<speak>\n<p>Rest").unwrap();
    let before = files(folder.path());
    for (script, expected) in [
        ("evening.docx", "save or export it as plain text"),
        ("empty.md", "no words to speak"),
        ("broken.ssml", "line 2 of the script"),
        ("nowhere.txt", "nowhere.txt can't be read"),
        (".", "is a folder"),
    ] {
        let printed = fail(folder.path(), &["new", "evening", "--from", script]);
        assert!(printed.contains(expected), "{printed}");
    }
    assert_eq!(files(folder.path()), before);
}

#[test]
fn concurrent_runs_create_each_file_once() {
    let folder = tempfile::tempdir().unwrap();
    let start = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karuna"));
        command.args(["new", name]).current_dir(folder.path()).env("HOME", folder.path());
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped()).spawn().unwrap()
    };
    let names: Vec<String> = (0..20).map(|number| format!("evenings/{number}.toml")).collect();
    let children: Vec<_> = names.iter().map(|name| start(name)).collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    assert_eq!(fs::read_dir(folder.path().join("evenings")).unwrap().count(), 21);
    // Of several runs with the same name, exactly one succeeds.
    let children: Vec<_> = (0..6).map(|_| start("same/same.toml")).collect();
    let made = children.into_iter().map(|child| child.wait_with_output().unwrap().status.success());
    assert_eq!(made.filter(|made| *made).count(), 1);
    assert_eq!(fs::read_dir(folder.path().join("same")).unwrap().count(), 2);
}
