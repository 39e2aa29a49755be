//! Which gain brings each source to its level.

use super::shape::Shape;
use crate::manifest::session::{Session, SessionLevels};
use crate::units::{Decibels, Lufs};

/// Of a bed against the voice, in LU.
const BED: Decibels = Decibels(-20.0);

/// The levels of a session under a listener's wishes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mix {
    /// Of the voice, as the listener wants it.
    voice: Lufs,
    bell: Decibels,
    bed: Decibels,
}

impl Mix {
    pub(super) fn new(session: &Session, shape: &Shape) -> Self {
        Self {
            voice: Lufs(session.levels.voice.0 + shape.voice.gain().0),
            bell: session.levels.bell + shape.bell.gain(),
            bed: session.levels.bed + shape.bed.gain(),
        }
    }

    /// Of speech, which is made at the level that voices have unless a session says otherwise.
    pub(super) fn speech(self) -> Decibels {
        self.voice - SessionLevels::VOICE
    }

    /// Of a bell of the program's own, against its table.
    pub(super) fn bell(self) -> Decibels {
        self.voice - SessionLevels::VOICE + self.bell
    }

    /// Of a session's own bell, which should sound at `level` against the voice and was measured at `loudness`.
    pub(super) fn own_bell(self, level: Decibels, loudness: Lufs) -> Decibels {
        self.voice - loudness + level + self.bell
    }

    /// Of a bed of the program's own, against its table, with what its noise hides of the voice taken off.
    pub(super) fn bed(self, lower: Decibels) -> Decibels {
        self.voice - SessionLevels::VOICE + self.bed + lower
    }

    /// Of a bed that is a clip and was measured at `loudness`.
    pub(super) fn own_bed(self, loudness: Lufs) -> Decibels {
        self.voice - loudness + BED + self.bed
    }
}
