//! The entry point: parses the arguments, runs the command, and returns the exit code.

#![forbid(unsafe_code)]
// They panic if the stream can't be written.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

use std::process::ExitCode;

use karuna::cli::Cli;
use karuna::commands;

fn main() -> ExitCode {
    match commands::run(Cli::read()) {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            commands::report::failure(&failure);
            ExitCode::from(if failure.is_usage { 2 } else { 1 })
        }
    }
}
