//! An exact position while a timeline is being built.

use std::time::Duration;

use crate::units::{Frames, Rate};

/// The start of the next segment: the frames of all clips so far plus the time of everything else. The time is rounded to frames only
/// once, as a sum, so that rounding errors never add up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TimelineCursor {
    /// The total length of the clips so far.
    pub(super) clip_frames: Frames,
    /// The total time of everything else so far.
    pub(super) other_time: Duration,
}

impl TimelineCursor {
    pub(super) fn frame(self, rate: Rate) -> Frames {
        self.clip_frames + rate.frames(self.other_time)
    }

    pub(super) fn after(self, time: Duration) -> Self {
        Self { other_time: self.other_time + time, ..self }
    }

    pub(super) fn after_clip(self, frames: Frames) -> Self {
        Self { clip_frames: self.clip_frames + frames, ..self }
    }
}
