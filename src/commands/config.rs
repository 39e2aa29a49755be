//! `karuna config`: prints the settings with their sources, or writes an initial file.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::settings::ConfigFile;
use super::{Outcome, report};
use crate::config::{FILE_NAME, TEMPLATE};
use crate::error::{Failure, reason};
use crate::io::atomic_file::{AtomicFile, StagedFile, WriteError};
use crate::io::folders;
use crate::text::display_path;

pub(super) fn run(writes_file: bool, is_ignored: bool) -> Result<Outcome, Failure> {
    if writes_file {
        return init();
    }
    let file = ConfigFile::read(is_ignored)?;
    if let Some(text) = &file.text {
        report::print(text, &file.findings);
    }
    let note = match (&file.text, is_ignored) {
        (Some(_), _) => "",
        (None, true) => " (not read)",
        (None, false) => " (there is no such file; `karuna config --init` writes one)",
    };
    let path = file.path.as_deref().map_or_else(|| "there is no configuration folder".to_owned(), display_path);
    super::print_line(&format!("{path}{note}\n\n{}", file.config.lines().join("\n")))?;
    Ok(Outcome::Done)
}

/// Writes a file with every setting commented out, unless one exists.
fn init() -> Result<Outcome, Failure> {
    let folder = folders::config_folder().ok_or_else(|| {
        Failure::new("there is no configuration folder", "set HOME, or XDG_CONFIG_HOME to an absolute path")
    })?;
    let path = folder.join(FILE_NAME);
    if path.symlink_metadata().is_ok() {
        return Err(already_exists(&path));
    }
    fs::create_dir_all(&folder).map_err(|error| {
        let message = format!("{} can't be created: {}", display_path(&folder), reason(&error));
        Failure::new(message, "set XDG_CONFIG_HOME to a folder that you can write to")
    })?;
    let mut file = AtomicFile::create(&path)?;
    let written = file.write_all(TEMPLATE.as_bytes()).and_then(|()| file.stage()).and_then(StagedFile::rename);
    match written {
        Ok(()) => super::print_line(&display_path(&path))?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(already_exists(&path)),
        Err(error) => return Err(WriteError::new(&path, error).into()),
    }
    Ok(Outcome::Done)
}

fn already_exists(path: &Path) -> Failure {
    Failure::new(
        format!("{} is there already", display_path(path)),
        "change it in an editor; `karuna config` shows the current settings",
    )
}
