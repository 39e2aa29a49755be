//! Why a clip can't be used.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is wrong with a clip, in a word. The words are stable: scripts may rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClipErrorKind {
    /// No audio of a known format.
    NotAudio,
    /// Audio, but coded in a way that can't be decoded here.
    UnsupportedCodec,
    /// Longer than four hours.
    TooLong,
    /// More than eight channels.
    TooManyChannels,
    /// A sample rate of nothing, or above 768 kHz.
    UnsupportedRate,
    /// The bytes can't be read.
    Unreadable,
    /// A known format that breaks off before anything of it can be played.
    CutShort,
    /// A known format without a single frame of sound.
    Empty,
}

/// Why a clip can't be used: one sentence, in lower case, that names the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClipError {
    /// What is wrong.
    pub kind: ClipErrorKind,
    sentence: String,
}

impl ClipError {
    pub(super) fn new(kind: ClipErrorKind, name: &str, detail: &str) -> Self {
        let what = match kind {
            ClipErrorKind::NotAudio => "is not audio of a known format",
            ClipErrorKind::UnsupportedCodec => "is coded in a way that can't be played",
            ClipErrorKind::TooLong => "is longer than four hours",
            ClipErrorKind::TooManyChannels => "has more than eight channels",
            ClipErrorKind::UnsupportedRate => "has a sample rate that can't be played",
            ClipErrorKind::Unreadable => "can't be read",
            ClipErrorKind::CutShort => "breaks off before anything of it can be played",
            ClipErrorKind::Empty => "holds no sound",
        };
        let sentence = if detail.is_empty() { format!("{name} {what}") } else { format!("{name} {what}: {detail}") };
        Self { kind, sentence }
    }

    /// It can't be read any more, for what this sentence says.
    pub(super) fn unreadable(sentence: &str) -> Self {
        Self { kind: ClipErrorKind::Unreadable, sentence: sentence.to_owned() }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.kind {
            ClipErrorKind::NotAudio | ClipErrorKind::UnsupportedCodec => {
                "save it as WAV, AIFF, FLAC, MP3, Ogg Vorbis, Opus or M4A (AAC, ALAC)"
            }
            ClipErrorKind::TooLong => "cut it into parts of at most four hours",
            ClipErrorKind::TooManyChannels => "mix it down to mono or stereo",
            ClipErrorKind::UnsupportedRate => "resample it to 48000 Hz",
            ClipErrorKind::Unreadable => "check that the file is still there and may be read",
            ClipErrorKind::CutShort => "copy or export it again, until it is whole",
            ClipErrorKind::Empty => "record it again, or take it out of the session",
        }
    }
}

impl fmt::Display for ClipError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}

impl std::error::Error for ClipError {}
