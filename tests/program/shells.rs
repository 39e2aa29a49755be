//! Shell completions, run in the shells themselves, and manual pages.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn karuna(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_karuna")).args(arguments).output().unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = karuna(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a program that `scripts/setup --for-tests` installs.
fn run(program: &str, arguments: &[&str], folder: &Path) -> String {
    let own = Path::new(env!("CARGO_BIN_EXE_karuna")).parent().unwrap().display().to_string();
    let path = format!("{own}:{}", std::env::var("PATH").unwrap());
    let output =
        Command::new(program).args(arguments).current_dir(folder).env("HOME", folder).env("PATH", path).output();
    let output = output.unwrap_or_else(|error| panic!("{program}, which scripts/setup --for-tests installs: {error}"));
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && printed.trim().is_empty(), "{program} {arguments:?}: {printed}");
    String::from_utf8(output.stdout).unwrap()
}

/// Returns a folder with the completions of a shell and a manifest.
fn folder(shell: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("_karuna"), printed(&["completions", shell])).unwrap();
    fs::write(folder.path().join("gleaming.toml"), "").unwrap();
    folder
}

#[test]
fn bash_completes_commands_sessions_and_files() {
    let folder = folder("bash");
    let complete = |words: &str| {
        let script = format!(
            "source ./_karuna; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
            _karuna karuna \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        run("bash", &["--norc", "-uc", &script], folder.path())
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(complete("karuna comp"), ["completions"]);
    assert_eq!(complete("karuna play gli"), ["glimmer"]);
    assert_eq!(complete("karuna play glimmer --le"), ["--length", "--level"]);
    assert_eq!(complete("karuna new x --like gli"), ["glimmer"]);
    // Without a matching name, bash falls back to file names.
    assert_eq!(complete("karuna play ./gl"), [""; 0]);
    assert!(
        run("bash", &["--norc", "-c", "source ./_karuna; complete -p karuna"], folder.path()).contains("-o default")
    );
}

#[test]
fn bash_completes_values_of_options() {
    let folder = folder("bash");
    let complete = |words: &str| {
        let script = format!(
            "source ./_karuna; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
            _karuna_with_values karuna \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        run("bash", &["--norc", "-uc", &script], folder.path()).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(complete("karuna play craving --avoid tou"), ["touch"]);
    assert_eq!(complete("karuna play craving --from welc"), ["welcome"]);
    assert_eq!(complete("karuna play craving --output nu"), ["null"]);
    assert_eq!(complete("karuna bell ting"), ["tingsha"]);
    assert_eq!(complete("karuna play gli"), ["glimmer"]);
    assert_eq!(
        complete("karuna play ./nowhere.toml --from x"),
        [""],
        "an unreadable session completes to nothing and prints no error"
    );
}

#[test]
fn zsh_accepts_the_completions() {
    let folder = folder("zsh");
    run("zsh", &["-f", "-n", "_karuna"], folder.path());
    let script = "fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -d $PWD/.dump; print $_comps[karuna]
        autoload +X _karuna; functions _karuna | grep -c _karuna_sessions
        functions _karuna | grep -c 'TAG:_karuna_avoid'; functions _karuna | grep -c 'TIME:_karuna_from'";
    let printed = run("zsh", &["-f", "-c", script], folder.path());
    let mut lines = printed.lines();
    assert_eq!(lines.next(), Some("_karuna"));
    assert!(lines.next().unwrap().parse::<u32>().unwrap() >= 5, "{printed}");
    assert!(lines.next().unwrap().parse::<u32>().unwrap() >= 3, "{printed}");
    assert_eq!(lines.next(), Some("1"), "{printed}");
}

#[test]
fn fish_completes_commands_sessions_and_files() {
    let folder = folder("fish");
    let complete = |line: &str| {
        let script = format!("source ./_karuna; complete -C '{line}'");
        let printed = run("fish", &["--no-config", "-c", &script], folder.path());
        printed.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(complete("karuna comp"), ["completions"]);
    assert_eq!(complete("karuna play gl"), ["gleaming.toml", "glimmer"]);
    assert_eq!(complete("karuna play craving --avoid tou"), ["touch"]);
    assert_eq!(complete("karuna play craving --from welc"), ["welcome"]);
    assert_eq!(complete("karuna bell ting"), ["tingsha"]);
}

#[test]
fn an_unknown_shell_is_a_wrong_argument() {
    assert_eq!(karuna(&["completions", "cmd"]).status.code(), Some(2));
}

/// Returns the names of the manual pages in a folder.
fn pages(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn each_command_has_a_well_formed_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("share/man1");
    let output = printed(&["man", "-o", target.to_str().unwrap()]);
    let names = pages(&target);
    assert_eq!(output.lines().count(), names.len());
    let help = printed(&["--help"]);
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // Lines with a deeper indentation continue the line above.
    let named = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let commands: Vec<_> = commands.filter(named).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() >= 10, "{help}");
    for command in &commands {
        assert!(names.contains(&format!("karuna-{command}.1")), "{command}: {names:?}");
    }
    // Besides the program's own page, only subcommands of subcommands have one.
    let is_nested = |name: &&String| commands.iter().any(|command| name.starts_with(&format!("karuna-{command}-")));
    assert_eq!(names.iter().filter(is_nested).count(), names.len() - commands.len() - 1, "{names:?}");
    assert!(names.iter().any(|name| name == "karuna-voices-add.1"), "{names:?}");
    for name in &names {
        let warnings = run("groff", &["-Kutf8", "-man", "-Tutf8", "-ww", "-z", name], &target);
        assert_eq!(warnings, "", "{name}");
    }
    assert_eq!(fs::read_to_string(target.join("karuna.1")).unwrap(), printed(&["man"]));
    // A second run replaces the existing pages.
    printed(&["man", "-o", target.to_str().unwrap()]);
    assert_eq!(pages(&target), names);
}

#[test]
fn the_manual_page_has_the_usual_sections() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("karuna.1"), printed(&["man"])).unwrap();
    let page = run("groff", &["-Kutf8", "-man", "-Tutf8", "-P-cbou", "karuna.1"], folder.path());
    for words in ["SYNOPSIS", "WHILE IT PLAYS", "EXIT STATUS", "FILES", "130", "karuna-play(1)", "gentle"] {
        assert!(page.contains(words), "{words} is missing:\n{page}");
    }
}

#[test]
fn a_folder_that_cannot_be_created_is_reported() {
    let output = karuna(&["man", "-o", "/dev/null/man1"]);
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(printed.contains("/dev/null/man1 can't be") && printed.contains("help: "), "{printed}");
}
