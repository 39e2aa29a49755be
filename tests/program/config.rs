//! The listener's configuration: its effect, the source of each setting, and errors in the file.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::support::home::{command, karuna};

/// A home folder with a configuration, and a session of a second of silence, a line and a bell.
struct Home(tempfile::TempDir);

impl Home {
    fn new(config: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        let segments = "[[segment]]\nsilence = \"100ms\"\n[[segment]]\nsay = \"Breathe.\"\ntags = [\"breath\"]\n";
        fs::write(home.path().join("x.toml"), format!("format = 1\ntitle = \"x\"\n{segments}")).unwrap();
        fs::create_dir_all(home.file().parent().unwrap()).unwrap();
        fs::write(home.file(), config).unwrap();
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self) -> PathBuf {
        self.path().join(".config/karuna/config.toml")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        karuna(self.path(), arguments)
    }

    /// Plays the session with these options.
    fn play(&self, options: &[&str]) -> String {
        let output = self.run(&[&["play", "x.toml", "--voice", "none"], options].concat());
        assert!(output.status.success(), "{}", error(&output));
        text(&output.stdout)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn error(output: &Output) -> String {
    text(&output.stderr)
}

#[test]
fn the_settings_apply_to_play_and_options_win() {
    let home = Home::new("avoid = [\"breath\", \"sand\"]\nsettle = \"500ms\"\noutput = \"null\"\ncaptions = false\n");
    let json = home.play(&["--json"]);
    // The line is avoided, the tag that the session does not have is accepted, and the settle comes first.
    assert!(json.contains(&format!("\"frames\":{}", 48_000 / 10 * 26)), "{json}");
    assert!(home.play(&["--json", "--settle", "0s"]).contains(&format!("\"frames\":{}", 48_000 / 10 * 21)));
    assert!(!home.play(&["--no-config", "--output", "null"]).is_empty());
    let words = home.play(&["--no-config", "--output", "null"]);
    assert!(words.contains("Breathe.") && !home.play(&[]).contains("Breathe."), "{words}");
    // Only `voice` and `engine` apply to show and render.
    let shown = text(&home.run(&["show", "x.toml", "--voice", "none", "--json"]).stdout);
    assert!(shown.contains("Breathe."), "{shown}");
}

#[test]
fn config_shows_each_setting_with_its_source() {
    let home = Home::new("volume = -6\nlog = true\n");
    let output = home.run(&["config"]);
    let shown = text(&output.stdout);
    assert!(shown.starts_with(&format!("{}\n", home.file().display())), "{shown}");
    let lines: Vec<_> = shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for expected in
        ["volume = -6 # line 1", "log = true # line 2", "plain = false # default", "settle = \"0s\" # default"]
    {
        assert!(lines.iter().any(|line| line == expected), "{expected}\n{shown}");
    }
    let accessible = command(home.path()).arg("config").env("ACCESSIBLE", "1").output().unwrap();
    let shown = text(&accessible.stdout);
    assert!(
        shown.lines().any(|line| line.starts_with("plain = true") && line.ends_with("# ACCESSIBLE in the environment"))
    );
    let ignored = text(&home.run(&["config", "--no-config"]).stdout);
    assert!(ignored.contains("(not read)") && !ignored.contains("line 1"), "{ignored}");
}

#[test]
fn init_writes_a_file_once() {
    let home = Home::new("");
    fs::remove_dir_all(home.path().join(".config")).unwrap();
    assert!(text(&home.run(&["config"]).stdout).contains("`karuna config --init` writes one"));
    let written = home.run(&["config", "--init"]);
    assert_eq!(text(&written.stdout), format!("{}\n", home.file().display()));
    let content = fs::read_to_string(home.file()).unwrap();
    assert!(content.contains("# remember = false"), "{content}");
    assert!(!text(&home.run(&["config"]).stdout).contains("# line"));
    let again = home.run(&["config", "--init"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(error(&again).contains("is there already"), "{}", error(&again));
}

#[test]
fn an_error_is_shown_at_its_line_and_ends_other_commands() {
    let home = Home::new("volume = 7\nvoice = \"hart\"\n");
    for arguments in [&["list"][..], &["play", "x.toml"], &["check", "x.toml"], &["schema"], &["x.toml"]] {
        let output = home.run(arguments);
        let stderr = error(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(stderr.contains("config.toml:1:10") && stderr.contains("did you mean `heart`?"), "{stderr}");
        assert!(stderr.contains("--no-config ignores it"), "{stderr}");
    }
    let shown = home.run(&["config"]);
    assert!(shown.status.success() && error(&shown).contains("config.toml:1:10"), "{}", error(&shown));
    assert!(home.run(&["--help"]).status.success() && home.run(&["play", "--help"]).status.success());
    assert!(home.run(&["list", "--no-config"]).status.success());
    assert!(home.run(&["--no-config", "x.toml", "--output", "null", "--voice", "none"]).status.success());
}

#[test]
fn an_unsafe_or_unreadable_file_is_refused() {
    let home = Home::new("volume = -6\n");
    let refused = |problem: &str| {
        let output = home.run(&["list"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(error(&output).contains(problem) && error(&output).contains("--no-config"), "{}", error(&output));
        assert!(home.run(&["list", "--no-config"]).status.success());
    };
    fs::set_permissions(home.file(), fs::Permissions::from_mode(0o666)).unwrap();
    refused("can be changed by every user");
    fs::remove_file(home.file()).unwrap();
    fs::create_dir(home.file()).unwrap();
    refused("is not a regular file");
    fs::remove_dir(home.file()).unwrap();
    fs::write(home.file(), [0xFF, 0xFE]).unwrap();
    refused("is not text in UTF-8");
    // A link to a file elsewhere is followed.
    fs::remove_file(home.file()).unwrap();
    fs::write(home.path().join("settings"), "volume = -3\n").unwrap();
    symlink(home.path().join("settings"), home.file()).unwrap();
    assert!(text(&home.run(&["config"]).stdout).contains("volume = -3"));
}

#[test]
fn a_configured_engine_speaks() {
    let home = Home::new("[engine.mine]\ncommand = [\"my-tts\", \"--calm\"]\nlanguages = [\"en\"]\n");
    let folder = home.path().join("bin");
    fs::create_dir(&folder).unwrap();
    fs::write(
        home.path().join("block.toml"),
        "format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"block\"\nhold = \"1s\"\n",
    )
    .unwrap();
    let made = home.run(&["render", "block.toml", "-o", "speech.wav", "--bits", "16"]);
    assert!(made.status.success(), "{}", error(&made));
    let engine = folder.join("my-tts");
    let script = format!(
        "#!/bin/sh\n/bin/cat >'{0}/text'\necho \"$*\" >>'{0}/runs'\nexec /bin/cat '{0}/speech.wav'\n",
        home.path().display()
    );
    fs::write(&engine, script).unwrap();
    fs::set_permissions(&engine, fs::Permissions::from_mode(0o755)).unwrap();
    let run = |arguments: &[&str]| command(home.path()).args(arguments).env("PATH", &folder).output().unwrap();
    let listed = text(&run(&["voices"]).stdout);
    assert!(listed.lines().next().unwrap().split_whitespace().eq(["mine", "en", "program", "installed"]), "{listed}");
    let credits = text(&run(&["credits", "x.toml"]).stdout);
    assert!(!credits.contains("mine"), "credits do not depend on the configuration: {credits}");
    for voice in ["auto", "mine"] {
        let shown = run(&["show", "x.toml", "--json", "--voice", voice]);
        assert!(text(&shown.stdout).contains("\"kind\":\"clip\""), "{}\n{}", text(&shown.stdout), error(&shown));
    }
    assert_eq!(fs::read_to_string(home.path().join("text")).unwrap(), "Breathe.\n");
    assert_eq!(fs::read_to_string(home.path().join("runs")).unwrap(), "--calm\n", "the speech is cached");
    // An unknown name is a wrong argument, and a missing program is reported.
    assert_eq!(run(&["show", "x.toml", "--voice", "yours"]).status.code(), Some(2));
    let missing = home.run(&["show", "x.toml", "--voice", "mine", "--avoid", "breath"]);
    assert!(missing.status.success() || error(&missing).contains("my-tts"), "{}", error(&missing));
}
