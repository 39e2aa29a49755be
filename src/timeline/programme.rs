//! The programmes of a session and their timelines. A timeline is never edited: the transport jumps between programmes.
//!
//! There is one gentler passage for each bed, because it keeps the bed that was playing.
//!
//! A session with an open silence has an additional programme: a copy of the session up to that silence, which then lasts for a day. Both
//! programmes have the same frames until the end of the silence's natural length, so the feeder changes to the copy in the silence without
//! a seam. When the listener continues, the transport jumps back to the session. If no input can end the silence, the copy is not used.

use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use super::model::Timeline;
use crate::units::{Frames, Rate};

/// One of a session's programmes: identifies its timeline among [`Programmes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Programme(u16);

/// The role of a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgrammeKind {
    /// The session itself.
    Session,
    /// The session with its open silence extended, so that it lasts until the listener continues.
    OpenSilence,
    /// A gentler passage, which interrupts the session for a while.
    Soften,
    /// The closing, which ends the session early.
    Closing,
}

impl ProgrammeKind {
    /// Returns how a programme that is too long can be shortened.
    pub(super) fn shortening(self) -> &'static str {
        match self {
            Self::Session | Self::OpenSilence => "divide it into several sessions",
            Self::Soften | Self::Closing => "shorten it, or repeat fewer of its segments",
        }
    }
}

impl fmt::Display for ProgrammeKind {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Session | Self::OpenSilence => "session",
            Self::Soften => "gentler passage",
            Self::Closing => "closing",
        })
    }
}

impl Programme {
    /// The session itself.
    pub const SESSION: Self = Self(0);
    /// The gentler passage with the bed that the session starts with.
    pub(crate) const SOFTEN: Self = Self(1);
    /// The closing.
    pub(crate) const CLOSING: Self = Self(2);
    /// The session with its open silence extended. Exists only if the session has an open silence. Up to the end of the silence's natural
    /// length, it is identical to the session.
    pub(crate) const OPEN_SILENCE: Self = Self(3);

    /// Returns the programmes that every session has.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::SESSION, Self::SOFTEN, Self::CLOSING].into_iter()
    }

    /// Returns the gentler passage with another bed, counted from 0, which is [`Programme::SOFTEN`].
    pub(super) fn soften(bed: usize) -> Self {
        match u16::try_from(bed) {
            Ok(0) | Err(_) => Self::SOFTEN,
            Ok(bed) => Self(Self::OPEN_SILENCE.0.saturating_add(bed)),
        }
    }

    /// Returns the role of the programme.
    #[must_use]
    pub(crate) fn kind(self) -> ProgrammeKind {
        match self {
            Self::SESSION => ProgrammeKind::Session,
            Self::CLOSING => ProgrammeKind::Closing,
            Self::OPEN_SILENCE => ProgrammeKind::OpenSilence,
            _ => ProgrammeKind::Soften,
        }
    }

    /// Returns whether this is the session itself, with or without the extended silence.
    #[must_use]
    pub(crate) fn is_session(self) -> bool {
        matches!(self.kind(), ProgrammeKind::Session | ProgrammeKind::OpenSilence)
    }

    /// Returns a number that identifies the programme.
    #[must_use]
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The timelines of all programmes of a session, at one rate. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Programmes(Arc<ProgrammeTable>);

#[derive(Debug)]
struct ProgrammeTable {
    session: Arc<Timeline>,
    /// Sorted by programme.
    timelines: Vec<(Programme, Arc<Timeline>)>,
    /// The frames of the session from which each gentler passage applies, because its bed is playing.
    passages: Vec<(Frames, Programme)>,
}

impl Programmes {
    /// Creates the table of these timelines. `passages` are the frames of the session from which each gentler passage applies.
    pub(super) fn new(mut timelines: Vec<(Programme, Arc<Timeline>)>, passages: Vec<(Frames, Programme)>) -> Self {
        timelines.sort_by_key(|(programme, _)| *programme);
        let session = timelines[0].1.clone();
        Self(Arc::new(ProgrammeTable { session, timelines, passages }))
    }

    /// Returns the timeline of the session itself.
    #[must_use]
    pub(crate) fn session(&self) -> &Arc<Timeline> {
        &self.0.session
    }

    /// Returns the sample rate of all timelines.
    #[must_use]
    pub(crate) fn rate(&self) -> Rate {
        self.session().rate
    }

    /// Returns each programme with its timeline.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Programme, &Arc<Timeline>)> {
        self.0.timelines.iter().map(|(programme, timeline)| (*programme, timeline))
    }

    /// Returns the gentler passage that keeps the bed playing at a frame of the session.
    #[must_use]
    pub(crate) fn gentler_passage(&self, frame: Frames) -> Programme {
        let passages = &self.0.passages;
        let begun = passages.partition_point(|(start, _)| *start <= frame);
        begun.checked_sub(1).map_or(Programme::SOFTEN, |last| passages[last].1)
    }

    /// Returns the position of the session at a frame of one of its programmes; `None` in a programme that is not part of it. In the extended
    /// silence, this is the end of the silence's natural length.
    #[must_use]
    pub(crate) fn session_position(&self, programme: Programme, frame: Frames) -> Option<Frames> {
        match programme.kind() {
            ProgrammeKind::Session => Some(frame),
            ProgrammeKind::OpenSilence => Some(self.open_end().map_or(frame, |end| frame.min(end))),
            ProgrammeKind::Soften | ProgrammeKind::Closing => None,
        }
    }

    /// Returns the end of the natural length of the open silence, if there is one.
    #[must_use]
    pub(crate) fn open_end(&self) -> Option<Frames> {
        self.session().open_silence().map(super::Segment::end)
    }
}

impl Index<Programme> for Programmes {
    type Output = Arc<Timeline>;

    /// Returns the timeline of a programme; that of the session if the programme does not exist.
    fn index(&self, programme: Programme) -> &Arc<Timeline> {
        let timelines = &self.0.timelines;
        match timelines.binary_search_by_key(&programme, |(existing, _)| *existing) {
            Ok(found) => &timelines[found].1,
            Err(_) => self.session(),
        }
    }
}
