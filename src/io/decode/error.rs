//! Errors of opening a clip.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use thiserror::Error;

use super::read_monitor::ReadError;
use crate::error::Remedy;

/// The kind of a decoding error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub(crate) enum DecodeErrorKind {
    /// The file is not audio in a known format.
    #[error("is not audio in a known format")]
    UnknownFormat,
    /// The codec is not supported.
    #[error("has an encoding that can't be played")]
    UnsupportedCodec,
    /// The clip is longer than four hours.
    #[error("is longer than four hours")]
    TooLong,
    /// The clip has more than eight channels.
    #[error("has more than eight channels")]
    TooManyChannels,
    /// The sample rate is zero or above 768 kHz.
    #[error("has a sample rate that can't be played")]
    UnsupportedRate,
    /// The bytes can't be read.
    #[error("can't be read")]
    Unreadable,
    /// The file ends before any of it can be played.
    #[error("ends before any of it can be played")]
    CutShort,
    /// The file contains no frames.
    #[error("contains no audio")]
    Empty,
}

/// Why a clip can't be played.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct DecodeError {
    kind: DecodeErrorKind,
    message: String,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl DecodeError {
    pub(super) fn new(kind: DecodeErrorKind, name: &str) -> Self {
        Self { kind, message: format!("{name} {kind}"), source: None }
    }

    /// Adds a detail to the message. An empty one changes nothing.
    pub(super) fn with_detail(mut self, detail: &str) -> Self {
        if !detail.is_empty() {
            self.message = format!("{}: {detail}", self.message);
        }
        self
    }

    pub(super) fn with_source(self, source: impl Error + Send + Sync + 'static) -> Self {
        Self { source: Some(Box::new(source)), ..self }
    }

    /// Creates an error for a clip of which no packet can be decoded.
    pub(super) fn undecodable(name: &str) -> Self {
        Self::new(DecodeErrorKind::UnknownFormat, name).with_detail("no part of it can be decoded")
    }

    /// Creates an error for unreadable bytes.
    pub(super) fn unreadable(error: &Arc<ReadError>) -> Self {
        Self { kind: DecodeErrorKind::Unreadable, message: error.to_string(), source: Some(Box::new(error.clone())) }
    }
}

impl Remedy for DecodeError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let help = match self.kind {
            DecodeErrorKind::UnknownFormat | DecodeErrorKind::UnsupportedCodec => {
                "save it as WAV, AIFF, FLAC, MP3, Ogg Vorbis, Opus or M4A (AAC, ALAC)"
            }
            DecodeErrorKind::TooLong => "cut it into parts of at most four hours",
            DecodeErrorKind::TooManyChannels => "mix it down to mono or stereo",
            DecodeErrorKind::UnsupportedRate => "resample it to 48000 Hz",
            DecodeErrorKind::Unreadable => "check that the file is still there and that you can read it",
            DecodeErrorKind::CutShort => "copy or export the whole file again",
            DecodeErrorKind::Empty => "record it again, or remove it from the session",
        };
        Some(help.into())
    }
}
