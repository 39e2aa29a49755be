//! An exact position while a timeline is being built.

use std::time::Duration;

use crate::units::{Frames, Rate};

/// The start of the next segment: the frames of all clips so far plus the time of everything else. The time is rounded to frames only
/// once, as a sum, so that rounding errors never add up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TimelineCursor {
    pub(super) clips: Frames,
    pub(super) time: Duration,
}

impl TimelineCursor {
    pub(super) fn frame(self, rate: Rate) -> Frames {
        self.clips + rate.frames(self.time)
    }

    pub(super) fn after(self, time: Duration) -> Self {
        Self { time: self.time + time, ..self }
    }

    pub(super) fn after_clip(self, frames: Frames) -> Self {
        Self { clips: self.clips + frames, ..self }
    }
}
