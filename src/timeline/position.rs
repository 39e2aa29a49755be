//! A place in a session, from its start, before it is a frame.

use std::time::Duration;

use crate::units::{Frames, Rate};

/// Where the next segment begins: the frames of all clips so far, and the time of all else, which is rounded once, as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Position {
    pub(super) clips: Frames,
    pub(super) time: Duration,
}

impl Position {
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
