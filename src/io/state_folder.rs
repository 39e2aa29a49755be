//! The folder for stored sittings, which only the listener can read.

use std::borrow::Cow;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use thiserror::Error;

use super::atomic_file::{AtomicFile, WriteError};
use super::folders;
use super::own_file::{self, Links, OwnFileError};
use super::temporary;
use crate::error::{Remedy, reason};

/// The folder, which is created by the first write.
#[derive(Clone, Debug)]
pub(crate) struct StateFolder {
    path: PathBuf,
}

/// A file in the folder.
#[derive(Clone, Debug)]
pub(crate) struct StateEntry {
    pub(crate) name: String,
    pub(crate) modified: SystemTime,
}

/// Why data can't be stored or deleted.
#[derive(Debug, Error)]
pub(crate) enum StateError {
    #[error("{} belongs to another user", .0.display())]
    ForeignOwner(PathBuf),
    #[error("{} is not a regular file", .0.display())]
    NotAFile(PathBuf),
    #[error("{} can't be changed: {}", path.display(), reason(source))]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Remedy for StateError {
    fn help(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::ForeignOwner(_) => {
                "change its owner to yourself (chown), or set XDG_STATE_HOME to your own folder".into()
            }
            Self::NotAFile(_) => "move it away".into(),
            Self::Io { .. } => "check the permissions of the folder".into(),
            Self::Write(error) => return error.help(),
        })
    }
}

impl StateFolder {
    /// Returns the listener's folder; `None` if the system has none.
    pub(crate) fn for_listener() -> Option<Self> {
        folders::state_folder().map(|path| Self { path })
    }

    /// Reads a file up to a maximum size; `None` if there is none.
    ///
    /// # Errors
    /// If it is not a file of this user, or can't be read.
    pub(crate) fn read(&self, name: &str, max_bytes: u64) -> Result<Option<String>, OwnFileError> {
        own_file::read(&self.path.join(name), Links::Refused, max_bytes)
    }

    /// Writes a complete file, replacing anything with its name.
    ///
    /// # Errors
    /// If the folder belongs to another user, or can't be written to.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), StateError> {
        let path = self.path.join(name);
        self.prepare(&path)?;
        let mut file = AtomicFile::create_private(&path)?;
        file.write_all(text.as_bytes()).map_err(|error| WriteError::new(&path, error))?;
        Ok(file.commit()?)
    }

    /// Appends a line to a file.
    ///
    /// # Errors
    /// If the folder or the file belongs to another user, or can't be written to.
    pub(crate) fn append(&self, name: &str, line: &str) -> Result<(), StateError> {
        let path = self.path.join(name);
        self.prepare(&path)?;
        if path.symlink_metadata().is_ok_and(|file| !file.is_file()) {
            return Err(StateError::NotAFile(path));
        }
        let mut file = append_options().open(&path).map_err(|source| io_error(&path, source))?;
        let metadata = file.metadata().map_err(|source| io_error(&path, source))?;
        check_owner(&path, &metadata)?;
        // A truncated line, as after a power failure, remains separate.
        let separator = if ends_with_newline(&mut file).unwrap_or(true) { "" } else { "\n" };
        file.write_all(format!("{separator}{line}\n").as_bytes()).map_err(|source| io_error(&path, source))
    }

    /// Deletes a file or a link, without following the link. Returns whether it existed.
    ///
    /// # Errors
    /// If it can't be deleted.
    pub(crate) fn remove(&self, name: &str) -> Result<bool, StateError> {
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
            Err(source) => Err(io_error(&path, source)),
        }
    }

    /// Returns the files in a folder within this one, unless that is a link.
    pub(crate) fn entries(&self, folder: &str) -> Vec<StateEntry> {
        let folder = self.path.join(folder);
        if !folder.symlink_metadata().is_ok_and(|folder| folder.is_dir()) {
            return Vec::new();
        }
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let entry = |entry: fs::DirEntry| {
            let metadata = entry.metadata().ok().filter(|file| !file.is_dir())?;
            let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            Some(StateEntry { name: entry.file_name().into_string().ok()?, modified })
        };
        entries.filter_map(entry).collect()
    }

    /// Creates the folders for a file, and checks their owner.
    fn prepare(&self, path: &Path) -> Result<(), StateError> {
        let folder = path.parent().unwrap_or(&self.path);
        create_private(folder).map_err(|source| io_error(folder, source))?;
        for folder in [self.path.as_path(), folder] {
            check_owner(folder, &folder.metadata().map_err(|source| io_error(folder, source))?)?;
        }
        temporary::remove_abandoned(folder);
        Ok(())
    }
}

fn io_error(path: &Path, source: io::Error) -> StateError {
    StateError::Io { path: path.to_owned(), source }
}

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn append_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true).read(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::fs::OFlags;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    options
}

fn ends_with_newline(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(unix)]
fn check_owner(path: &Path, metadata: &Metadata) -> Result<(), StateError> {
    use std::os::unix::fs::MetadataExt;
    let is_own = metadata.uid() == rustix::process::geteuid().as_raw();
    if is_own { Ok(()) } else { Err(StateError::ForeignOwner(path.to_owned())) }
}

#[cfg(not(unix))]
fn check_owner(_: &Path, _: &Metadata) -> Result<(), StateError> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    fn folder() -> (tempfile::TempDir, StateFolder) {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder { path: folder.path().join("karuna") };
        (folder, state)
    }

    #[test]
    fn files_are_only_readable_by_their_owner() {
        let (_folder, state) = folder();
        assert_eq!(state.read("places/a", 100).unwrap(), None);
        state.write("places/a", "text").unwrap();
        state.append("log", "one").unwrap();
        fs::write(state.path.join("log"), "one\ntw").unwrap();
        state.append("log", "three").unwrap();
        assert_eq!(state.read("places/a", 100).unwrap().as_deref(), Some("text"));
        assert_eq!(state.read("log", 100).unwrap().as_deref(), Some("one\ntw\nthree\n"));
        for (path, mode) in [("", 0o40700), ("places", 0o40700), ("places/a", 0o100_600), ("log", 0o100_600)] {
            assert_eq!(fs::metadata(state.path.join(path)).unwrap().mode(), mode, "{path}");
        }
        assert_eq!(state.entries("places").len(), 1);
        assert!(state.remove("places/a").unwrap() && !state.remove("places/a").unwrap());
    }

    #[test]
    fn links_are_replaced_or_refused_and_never_followed() {
        let (folder, state) = folder();
        let other = folder.path().join("other");
        fs::write(&other, "other").unwrap();
        state.write("places/a", "text").unwrap();
        for name in ["log", "places/b"] {
            symlink(&other, state.path.join(name)).unwrap();
        }
        assert!(state.append("log", "line").is_err() && state.read("log", 100).is_err());
        state.write("places/b", "mine").unwrap();
        assert!(state.remove("log").unwrap());
        assert_eq!(fs::read_to_string(&other).unwrap(), "other");
        assert_eq!(state.read("places/b", 100).unwrap().as_deref(), Some("mine"));
    }
}
