//! Errors of the built-in voice.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error::{Remedy, reason};
use crate::text::{display_path, escape_controls};

/// Why a voice could not be installed, loaded or used.
#[derive(Debug, Error)]
pub enum NeuralVoiceError {
    /// A file can't be read or written.
    #[error("{} can't be used: {}", display_path(.path), reason(.source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// No voice is installed in the folder.
    #[error("no voice is installed in {}", display_path(.0))]
    NotInstalled(PathBuf),
    /// There is no removable voice with this name.
    #[error("there is no installed voice named `{}`", escape_controls(.0))]
    NoSuchVoice(String),
    /// The system has no data folder.
    #[error("there is no folder for voices")]
    NoDataFolder,
    /// A package has an unknown checksum.
    #[error("{} is not a voice that karuna knows (SHA-256 {sha256})", display_path(.path))]
    UnknownPackage {
        /// The package.
        path: PathBuf,
        /// The checksum of its content.
        sha256: String,
    },
    /// A package can't be unpacked.
    #[error("{} is not a voice package, or is damaged", display_path(.0))]
    InvalidPackage(PathBuf),
    /// A file exceeds the maximum size.
    #[error("{} is too large to be a voice", display_path(.0))]
    TooLarge(PathBuf),
    /// A package lacks a file.
    #[error("{} has no {name}", display_path(.path))]
    MissingFile {
        /// The package or folder.
        path: PathBuf,
        /// The name of the file.
        name: &'static str,
    },
    /// The content of an installed file does not match its checksum.
    #[error("{} is damaged", display_path(.0))]
    Damaged(PathBuf),
    /// A model or a table is of another kind, or uses unsupported operations.
    #[error("the voice can't be used: {0}")]
    Unusable(String),
    /// The text exceeds the maximum length of a line.
    #[error("a text of {0} bytes is too long to be spoken as one line")]
    TextTooLong(usize),
    /// The text contains no words, or none in a script that the voice can read.
    #[error("the text contains nothing that the voice can speak")]
    NothingToSpeak,
    /// The speech is no longer needed.
    #[error("the speech was cancelled")]
    Cancelled,
}

impl NeuralVoiceError {
    /// Returns the error for a model that can't be loaded or run.
    #[expect(clippy::needless_pass_by_value, reason = "passed to map_err, which gives errors by value")]
    pub(super) fn unusable(why: impl ToString) -> Self {
        // Messages of the inference library may contain names from the file, so they are omitted.
        Self::Unusable(crate::text::single_line(&why.to_string()).chars().take(200).collect())
    }

    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

impl Remedy for NeuralVoiceError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let help = match self {
            Self::Io { .. } => "check that the file exists, that you can read it, and that the disk has free space",
            Self::NoSuchVoice(_) => {
                "`karuna voices` lists the voices; uninstall a speech engine in the way you installed it"
            }
            Self::NoDataFolder => "set HOME or XDG_DATA_HOME",
            Self::NotInstalled(_) | Self::Damaged(_) | Self::Unusable(_) => {
                "install the voice again with scripts/setup, or with `karuna voices add FILE`"
            }
            Self::UnknownPackage { .. } => {
                "use hibari_tts-0.2.1-py3-none-any.whl, the package hibari-tts 0.2.1 from PyPI"
            }
            Self::InvalidPackage(_) | Self::TooLarge(_) | Self::MissingFile { .. } => {
                "download the package again, and check that it is complete"
            }
            Self::TextTooLong(_) => "divide the text into several lines",
            Self::NothingToSpeak => "give the pronunciation, as in [mettā](/mˈɛtə/), or leave the line without speech",
            Self::Cancelled => return None,
        };
        Some(help.into())
    }
}
