//! Errors of a narration.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error::{Remedy, reason};
use crate::io::atomic_file::WriteError;
use crate::io::decode::DecodeError;
use crate::io::library::LibraryError;
use crate::speech::VoiceError;
use crate::speech::output::SaveError;
use crate::text::escape_controls;

/// Why a session can't be narrated.
#[derive(Debug, Error)]
pub(crate) enum NarrationError {
    #[error(transparent)]
    Voice(#[from] VoiceError),
    #[error("no speech engine was found")]
    NoEngine,
    #[error("the narration was interrupted")]
    Interrupted,
    #[error("{} can't be read: {}", folder.display(), reason(source))]
    ReadFolder { folder: PathBuf, source: io::Error },
    #[error("{} contains two recordings of {line}", folder.display())]
    TwoRecordings { folder: PathBuf, line: String, files: [PathBuf; 2] },
    #[error("{} contains no recording for this session", folder.display())]
    NoRecordings { folder: PathBuf },
    #[error("{} can't be read: {}", path.display(), reason(source))]
    ReadRecording { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Recording(DecodeError),
    #[error("the manifest can't refer to files in {}", folder.display())]
    OutOfReach { folder: PathBuf },
    #[error("the session {session} is part of the program and can't be changed")]
    ShippedSession { session: String },
    #[error("{} can't be written: {}", path.display(), reason(source))]
    Write { path: PathBuf, source: io::Error },
    #[error("the recording of {line} could not be saved: {source}")]
    Save { line: String, source: SaveError },
    #[error("there is no line {}", escape_controls(line))]
    NoLine { line: String, suggestion: Option<String> },
    #[error(transparent)]
    Reread(LibraryError),
    #[error("the line {line} is no longer in the manifest; its recording is {}", recording.display())]
    LineGone { line: String, recording: PathBuf },
    #[error("the clip lines can't be put into {}", manifest.display())]
    Edit { manifest: PathBuf },
    #[error(transparent)]
    WriteManifest(#[from] WriteError),
}

impl Remedy for NarrationError {
    fn help(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Voice(error) => return error.help(),
            Self::NoEngine => {
                "install one, such as espeak-ng or flite; or record the lines yourself, and give their folder with --from".into()
            }
            Self::Interrupted => return None,
            Self::ReadFolder { .. } => "give the folder with the recordings".into(),
            Self::TwoRecordings { files: [first, second], .. } => {
                format!("keep one of {} and {}", file_name(first), file_name(second)).into()
            }
            Self::NoRecordings { .. } => {
                "name each file after the id of its line, such as hand.wav; `karuna narrate SESSION --voice none` lists the lines".into()
            }
            Self::ReadRecording { .. } => "check its permissions".into(),
            Self::Recording(error) => return error.help(),
            Self::OutOfReach { .. } => "choose a folder beside the manifest, or below it".into(),
            Self::ShippedSession { .. } => "copy it with `karuna new --like`, and narrate the copy".into(),
            Self::Write { .. } => "choose a folder that you can write to with -o".into(),
            Self::Save { source: SaveError::Encode(error), .. } => return error.help(),
            Self::Save { .. } => "try again, or record the line yourself".into(),
            Self::NoLine { suggestion: Some(line), .. } => format!("did you mean {line}?").into(),
            Self::NoLine { .. } => "`karuna narrate SESSION --voice none` lists the lines".into(),
            Self::Reread(error) => return error.help(),
            Self::LineGone { .. } => "add it to the manifest yourself, as clip = …".into(),
            Self::Edit { .. } => "run the command without --write, and add the printed lines yourself".into(),
            Self::WriteManifest(error) => return error.help(),
        })
    }
}

fn file_name(path: &Path) -> Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}
