//! Where playback starts.

use super::state::Playhead;
use crate::units::{Decibels, Frames};

/// Where playback starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StartPoint {
    /// The first frame to play.
    pub playhead: Playhead,
    /// The position of the session, if `playhead` is in another programme.
    pub session_frame: Frames,
    /// Playback waits there to be resumed.
    pub paused: bool,
    /// The frame of the same programme from which a resume plays, if that is before `playhead`.
    pub(crate) resume_frame: Frames,
    /// Somebody can leave the open silence, which goes on until then.
    pub is_attended: bool,
    /// The volume.
    pub volume: Decibels,
}

impl StartPoint {
    /// A frame of the session, to be played at once and at unity volume.
    #[must_use]
    pub fn at(frame: Frames) -> Self {
        Self {
            playhead: Playhead::session(frame),
            session_frame: frame,
            paused: false,
            resume_frame: frame,
            is_attended: false,
            volume: Decibels::UNITY,
        }
    }
}
