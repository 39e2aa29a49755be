//! Snapshots of the callback's state.

use super::shared::WaitReason;
use super::transport::{AfterJump, EndReason, ExitStage, Playhead, StartPoint, Transport, TransportState};
use crate::units::{Decibels, Frames};

/// The state of playback as of the last block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlayerSnapshot {
    /// The next frame to play. While the frames of a jump's target are awaited, that target.
    pub playhead: Playhead,
    /// The position of the session, even while another programme plays.
    pub session_frame: Frames,
    /// Whether playback is paused, or about to be.
    pub paused: bool,
    /// The frame of the playhead's programme from which playback continues; after a pause, slightly before the playhead.
    pub(crate) resume_frame: Frames,
    /// The stage of an exit, if the listener is leaving.
    pub exit_stage: Option<ExitStage>,
    /// Whether the output is silent and the playhead holds.
    pub silent: bool,
    /// The volume, or the target of a change in progress.
    pub volume: Decibels,
    /// Why playback ended, if it has.
    pub end: Option<EndReason>,
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
            silent: state == TransportState::Paused,
            volume: transport.volume(),
            end: if let TransportState::Ended(reason) = state { Some(reason) } else { None },
        }
    }

    /// Returns the point from which another player can continue in the same state.
    #[must_use]
    pub(crate) fn start_point(&self, is_attended: bool) -> StartPoint {
        let Self { playhead, session_frame, paused, resume_frame, volume, .. } = *self;
        StartPoint { playhead, session_frame, paused, resume_frame, is_attended, volume }
    }
}

/// The data that the callback publishes as a whole after each block.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallbackReport {
    pub(super) snapshot: PlayerSnapshot,
    /// Whether the session plays and continues without another command.
    pub(super) is_in_session: bool,
    /// The number of commands applied so far.
    pub(super) commands_applied: u64,
    /// Why silence is held.
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
