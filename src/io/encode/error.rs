//! Errors of writing an audio file.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error::Remedy;
use crate::io::atomic_file::WriteError;
use crate::units::Frames;

/// Why an audio file could not be written. The target file is unchanged.
#[derive(Debug, Error)]
pub enum EncodeError {
    /// The file can't be created, written or renamed.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The number of frames differs from the length given at the start.
    #[error("{} can't be written: it needs {} frames and got {}", path.display(), expected.0, written.0)]
    WrongLength {
        /// The file.
        path: PathBuf,
        /// The length given at the start.
        expected: Frames,
        /// The number of frames written.
        written: Frames,
    },
}

impl EncodeError {
    /// Creates an error of the system or of an encoder while `path` was written.
    pub(super) fn new(path: &Path, error: io::Error) -> Self {
        Self::Write(WriteError::new(path, error))
    }
}

impl Remedy for EncodeError {
    fn help(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Write(error) => error.help(),
            Self::WrongLength { .. } => Some("report this as a bug".into()),
        }
    }
}
