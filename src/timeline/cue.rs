//! Cues: everything that is heard.

use crate::units::{Decibels, Frames};

/// A cue: a clip, a strike of a bell, or a bed.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// The index of the segment it belongs to.
    pub segment: usize,
    /// Its display name: the path of a clip, or the name of a bell or bed.
    pub name: String,
    /// The source of its samples.
    pub source: CueSource,
    /// The first frame.
    pub start: Frames,
    /// The length, including the tail.
    pub frames: Frames,
    /// The gain, without the session's common gain.
    pub gain: Decibels,
}

impl Cue {
    /// Returns the first frame after the cue.
    #[must_use]
    pub fn end(&self) -> Frames {
        self.start + self.frames
    }

    /// Returns the gain with the session's common gain `voice` added, if it applies to this cue.
    #[must_use]
    pub(crate) fn total_gain(&self, voice: Decibels) -> Decibels {
        if self.source.uses_voice_gain() { self.gain + voice } else { self.gain }
    }
}

/// The source of a cue's samples. Clips and modal bells are indices into the timeline's lists.
#[derive(Clone, Debug, PartialEq)]
pub enum CueSource {
    /// A recorded line, to which the session's common gain applies.
    Recording(usize),
    /// A line spoken by a speech engine, or a recording inside the program, with its own gain.
    Speech(usize),
    /// A bell that is a clip.
    BellClip(usize),
    /// A strike of a modal bell.
    BellStrike(usize),
    /// A built-in bed, by name.
    Bed(String),
    /// A bed that is a clip, looped.
    BedClip(usize),
}

impl CueSource {
    /// Returns whether this is a spoken line.
    #[must_use]
    pub(crate) fn is_spoken(&self) -> bool {
        matches!(self, Self::Recording(_) | Self::Speech(_))
    }

    /// Returns whether the session's common gain applies.
    #[must_use]
    pub(crate) fn uses_voice_gain(&self) -> bool {
        matches!(self, Self::Recording(_))
    }

    /// Returns the kind as `show --json` names it: `clip`, `bell` or `bed`.
    #[must_use]
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Recording(_) | Self::Speech(_) => "clip",
            Self::BellClip(_) | Self::BellStrike(_) => "bell",
            Self::Bed(_) | Self::BedClip(_) => "bed",
        }
    }
}
