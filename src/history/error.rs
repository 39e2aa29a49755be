//! Errors of stored data.

use std::borrow::Cow;

use thiserror::Error;

use crate::error::Remedy;
use crate::io::own_file::OwnFileError;
use crate::io::state_folder::StateError;
use crate::text::escape_controls;

/// Why stored data can't be read or written.
#[derive(Debug, Error)]
pub(crate) enum HistoryError {
    /// The system has no folder for it.
    #[error("there is no folder for stored places and the log")]
    NoFolder,
    /// It can't be written.
    #[error(transparent)]
    State(#[from] StateError),
    /// It can't be read.
    #[error(transparent)]
    File(#[from] OwnFileError),
    /// It was not written by this program.
    #[error("{} is damaged", escape_controls(.0))]
    Damaged(String),
}

impl Remedy for HistoryError {
    fn help(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::NoFolder => Some("set HOME, or XDG_STATE_HOME to an absolute path".into()),
            Self::State(error) => error.help(),
            Self::File(error) => error.help(),
            Self::Damaged(_) => Some("`karuna forget places` removes it".into()),
        }
    }
}
