//! Snapshots of the callback's state.

use super::shared::WaitReason;
use super::transport::{AfterJump, EndReason, ExitStage, Playhead, StartPoint, Transport, TransportState};
use crate::units::{Decibels, Frames};

/// The state of playback as of the last block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlayerSnapshot {
    /// The next frame to play. During a jump, this is already the target, even if its frames are not available yet.
    pub playhead: Playhead,
    /// The position in the session itself, even while the gentler passage or the closing plays.
    pub session_frame: Frames,
    /// Whether playback is paused, or about to be.
    pub paused: bool,
    /// The frame of the playhead's programme from which playback continues; after a pause, slightly before the playhead.
    pub(crate) resume_frame: Frames,
    /// The stage of the exit; `Closing` also after a session that played to its end.
    pub exit_stage: Option<ExitStage>,
    /// Whether the fade-out of a pause is complete.
    pub is_fully_paused: bool,
    /// The volume, or the target of a change in progress.
    pub volume: Decibels,
    /// Why playback ended, if it has.
    pub end_reason: Option<EndReason>,
}

impl PlayerSnapshot {
    pub(super) fn of(transport: &Transport) -> Self {
        let (playhead, state) = (transport.reported_playhead(), transport.state());
        let is_exit_fading = state == TransportState::Ending(ExitStage::Fading);
        let position = transport.position_of(playhead).filter(|_| !is_exit_fading);
        Self {
            playhead,
            session_frame: position.unwrap_or_else(|| transport.session_frame()),
            paused: matches!(
                state,
                TransportState::Paused
                    | TransportState::Pausing { .. }
                    | TransportState::Jumping { then: AfterJump::Hold, .. }
            ),
            resume_frame: transport.resume_frame(),
            exit_stage: match state {
                TransportState::Ending(stage) => Some(stage),
                TransportState::Ended(EndReason::Stopped) => Some(ExitStage::Stopping),
                TransportState::Ended(_) => Some(ExitStage::Closing),
                _ => None,
            },
            is_fully_paused: state == TransportState::Paused,
            volume: transport.volume(),
            end_reason: if let TransportState::Ended(reason) = state { Some(reason) } else { None },
        }
    }

    /// Returns the point from which another player can continue in the same state.
    #[must_use]
    pub(crate) fn start_point(&self, can_end_open_silence: bool) -> StartPoint {
        let Self { playhead, session_frame, paused, resume_frame, volume, .. } = *self;
        StartPoint { playhead, session_frame, paused, resume_frame, can_end_open_silence, volume }
    }
}

/// The data that the callback publishes as a whole after each block.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallbackReport {
    pub(super) snapshot: PlayerSnapshot,
    /// Whether the session itself is current, not the gentler passage or the closing, and no jump to one of these is pending.
    pub(super) is_in_session: bool,
    /// The number of commands applied so far.
    pub(super) commands_applied: u64,
    /// Why playback is waiting, if it is.
    pub(super) wait_reason: Option<WaitReason>,
}

impl CallbackReport {
    pub(super) fn new(transport: &Transport, commands_applied: u64, wait_reason: Option<WaitReason>) -> Self {
        Self {
            snapshot: PlayerSnapshot::of(transport),
            is_in_session: transport.is_in_session(),
            commands_applied,
            wait_reason,
        }
    }
}
