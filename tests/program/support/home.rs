//! The program in a folder that is its whole home, with no sound system.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Returns the program, to be run in a folder with an empty home and no sound system at all.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_karuna"));
    command.current_dir(folder).env_clear().env("HOME", folder);
    command.env("PULSE_SERVER", "unix:/nowhere").env("ALSA_CONFIG_PATH", "/dev/null").stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn karuna(folder: &Path, arguments: &[&str]) -> Output {
    command(folder).args(arguments).output().unwrap()
}
