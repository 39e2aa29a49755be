//! The program with a temporary home folder and no sound system.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Returns a command that runs the program with this folder as its home and working folder, and no sound system.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_karuna"));
    command.current_dir(folder).env_clear().env("HOME", folder);
    command.env("PULSE_SERVER", "unix:/nowhere").env("ALSA_CONFIG_PATH", "/dev/null").stdin(Stdio::null());
    command
}

/// Runs the program, and returns its output.
pub(crate) fn karuna(folder: &Path, arguments: &[&str]) -> Output {
    command(folder).args(arguments).output().unwrap()
}
