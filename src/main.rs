//! The program `karuna`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    karuna::commands::main()
}
