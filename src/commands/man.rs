//! `karuna man`: writes the manual pages, from the same descriptions as `--help`.

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::Outcome;
use crate::cli::Cli;
use crate::error::{Failure, reason};
use crate::io::atomic_file;
use crate::text;

const CODES: [(&str, &str); 4] = [
    ("0", "Success, also after a gentle exit."),
    ("1", "An error; standard error explains it and names a remedy."),
    ("2", "The arguments are wrong."),
    ("130", "Stopped immediately."),
];

const FILES: [(&str, &str); 4] = [
    (
        "$XDG_CONFIG_HOME/karuna/config.toml",
        "Your settings, by default in ~/.config; karuna config --init writes a file to start from.",
    ),
    ("$XDG_DATA_HOME/karuna/sessions", "Your own sessions, which you can play by name; by default in ~/.local/share."),
    (
        "$XDG_STATE_HOME/karuna",
        "Stored places and the log, if you turned them on, by default in ~/.local/state; karuna forget deletes them.",
    ),
    ("session.schema.json", "The schema beside a manifest, with which editors complete and check it as you type."),
];

const KEYS: [(&str, &str); 9] = [
    ("space", "Pauses and resumes."),
    ("s", "Plays a gentler moment, then returns to the session."),
    ("q, Esc, Ctrl-C", "Leaves gently: the sound fades out, and a closing plays. Press it again to stop at once."),
    ("→ or n", "Goes to the next part."),
    ("← or p", "Goes to the start of this part, or to the part before."),
    (". and ,", "Move forward or back by ten seconds."),
    ("↑ ↓ or + -", "Change the volume."),
    ("c", "Shows or hides the captions."),
    ("? or h", "Shows the keys."),
];

/// Prints the page of the program, or writes the pages of all commands into a folder.
pub(super) fn run(folder: Option<&Path>) -> Result<Outcome, Failure> {
    let mut cli = Cli::command();
    cli.build();
    let Some(folder) = folder else {
        let page = page(&cli).map_err(|error| failed(Path::new("the page"), &error))?;
        super::print_line(String::from_utf8_lossy(&page).trim_end())?;
        return Ok(Outcome::Done);
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    for command in with_subcommands(&cli) {
        let page = page(command).map_err(|error| failed(folder, &error))?;
        let path = folder.join(Man::new(command.clone()).get_filename());
        atomic_file::write(&path, &page)?;
        super::print_line(&text::display_path(&path))?;
    }
    Ok(Outcome::Done)
}

/// Returns a command and all its nested subcommands, except the generated `help` commands.
fn with_subcommands(command: &Command) -> Vec<&Command> {
    let nested = command.get_subcommands().filter(|nested| nested.get_name() != "help" && !nested.is_hide_set());
    std::iter::once(command).chain(nested.flat_map(with_subcommands)).collect()
}

/// Returns the manual page of a command.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let is_program = command.get_version().is_some();
    let man = Man::new(command.clone().disable_help_subcommand(true)).manual("karuna");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.get_subcommands().next().is_some() {
        man.render_subcommands_section(&mut page)?;
    }
    if is_program || command.get_name() == "play" {
        section("WHILE IT PLAYS", &KEYS).to_writer(&mut page)?;
    }
    section("EXIT STATUS", &CODES).to_writer(&mut page)?;
    if is_program {
        section("FILES", &FILES).to_writer(&mut page)?;
        man.render_version_section(&mut page)?;
    } else {
        let mut also = Roff::new();
        also.control("SH", ["SEE ALSO"]).text([bold("karuna"), roman("(1)")]);
        also.to_writer(&mut page)?;
    }
    Ok(page)
}

/// Returns a section of terms and their descriptions.
fn section(title: &str, entries: &[(&str, &str)]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    for (term, meaning) in entries {
        roff.control("TP", []).text([bold(*term)]).text([roman(*meaning)]);
    }
    roff
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    let message = format!("{} can't be written: {}", text::display_path(path), reason(error));
    Failure::new(message, "choose a folder, as in karuna man -o ~/.local/share/man/man1")
}
