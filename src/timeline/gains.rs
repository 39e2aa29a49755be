//! The gain that brings each kind of cue to its level.

use super::shape::Shape;
use crate::manifest::session::{Session, SessionLevels};
use crate::units::{Decibels, Lufs};

/// The level of a bed from a clip relative to the voice, in LU.
const BED_LEVEL: Decibels = Decibels(-20.0);

/// The gains of a session's cues, with the listener's levels applied.
#[derive(Clone, Copy, Debug)]
pub(super) struct CueGains {
    voice: Lufs,
    bell: Decibels,
    bed: Decibels,
}

impl CueGains {
    pub(super) fn new(session: &Session, shape: &Shape) -> Self {
        Self {
            voice: Lufs(session.levels.voice.0 + shape.voice.gain().0),
            bell: session.levels.bell + shape.bell.gain(),
            bed: session.levels.bed + shape.bed.gain(),
        }
    }

    /// Returns the gain of synthesised speech, which is produced at the default level of the voice.
    pub(super) fn speech(self) -> Decibels {
        self.voice - SessionLevels::VOICE
    }

    /// Returns the gain of a recording inside the program that was measured at `loudness`.
    pub(super) fn bundled_recording(self, loudness: Lufs) -> Decibels {
        self.voice - loudness
    }

    /// Returns the gain of a built-in bell, whose level in the table belongs to the default level of the voice.
    pub(super) fn built_in_bell(self) -> Decibels {
        self.voice - SessionLevels::VOICE + self.bell
    }

    /// Returns the gain of a bell that was measured at `loudness` and should sound at `level` relative to the voice.
    pub(super) fn custom_bell(self, level: Decibels, loudness: Lufs) -> Decibels {
        self.voice - loudness + level + self.bell
    }

    /// Returns the gain of a built-in bed, given the correction for its masking of the voice.
    pub(super) fn built_in_bed(self, correction: Decibels) -> Decibels {
        self.voice - SessionLevels::VOICE + self.bed + correction
    }

    /// Returns the gain of a bed from a clip that was measured at `loudness`.
    pub(super) fn bed_clip(self, loudness: Lufs) -> Decibels {
        self.voice - loudness + BED_LEVEL + self.bed
    }
}
