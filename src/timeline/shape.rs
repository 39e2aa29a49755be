//! What makes a session fit a listener.

use std::time::Duration;

use crate::manifest::session::{NarrationSpec, SpokenLine};
use crate::units::Decibels;

/// A listener's wishes. The same shape gives the same timeline in show, play and render.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// How the lengths of the silences are found.
    pub length: Length,
    /// Tags to avoid.
    pub avoid: Vec<String>,
    /// Bells keep their time but do not sound.
    pub no_bell: bool,
    /// Of the narration.
    pub voice: LevelChange,
    /// Of the bells.
    pub bell: LevelChange,
    /// Of the bed.
    pub bed: LevelChange,
}

/// How long the silences are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Length {
    /// As written.
    #[default]
    Natural,
    /// So that the last segment ends then.
    Fitted(Duration),
    /// One second at most each: for a teacher who listens to the lines.
    Audition,
}

/// A change to one of the manifest's levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LevelChange {
    /// So much is added.
    By(Decibels),
    /// It does not sound; its time is kept.
    Off,
}

impl LevelChange {
    /// What is added; nothing where it is off.
    #[must_use]
    pub fn gain(self) -> Decibels {
        match self {
            Self::By(gain) => gain,
            Self::Off => Decibels::UNITY,
        }
    }

    /// Whether anything sounds.
    #[must_use]
    pub fn sounds(self) -> bool {
        self != Self::Off
    }
}

impl Default for LevelChange {
    fn default() -> Self {
        Self::By(Decibels::UNITY)
    }
}

impl Shape {
    /// Whether a line with these tags is left out.
    #[must_use]
    pub fn avoids(&self, tags: &[String]) -> bool {
        tags.iter().any(|tag| self.avoid.iter().any(|avoided| avoided.eq_ignore_ascii_case(tag)))
    }

    /// The line of a narration that is heard in this shape: its own, or what is said instead. Without that, a line that is left out
    /// lends its length.
    #[must_use]
    pub fn line<'session>(&self, narration: &'session NarrationSpec) -> &'session SpokenLine {
        let instead = narration.instead.as_ref().filter(|_| self.avoids(&narration.tags));
        instead.unwrap_or(&narration.line)
    }

    /// Whether bells are heard.
    #[must_use]
    pub fn rings(&self) -> bool {
        !self.no_bell && self.bell.sounds()
    }
}
