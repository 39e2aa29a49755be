//! Errors of publishing.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error::{Remedy, reason};
use crate::io::atomic_file::WriteError;
use crate::io::encode::EncodeError;
use crate::load::ProgrammeError;
use crate::render::RenderError;

/// Why a session can't be published. The output folder is unchanged in that case.
#[derive(Debug, Error)]
pub(crate) enum PublishError {
    /// The session has no timeline in its shape.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// An input of the session would be replaced.
    #[error("{} is part of the session itself", .0.display())]
    IsInput(PathBuf),
    /// A file exists that was not written by an earlier publication of the session.
    #[error("{} already exists, and was not written by publishing this session", .0.display())]
    NotOurs(PathBuf),
    /// A file was changed after it was published.
    #[error("{} has been changed since it was published", .0.display())]
    Changed(PathBuf),
    /// The output folder is a file.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// A file or folder can't be read or written.
    #[error("{} can't be written: {}", path.display(), reason(source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The image for the cover can't be read.
    #[error("the cover {} can't be read: {}", path.display(), reason(source))]
    UnreadableCover {
        /// The image.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The file for the cover is not an image.
    #[error("the cover {} is neither PNG nor JPEG", .0.display())]
    NotAPicture(PathBuf),
    /// The image for the cover is too large.
    #[error("the cover {} is larger than 20 MiB", .0.display())]
    LargeCover(PathBuf),
    /// The cover can't be drawn.
    #[error("the cover of {0} can't be drawn")]
    Drawing(String),
    /// The session is too long for a page, which embeds its audio.
    #[error("{0} is too long for one web page")]
    TooLongForPage(String),
    /// The page can't be created.
    #[error("the web page of {0} can't be created")]
    Page(String),
    /// This build has no MP3 encoder.
    #[error("this build of karuna can't write MP3, which a podcast needs")]
    NoMp3,
    /// The session can't be rendered.
    #[error(transparent)]
    Render(RenderError),
    /// A file can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The observer interrupted.
    #[error("publishing was interrupted, and nothing was published")]
    Interrupted,
}

impl PublishError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

impl From<RenderError> for PublishError {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Interrupted => Self::Interrupted,
            RenderError::Programme(error) => Self::Programme(error),
            error => Self::Render(error),
        }
    }
}

impl From<EncodeError> for PublishError {
    fn from(error: EncodeError) -> Self {
        Self::Render(error.into())
    }
}

impl Remedy for PublishError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let help = match self {
            Self::Programme(error) => return error.help(),
            Self::Write(error) => return error.help(),
            Self::Render(error) => return error.help(),
            Self::UnreadableCover { .. } => "check the spelling of its path, and its permissions",
            Self::NotAPicture(_) => "give a picture in PNG or JPEG, or leave out --cover",
            Self::LargeCover(_) => "make it smaller: 1400 by 1400 pixels are enough",
            Self::Drawing(_) => "give a picture of your own with --cover",
            Self::TooLongForPage(_) => "choose other formats, as in --as podcast,captions, or a shorter --length",
            Self::Page(_) => "report this as a bug",
            Self::NoMp3 => "build it with the feature mp3, or choose other formats, as in --as audiobook,captions",
            Self::IsInput(_) => "publish into another folder",
            Self::NotOurs(_) => "publish into another folder, or move the file away",
            Self::Changed(_) => "move the file away, or publish into another folder",
            Self::NotAFolder(_) => "give the name of a folder",
            Self::Io { .. } => "give a folder that you can write to, with enough free space",
            Self::Interrupted => return None,
        };
        Some(help.into())
    }
}
