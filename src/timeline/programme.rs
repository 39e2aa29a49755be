//! The programmes of a session and their timelines.

use std::ops::Index;
use std::sync::Arc;

use super::model::Timeline;
use crate::units::Rate;

/// One of a session's programmes: an index into [`Programmes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Programme(u16);

impl Programme {
    /// The session itself.
    pub const SESSION: Self = Self(0);
    /// The gentler passage, which interrupts the session for a while.
    pub const SOFTEN: Self = Self(1);
    /// The closing, which ends the session early.
    pub const CLOSING: Self = Self(2);

    /// The programmes of every session, in the order of their indices.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::SESSION, Self::SOFTEN, Self::CLOSING].into_iter()
    }

    /// The position in the list of programmes.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The timelines of all programmes of a session, at one rate. Cloning copies a reference only.
#[derive(Clone, Debug)]
pub struct Programmes(Arc<[Arc<Timeline>]>);

impl Programmes {
    /// One timeline for each of [`Programme::all`], in that order.
    pub(super) fn new(timelines: Vec<Arc<Timeline>>) -> Self {
        debug_assert_eq!(timelines.len(), Programme::all().count());
        Self(timelines.into())
    }

    /// The timeline of the session itself.
    #[must_use]
    pub fn session(&self) -> &Arc<Timeline> {
        &self[Programme::SESSION]
    }

    /// Frames per second of all timelines.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.session().rate
    }

    /// Each timeline, in the order of [`Programme::all`].
    pub fn timelines(&self) -> impl Iterator<Item = &Arc<Timeline>> {
        self.0.iter()
    }
}

impl Index<Programme> for Programmes {
    type Output = Arc<Timeline>;

    fn index(&self, programme: Programme) -> &Arc<Timeline> {
        &self.0[programme.index()]
    }
}
