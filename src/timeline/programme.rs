//! The programmes of a session and their timelines.

use std::ops::Index;
use std::sync::Arc;

use super::model::Timeline;
use crate::units::{Frames, Rate};

/// One of a session's programmes: identifies its timeline among [`Programmes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Programme(u16);

/// What a programme is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgrammeKind {
    /// The session itself.
    Session,
    /// The session up to its open silence, which goes on until the listener continues.
    OpenSilence,
    /// A gentler passage, which interrupts the session for a while.
    Soften,
    /// The closing, which ends the session early.
    Closing,
}

impl Programme {
    /// The session itself.
    pub const SESSION: Self = Self(0);
    /// The gentler passage with the bed that the session starts with.
    pub const SOFTEN: Self = Self(1);
    /// The closing.
    pub const CLOSING: Self = Self(2);
    /// The session up to its open silence, which goes on. Only a session with an open silence has it. Up to the end of the silence's
    /// natural length, each of its frames is that of the session.
    pub const OPEN_SILENCE: Self = Self(3);

    /// The programmes of every session.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::SESSION, Self::SOFTEN, Self::CLOSING].into_iter()
    }

    /// The gentler passage with another bed, counted from 0, which is [`Programme::SOFTEN`].
    pub(super) fn soften(bed: usize) -> Self {
        match u16::try_from(bed) {
            Ok(0) | Err(_) => Self::SOFTEN,
            Ok(bed) => Self(Self::OPEN_SILENCE.0.saturating_add(bed)),
        }
    }

    /// What the programme is for.
    #[must_use]
    pub fn kind(self) -> ProgrammeKind {
        match self {
            Self::SESSION => ProgrammeKind::Session,
            Self::CLOSING => ProgrammeKind::Closing,
            Self::OPEN_SILENCE => ProgrammeKind::OpenSilence,
            _ => ProgrammeKind::Soften,
        }
    }

    /// Whether the session is heard: itself, or its open silence.
    #[must_use]
    pub fn is_session(self) -> bool {
        matches!(self.kind(), ProgrammeKind::Session | ProgrammeKind::OpenSilence)
    }

    /// A number by which programmes can be told apart.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The timelines of all programmes of a session, at one rate. Cloning copies a reference only.
#[derive(Clone, Debug)]
pub struct Programmes(Arc<ProgrammeTable>);

#[derive(Debug)]
struct ProgrammeTable {
    session: Arc<Timeline>,
    /// Sorted by programme.
    timelines: Vec<(Programme, Arc<Timeline>)>,
    /// From which frame of the session on each gentler passage has the bed that is playing.
    passages: Vec<(Frames, Programme)>,
}

impl Programmes {
    /// Creates the table of these timelines. `passages` says from which frame of the session on which gentler passage applies.
    pub(super) fn new(mut timelines: Vec<(Programme, Arc<Timeline>)>, passages: Vec<(Frames, Programme)>) -> Self {
        timelines.sort_by_key(|(programme, _)| *programme);
        let session = timelines[0].1.clone();
        Self(Arc::new(ProgrammeTable { session, timelines, passages }))
    }

    /// The timeline of the session itself.
    #[must_use]
    pub fn session(&self) -> &Arc<Timeline> {
        &self.0.session
    }

    /// Frames per second of all timelines.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.session().rate
    }

    /// Each programme with its timeline.
    pub fn iter(&self) -> impl Iterator<Item = (Programme, &Arc<Timeline>)> {
        self.0.timelines.iter().map(|(programme, timeline)| (*programme, timeline))
    }

    /// The gentler passage that keeps the bed which is playing at a frame of the session.
    #[must_use]
    pub fn gentler_passage(&self, frame: Frames) -> Programme {
        let passages = &self.0.passages;
        let begun = passages.partition_point(|(start, _)| *start <= frame);
        begun.checked_sub(1).map_or(Programme::SOFTEN, |last| passages[last].1)
    }

    /// The position of the session at a frame of one of its programmes; `None` in those that are no part of it. In the open silence it
    /// stays at the end of the silence's natural length.
    #[must_use]
    pub fn session_position(&self, programme: Programme, frame: Frames) -> Option<Frames> {
        match programme.kind() {
            ProgrammeKind::Session => Some(frame),
            ProgrammeKind::OpenSilence => Some(self.open_end().map_or(frame, |end| frame.min(end))),
            ProgrammeKind::Soften | ProgrammeKind::Closing => None,
        }
    }

    /// The end of the natural length of the open silence, if there is one.
    #[must_use]
    pub fn open_end(&self) -> Option<Frames> {
        self.session().open_silence().map(super::Segment::end)
    }
}

impl Index<Programme> for Programmes {
    type Output = Arc<Timeline>;

    /// The timeline of a programme; that of the session for one that there is not.
    fn index(&self, programme: Programme) -> &Arc<Timeline> {
        let timelines = &self.0.timelines;
        match timelines.binary_search_by_key(&programme, |(one, _)| *one) {
            Ok(found) => &timelines[found].1,
            Err(_) => self.session(),
        }
    }
}
