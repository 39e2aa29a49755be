//! What the program can see of the callback at any moment.

use super::shared::WaitReason;
use super::transport::{AfterJump, EndReason, ExitStage, Playhead, StartPoint, Transport, TransportState};
use crate::units::{Decibels, Frames};

/// The state of playback as of the last block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlayerSnapshot {
    /// The next frame to play. While the frames of another place are awaited, that place.
    pub playhead: Playhead,
    /// The position of the session, also while another programme plays.
    pub session_frame: Frames,
    /// Playback is paused, or about to be.
    pub paused: bool,
    /// The frame of the playhead's programme from which playback continues: after a pause, a little before it.
    pub(crate) resume_frame: Frames,
    /// How far an exit has come, if the listener is leaving.
    pub exit_stage: Option<ExitStage>,
    /// Nothing sounds, and the playhead holds.
    pub silent: bool,
    /// The volume, or the target of a change that is under way.
    pub volume: Decibels,
    /// How playback ended, if it has.
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

    /// The point from which another player can go on as this one stands.
    #[must_use]
    pub fn start_point(&self, is_attended: bool) -> StartPoint {
        let Self { playhead, session_frame, paused, resume_frame, volume, .. } = *self;
        StartPoint { playhead, session_frame, paused, resume_frame, is_attended, volume }
    }
}

/// What the callback publishes after each block, as a whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallbackReport {
    pub(super) snapshot: PlayerSnapshot,
    /// The session plays, and nothing leads away from it.
    pub(super) is_in_session: bool,
    /// How many commands have been applied.
    pub(super) commands_applied: u64,
    /// What silence is held for.
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
