//! Errors of finding sessions and clips.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::error::{Remedy, reason};
use crate::manifest::Code;
use crate::manifest::session::ClipPath;

/// Why a session's manifest can't be read.
#[derive(Debug, Error)]
pub enum LibraryError {
    /// The library has no session with this name.
    #[error("there is no session named `{}`", name.chars().take(MAX_SHOWN_NAME).collect::<String>())]
    UnknownSession {
        /// The requested name.
        name: String,
        /// The name of the session that was probably meant.
        suggestion: Option<String>,
    },
    /// There is no file at this path.
    #[error("there is no file {}", .0.display())]
    NoFile(PathBuf),
    /// The path leads to a folder.
    #[error("{} is a folder", .0.display())]
    IsFolder(PathBuf),
    /// The path leads to a device, a pipe or the like.
    #[error("{} is not a regular file", .0.display())]
    NotAFile(PathBuf),
    /// The system can't read the file.
    #[error("{} can't be read: {}", path.display(), reason(source))]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The file is larger than a manifest may be.
    #[error("{} is larger than 1 MiB", .0.display())]
    TooLarge(PathBuf),
    /// The file is text in UTF-16.
    #[error("{} is saved as UTF-16", .0.display())]
    Utf16(PathBuf),
    /// The file is not UTF-8 text.
    #[error("{} is not text in UTF-8, from line {} on", path.display(), valid_text.matches('\n').count() + 1)]
    NotUtf8 {
        /// The path.
        path: PathBuf,
        /// The text before the first invalid byte.
        valid_text: String,
    },
    /// The file has no content.
    #[error("{} is empty", .0.display())]
    Empty(PathBuf),
}

/// The maximum number of characters of an unknown name in a message.
const MAX_SHOWN_NAME: usize = 120;

impl LibraryError {
    /// Returns the code of the finding that reports this error.
    #[must_use]
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::TooLarge(_) => Code::ManifestTooLarge,
            Self::Utf16(_) | Self::NotUtf8 { .. } => Code::NotUtf8,
            Self::Empty(_) => Code::NoSegments,
            _ => Code::UnreadableManifest,
        }
    }

    /// Returns the text before the position of the error.
    #[must_use]
    pub(crate) fn valid_text(&self) -> &str {
        match self {
            Self::NotUtf8 { valid_text, .. } => valid_text,
            _ => "",
        }
    }
}

impl Remedy for LibraryError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let help = match self {
            Self::UnknownSession { suggestion: Some(name), .. } => {
                return Some(format!("did you mean `{name}`? `karuna list` shows all sessions").into());
            }
            Self::UnknownSession { suggestion: None, .. } => {
                "`karuna list` shows all sessions; give a manifest of your own by its path, as in ./evening.toml"
            }
            Self::NoFile(_) => "check the spelling of the path; `karuna list` shows the sessions in the library",
            Self::IsFolder(_) => "give the manifest in it, a file that ends in .toml",
            Self::NotAFile(_) => "give a manifest, a text file that ends in .toml",
            Self::Unreadable { .. } => "check its permissions",
            Self::TooLarge(_) => "divide it into several sessions",
            Self::Utf16(_) | Self::NotUtf8 { .. } => "save it as plain text in UTF-8",
            Self::Empty(_) => "begin with format = 1, a title, and a [[segment]]",
        };
        Some(help.into())
    }
}

/// Why a clip was not found.
#[derive(Debug, Error)]
pub enum ClipPathError {
    /// There is no such file.
    #[error("there is no clip {}", .0.as_str())]
    Missing(ClipPath),
    /// A link leads out of the manifest's folders.
    #[error("{} is a link that leads out of the manifest's folder", .0.as_str())]
    OutsideFolders(ClipPath),
    /// The path leads to a folder, a device, a pipe or the like.
    #[error("{} is not a regular file", .0.as_str())]
    NotAFile(ClipPath),
    /// The system can't read the file.
    #[error("{} can't be read: {}", clip.as_str(), reason(source))]
    Unreadable {
        /// The clip.
        clip: ClipPath,
        /// The error of the system.
        source: io::Error,
    },
}

impl Remedy for ClipPathError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let help = match self {
            Self::Missing(_) => "put the file beside the manifest, or correct the name; capitals count",
            Self::OutsideFolders(_) => "put the file itself beside the manifest",
            Self::NotAFile(_) => "name an audio file",
            Self::Unreadable { .. } => "check its permissions",
        };
        Some(help.into())
    }
}
