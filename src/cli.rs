//! The command line: arguments and options.

mod play;
mod sessions;
mod shape;
mod values;
mod voices;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use self::play::Play;
pub(crate) use self::sessions::{Check, New, Publish, Render, Show};
pub(crate) use self::shape::ShapeArguments;
pub(crate) use self::values::{SoundKind, settling_time};
pub(crate) use self::voices::{Narrate, RecordArguments, Voices, VoicesAction};
use crate::io::library;
use crate::manifest::suggest;
use crate::playback::OutputChoice;
use crate::present::safety_note::safety_note;
use crate::text::escape_controls;

/// The first lines of help after the list of commands.
const BEGIN: &str = "`karuna` alone lists the sessions, and `karuna glimmer` plays a short one. Leaving early is always fine.\n\
    `karuna new evening.toml` starts a session of your own.";

fn after_help() -> String {
    format!("{BEGIN}\n\n{}", safety_note("karuna"))
}

/// A gentle player for guided meditation.
#[derive(Debug, Parser)]
#[command(name = "karuna", version, about, disable_help_subcommand = true, after_help = after_help())]
#[command(override_usage = "karuna [COMMAND]\n       karuna SESSION [OPTIONS of play]")]
pub(crate) struct Cli {
    /// The command; without one, the sessions are listed.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Ignore the configuration file
    #[arg(long, global = true)]
    pub(crate) no_config: bool,
}

impl Cli {
    /// Parses the program's arguments. `karuna SESSION` stands for `karuna play SESSION` unless a command has that name.
    ///
    /// Ends the program if the arguments are wrong, or ask for help.
    #[must_use]
    pub(crate) fn read() -> Self {
        let arguments = with_play(std::env::args_os().collect());
        Self::try_parse_from(&arguments).unwrap_or_else(|error| refuse(&error, &arguments))
    }
}

/// Prints what is wrong with the arguments, or the help that they ask for, and ends the program.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> ! {
    let is_harmless = |argument: &OsString| {
        let argument = argument.to_string_lossy();
        escape_controls(&argument) == argument
    };
    if arguments.iter().all(is_harmless) {
        error.exit();
    }
    let text = error.render().to_string();
    for line in text.lines() {
        let _ = writeln!(std::io::stderr().lock(), "{}", escape_controls(line));
    }
    std::process::exit(error.exit_code())
}

/// Inserts `play` before a first argument that names a session, or nearly does, and is not a command.
fn with_play(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let first = arguments.iter().skip(1).position(|argument| !argument.to_string_lossy().starts_with('-'));
    let Some(first) = first.map(|index| index + 1) else { return arguments };
    let (word, cli) = (arguments[first].to_string_lossy(), Cli::command());
    let is_command = cli.find_subcommand(&*word).is_some();
    let nearly_is_command = || suggest::nearest(&word, cli.get_subcommands().map(clap::Command::get_name)).is_some();
    let nearly_is_session = || !nearly_is_command() && library::suggest_session(&word).is_some();
    if !is_command && (library::is_session(&word) || nearly_is_session()) {
        arguments.insert(first, "play".into());
    }
    arguments
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the sessions of the library
    List {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Show a session's exact timeline, without playing it
    Show(Show),
    /// Check manifests for errors
    Check(Check),
    /// Play a session
    Play(Play),
    /// Render a session to a file, with the same samples as in playback
    Render(Render),
    /// Publish a session, or a folder of sessions, in formats that can be used without karuna
    Publish(Publish),
    /// Write a new manifest: a template, a converted script, or a copy of a session
    New(New),
    /// Create a recording for each line without one, with a speech engine or from a folder of your own recordings
    Narrate(Narrate),
    /// Record the lines one after another, with a microphone
    Record(RecordArguments),
    /// Strike a bell; without a name, list them
    Bell {
        /// The bell
        name: Option<String>,
        /// The output: the best device, nothing at all in real time, or a device by a part of its name
        #[arg(long, value_name = "auto|null|NAME", default_value = "auto")]
        output: OutputChoice,
    },
    /// List the output devices, or try one
    Devices {
        /// Play a line twice, without and with waking the device first, each time after two seconds of silence: on the best device, or on one by a part of its name
        #[arg(long = "try", value_name = "NAME", num_args = 0..=1, default_missing_value = "auto")]
        tried: Option<OutputChoice>,
    },
    /// List the voices for lines without a recording; try, install or remove one
    Voices(Voices),
    /// Show the teacher, the licence, the voices and the bells of a session
    Credits {
        /// A manifest, or the name of a session in the library
        session: String,
    },
    /// Show the settings with their sources, or write a configuration file
    Config {
        /// Write a file with every setting commented out
        #[arg(long)]
        init: bool,
    },
    /// List the sittings: when, which, how long
    Log {
        /// Print comma-separated values, for a spreadsheet
        #[arg(long)]
        csv: bool,
    },
    /// Delete stored data, and report what was deleted
    Forget {
        /// What to delete
        data: StoredData,
    },
    /// Print the JSON schema of manifests, with which editors complete and check while you type
    Schema,
    /// Print a shell's completion script for commands, options and sessions
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the possible values of an option, for completion scripts
    #[command(hide = true)]
    CompleteValues {
        /// The kind of values
        kind: ValueKind,
        /// The words of the command line so far
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Print the manual page, or write those of all commands
    Man {
        /// Write the pages of all commands into this folder
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

/// The kind of values that a shell completes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValueKind {
    /// The tags of a session.
    Avoid,
    /// The ids of a session.
    From,
    /// The output devices.
    Output,
    /// The bells.
    Bell,
}

/// The kinds of stored data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoredData {
    /// The places where sessions were left
    Places,
    /// The log of sittings
    Log,
    /// Cached speech and analyses of recordings, which are recreated when needed
    Cache,
    /// Everything
    All,
}
