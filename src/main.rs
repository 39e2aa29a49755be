//! Arguments, run, exit code.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;
use karuna::cli::Cli;
use karuna::commands;

fn main() -> ExitCode {
    match commands::run(Cli::parse()) {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            commands::report::failure(&failure);
            ExitCode::from(1)
        }
    }
}
