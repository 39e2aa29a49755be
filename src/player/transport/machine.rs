//! The transport's data and what can be read from it.

use std::time::Duration;

use super::ramp::{FadeLengths, Ramp, Volume};
use super::state::{AfterJump, ExitStage, Playhead, TransportState};
use crate::timeline::{Programme, Programmes, Segment, Timeline};
use crate::units::{Decibels, Frames, Rate};

/// Within this time of a segment's start, `Back` jumps to the segment before.
const BACK_TO_PREVIOUS: Duration = Duration::from_secs(2);

/// What the transport wants the output to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::player) enum OutputAction {
    /// Play; after this many frames at most, ask again.
    Play(Frames),
    /// Output silence until the frames of the last render request are there.
    AwaitFrames,
    /// Output silence; the playhead holds.
    Hold,
    /// Output silence for good.
    Finish,
}

/// The transport of a player.
#[derive(Clone, Debug)]
pub(in crate::player) struct Transport {
    pub(super) programmes: Programmes,
    pub(super) fades: FadeLengths,
    pub(super) state: TransportState,
    pub(super) ramp: Ramp,
    pub(super) volume: Volume,
    /// Nothing has been played yet.
    pub(super) is_fresh: bool,
    /// The frames of the last render request have not arrived yet.
    pub(super) awaits_frames: bool,
    /// The next frame to play.
    pub(super) playhead: Playhead,
    /// Where the session was interrupted: its position while another programme plays.
    pub(super) interrupted_at: Frames,
}

impl Transport {
    /// Waits, silent, for the frames at `start`, then plays or holds there. `session_frame` is the position of the session while another
    /// programme plays.
    #[must_use]
    pub(in crate::player) fn new(
        programmes: Programmes,
        start: Playhead,
        session_frame: Frames,
        then: AfterJump,
        volume: Decibels,
    ) -> Self {
        let fades = FadeLengths::new(programmes.rate());
        Self {
            volume: Volume::new(volume, fades.jump_in),
            programmes,
            fades,
            state: TransportState::Jumping { to: start, then },
            ramp: Ramp::silent(),
            is_fresh: true,
            awaits_frames: true,
            playhead: start,
            interrupted_at: session_frame,
        }
    }

    /// Frames per second.
    #[must_use]
    pub(in crate::player) fn rate(&self) -> Rate {
        self.programmes.rate()
    }

    /// The state.
    #[must_use]
    pub(in crate::player) fn state(&self) -> TransportState {
        self.state
    }

    /// The next frame to play.
    #[must_use]
    pub(in crate::player) fn playhead(&self) -> Playhead {
        self.playhead
    }

    /// The playhead to show to a listener: what plays, or, in silence before a jump arrives, the target of the jump.
    #[must_use]
    pub(in crate::player) fn reported_playhead(&self) -> Playhead {
        if self.next_action() == OutputAction::AwaitFrames { self.command_origin() } else { self.playhead }
    }

    /// What the output has to do next.
    #[must_use]
    pub(in crate::player) fn next_action(&self) -> OutputAction {
        match self.state {
            TransportState::Ended(_) => OutputAction::Finish,
            TransportState::Paused => OutputAction::Hold,
            _ if self.awaits_frames && self.ramp.is_silent() => OutputAction::AwaitFrames,
            _ if self.ramp.remaining() > Frames::ZERO => OutputAction::Play(self.ramp.remaining()),
            _ => OutputAction::Play(Frames(u64::MAX)),
        }
    }

    /// Whether the session plays and nothing leads away from it.
    #[must_use]
    pub(in crate::player) fn is_in_session(&self) -> bool {
        let destination = match self.state {
            TransportState::Jumping { to, .. } => to.programme,
            TransportState::Ending(_) | TransportState::Ended(_) => Programme::CLOSING,
            _ => self.playhead.programme,
        };
        destination == Programme::SESSION && self.reported_playhead().programme == Programme::SESSION
    }

    /// The position of the session: its playhead, or, once another programme was requested, where it was interrupted.
    #[must_use]
    pub(in crate::player) fn session_frame(&self) -> Frames {
        let is_leaving = match self.state {
            TransportState::Jumping { to, .. } => to.programme != Programme::SESSION,
            TransportState::Ending(ExitStage::Fading) => true,
            _ => false,
        };
        if self.playhead.programme == Programme::SESSION && !is_leaving {
            self.playhead.frame
        } else {
            self.interrupted_at
        }
    }

    /// The volume, or the target of a change that is under way.
    #[must_use]
    pub(in crate::player) fn volume(&self) -> Decibels {
        self.volume.target()
    }

    /// Goes on with a later version of the programmes, which is the same up to the horizon of the present one. Returns the present one.
    #[must_use]
    pub(in crate::player) fn switch_version(&mut self, programmes: Programmes) -> Programmes {
        std::mem::replace(&mut self.programmes, programmes)
    }

    /// Whether samples pass unchanged: unity gain, unity volume.
    #[must_use]
    pub(in crate::player) fn is_transparent(&self) -> bool {
        self.ramp.is_at_unity() && self.ramp.remaining() == Frames::ZERO && self.volume.is_unity()
    }

    /// Whether the sound fades out.
    #[must_use]
    pub(in crate::player) fn is_fading_out(&self) -> bool {
        matches!(
            self.state,
            TransportState::Pausing { .. }
                | TransportState::Jumping { .. }
                | TransportState::Ending(ExitStage::Fading | ExitStage::Stopping)
        )
    }

    /// Where a relative command counts from: the target of a jump that is under way, else what plays.
    pub(super) fn command_origin(&self) -> Playhead {
        match self.state {
            TransportState::Jumping { to, .. } => to,
            TransportState::Pausing { from } => from,
            _ => self.playhead,
        }
    }

    /// Whether the playhead holds, or is about to.
    pub(super) fn is_paused(&self) -> bool {
        matches!(
            self.state,
            TransportState::Paused
                | TransportState::Pausing { .. }
                | TransportState::Jumping { then: AfterJump::Hold, .. }
        )
    }

    /// The start of the next segment, or the end of the last one. Never before `frame`, not even while the last segment rings out.
    pub(super) fn next_from(&self, frame: Frames) -> Frames {
        let session = self.programmes.session();
        let end = session.segments.get(session.segment_at(frame)).map_or(session.frames, Segment::end);
        end.max(frame)
    }

    /// The start of this segment, or, near that start, of the segment before.
    pub(super) fn back_from(&self, frame: Frames) -> Frames {
        let session = self.programmes.session();
        let start = |number: usize| session.segments.get(number).map_or(Frames::ZERO, |segment| segment.start);
        let this = start(session.segment_at(frame));
        if frame - this >= session.rate.frames(BACK_TO_PREVIOUS) {
            return this;
        }
        // A segment without length starts where the next one does.
        start(session.segments.partition_point(|segment| segment.start < this).saturating_sub(1))
    }

    /// Where the session goes on after the gentler passage: never in the middle of a spoken line.
    pub(super) fn return_to(&self, frame: Frames) -> Frames {
        let session: &Timeline = self.programmes.session();
        match session.segments.get(session.segment_at(frame)) {
            Some(segment) if frame < segment.start + segment.spoken => segment.start,
            _ => frame,
        }
    }
}
