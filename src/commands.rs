//! The subcommands, one file each. They parse, call the library, print, and return an exit code.

mod bell;
mod check;
mod completions;
mod config;
mod credits;
mod devices;
mod forget;
mod list;
mod loading;
mod log;
mod man;
mod narrate;
mod new;
mod play;
mod progress;
mod publish;
mod record;
mod render;
pub mod report;
mod schema;
mod settings;
mod show;
mod typed;
mod voices;

use std::io::Write;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::error::Failure;
use crate::text::escape_json;

/// The exit code after an immediate stop.
const STOPPED: u8 = 130;

/// The outcome of a command, which determines the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 0: success, including a gentle exit.
    Done,
    /// 1: failure; the findings have been printed.
    Failed,
    /// 130: stopped immediately.
    Stopped,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Failed => 1,
            Outcome::Stopped => STOPPED,
        })
    }
}

/// Runs the program with the arguments of the process, and returns its exit status. A failure is printed to standard error.
#[must_use]
pub fn main() -> ExitCode {
    match run(Cli::read()) {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            report::failure(&failure);
            ExitCode::from(if failure.is_usage { 2 } else { 1 })
        }
    }
}

/// Runs the subcommand.
///
/// # Errors
/// If the command fails, with a remedy.
fn run(cli: Cli) -> Result<Outcome, Failure> {
    let config = match cli.command {
        // Reads the file itself, and shows its errors.
        Some(Command::Config { .. }) => Config::default(),
        _ => match settings::read(&cli)? {
            Some(config) => config,
            None => return Ok(Outcome::Failed),
        },
    };
    match cli.command {
        None => list::welcome(),
        Some(Command::List { json }) => list::run(json),
        Some(Command::Show(arguments)) => show::run(&arguments, &config),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Play(arguments)) => play::run(&arguments, &config, cli.no_config),
        Some(Command::Render(arguments)) => render::run(&arguments, &config),
        Some(Command::Publish(arguments)) => publish::run(&arguments),
        Some(Command::New(arguments)) => new::run(&arguments),
        Some(Command::Narrate(arguments)) => narrate::run(&arguments, &config),
        Some(Command::Record(arguments)) => record::run(&arguments),
        Some(Command::Bell { name, output }) => bell::run(name.as_deref(), &output),
        Some(Command::Devices { tried: None }) => devices::list(),
        Some(Command::Devices { tried: Some(output) }) => devices::try_device(&output),
        Some(Command::Voices(arguments)) => voices::run(&arguments, &config),
        Some(Command::Credits { session }) => credits::run(&session),
        Some(Command::Config { init }) => config::run(init, cli.no_config),
        Some(Command::Log { csv }) => log::run(csv, &config),
        Some(Command::Forget { data }) => forget::run(data),
        Some(Command::Schema) => schema::run(),
        Some(Command::Completions { shell }) => completions::run(shell),
        Some(Command::CompleteValues { kind, words }) => completions::print_values(kind, &words),
        Some(Command::Man { output }) => man::run(output.as_deref()),
    }
}

/// Prints one JSON document to standard output.
fn print_json(document: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(document)
        .map_err(|error| Failure::new(format!("the result can't be written as JSON: {error}"), "report this"))?;
    print_line(&escape_json(&text))
}

/// Prints a line to standard output. A closed pipe is not an error.
fn print_line(text: &str) -> Result<(), Failure> {
    printed(writeln!(std::io::stdout().lock(), "{text}"))
}

/// Prints a line to standard output, with colours if it is a terminal that supports them.
fn print_coloured(text: &str) -> Result<(), Failure> {
    printed(writeln!(anstream::stdout().lock(), "{text}"))
}

fn printed(result: std::io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("standard output can't be written: {error}"), "check where it is redirected to"))
        }
        _ => Ok(()),
    }
}
