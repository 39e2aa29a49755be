//! The listener's options that change a timeline.

use std::time::Duration;

use crate::manifest::Session;
use crate::manifest::session::{AnnouncementSpec, NarrationSpec, SilenceSpec, SpokenLine};
use crate::units::Decibels;

/// The options that adapt a session to a listener. The same shape gives the same timeline in `show`, `play` and `render`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// The lengths of the silences.
    pub length: LengthChoice,
    /// The tags to avoid.
    pub avoid: Vec<String>,
    /// Whether the bells are muted; their time is kept.
    pub no_bell: bool,
    /// The silence before the first segment; `None` for that of the manifest.
    pub settle: Option<Duration>,
    /// The change to the level of the voice.
    pub voice: LevelChange,
    /// The change to the level of the bells.
    pub bell: LevelChange,
    /// The change to the level of the bed.
    pub bed: LevelChange,
}

/// The lengths of a session's silences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LengthChoice {
    /// As written in the manifest.
    #[default]
    Natural,
    /// Scaled so that the last segment ends at this time.
    Fitted(Duration),
    /// At most one second each, for hearing the lines quickly.
    Audition,
}

/// A change to one of the levels in the manifest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LevelChange {
    /// The gain to add.
    By(Decibels),
    /// Muted; its time is kept.
    Off,
}

impl LevelChange {
    /// Returns the gain to add; 0 dB if it is off.
    #[must_use]
    pub(crate) fn gain(self) -> Decibels {
        match self {
            Self::By(gain) => gain,
            Self::Off => Decibels::UNITY,
        }
    }

    /// Returns whether it is heard.
    #[must_use]
    pub(crate) fn is_audible(self) -> bool {
        self != Self::Off
    }
}

impl Default for LevelChange {
    fn default() -> Self {
        Self::By(Decibels::UNITY)
    }
}

impl Shape {
    /// Returns whether a line with these tags is avoided. Case does not matter.
    #[must_use]
    pub(crate) fn avoids(&self, tags: &[String]) -> bool {
        tags.iter().any(|tag| self.avoid.iter().any(|avoided| avoided.eq_ignore_ascii_case(tag)))
    }

    /// Returns the line of a narration under this shape: its alternative (`instead`) if its tags are avoided and there is one, otherwise its
    /// own. An avoided line without an alternative is replaced by a silence of its length.
    #[must_use]
    pub(crate) fn effective_line<'session>(&self, narration: &'session NarrationSpec) -> &'session SpokenLine {
        let instead = narration.instead.as_ref().filter(|_| self.avoids(&narration.tags));
        instead.unwrap_or(&narration.line)
    }

    /// Returns the possible announcements of a silence: the one for its natural length, or, in a fitted session, those for all lengths that
    /// it may get.
    pub(crate) fn possible_announcements<'session>(
        &self,
        session: &'session Session,
        silence: &SilenceSpec,
    ) -> &'session [AnnouncementSpec] {
        session.announcements_within(match self.length {
            LengthChoice::Fitted(_) => silence.least..=silence.most,
            _ => silence.natural..=silence.natural,
        })
    }

    /// Returns whether bells are heard.
    #[must_use]
    pub(crate) fn has_bells(&self) -> bool {
        !self.no_bell && self.bell.is_audible()
    }
}
