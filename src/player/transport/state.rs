//! The states of the transport.

use crate::timeline::Programme;
use crate::units::Frames;

/// A frame of a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playhead {
    /// The programme.
    pub programme: Programme,
    /// The frame, counted from the start of the programme.
    pub frame: Frames,
}

impl Playhead {
    /// Returns the position at a frame of the session itself.
    #[must_use]
    pub(crate) fn session(frame: Frames) -> Self {
        Self { programme: Programme::SESSION, frame }
    }

    /// Returns the first frame of a programme.
    #[must_use]
    pub(crate) fn start_of(programme: Programme) -> Self {
        Self { programme, frame: Frames::ZERO }
    }
}

/// What happens after a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::player) enum AfterJump {
    /// Playback continues.
    Play,
    /// Playback stays paused.
    Hold,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The session played to its end.
    Completed,
    /// The listener took the gentle exit, and the closing played to its end.
    Exited,
    /// The listener stopped immediately.
    Stopped,
}

/// The stage of an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStage {
    /// The sound fades out before the closing.
    Fading,
    /// The closing plays.
    Closing,
    /// The sound fades out before an immediate stop.
    Stopping,
}

/// The state of the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::player) enum TransportState {
    /// Playing at full gain.
    Playing,
    /// Ramping down; afterwards, the playhead returns to where the ramp began.
    Pausing {
        /// The frame at which the ramp started.
        from: Playhead,
    },
    /// Silent; the playhead holds.
    Paused,
    /// Ramping up.
    Resuming,
    /// Ramping down, then waiting for the frames at another playhead.
    Jumping {
        /// The target.
        to: Playhead,
        /// What happens after the jump.
        then: AfterJump,
    },
    /// Leaving. A stop or a second exit stops immediately. Until the closing starts, a resume or a toggle cancels the exit.
    Ending(ExitStage),
    /// Permanently silent.
    Ended(EndReason),
}
