//! The start point of playback.

use super::state::Playhead;
use crate::units::{Decibels, Frames};

/// The start point of playback.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct StartPoint {
    /// The first frame to play.
    pub playhead: Playhead,
    /// The position of the session, if `playhead` is in another programme.
    pub session_frame: Frames,
    /// Whether playback waits there to be resumed.
    pub paused: bool,
    /// The frame of the same programme from which a resume plays, if that is before `playhead`.
    pub(crate) resume_frame: Frames,
    /// Whether the listener can leave the open silence, which then continues until they do.
    pub can_end_open_silence: bool,
    /// The volume.
    pub volume: Decibels,
}

impl StartPoint {
    /// Starts at a frame of the session, playing at unity volume.
    #[must_use]
    pub(crate) fn at(frame: Frames) -> Self {
        Self {
            playhead: Playhead::session(frame),
            session_frame: frame,
            paused: false,
            resume_frame: frame,
            can_end_open_silence: false,
            volume: Decibels::UNITY,
        }
    }
}
