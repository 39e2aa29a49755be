//! The transport's data and its queries.

use std::time::Duration;

use super::ramp::{FadeLengths, Ramp, Volume};
use super::request::TransportEvent;
use super::start_point::StartPoint;
use super::state::{AfterJump, ExitStage, Playhead, TransportState};
use crate::timeline::{Programme, Programmes, Timeline};
use crate::units::{Decibels, Frames, Rate};

/// Within this time of a segment's start, `Back` jumps to the previous segment.
const BACK_TO_PREVIOUS: Duration = Duration::from_secs(2);
/// A resume starts this long before the fade of the pause, so that the last word is heard again.
const REWIND: Duration = Duration::from_millis(300);

/// The next action of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::player) enum OutputAction {
    /// Play at most this many frames, then ask again.
    Play(Frames),
    /// Output silence until the frames of the last render request are available.
    AwaitFrames,
    /// Output silence; the playhead holds.
    Hold,
    /// Output silence permanently.
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
    /// Whether nothing has been played yet.
    pub(super) is_fresh: bool,
    /// Whether the frames of the last render request have not arrived yet.
    pub(super) awaits_frames: bool,
    /// The next frame to play.
    pub(super) playhead: Playhead,
    /// The position at which the session was interrupted by another programme.
    pub(super) interrupted_at: Playhead,
    /// The frame from which the sound has been playing without a pause or a jump.
    pub(super) started_at: Frames,
    /// During a pause: the frame from which a resume plays.
    pub(super) resume_frame: Frames,
    /// During the fade of a gentle exit: the state to return to if it is cancelled.
    pub(super) state_before_exit: Option<TransportState>,
}

impl Transport {
    /// Creates a transport that waits silently for the frames at the start, then plays or holds there.
    #[must_use]
    pub(in crate::player) fn new(programmes: Programmes, from: StartPoint) -> Self {
        let fades = FadeLengths::new(programmes.rate());
        let StartPoint { playhead: start, session_frame, .. } = from;
        let then = if from.paused { AfterJump::Hold } else { AfterJump::Play };
        Self {
            volume: Volume::new(from.volume, fades.jump_in),
            programmes,
            fades,
            state: TransportState::Jumping { to: start, then },
            ramp: Ramp::silent(),
            is_fresh: true,
            awaits_frames: true,
            playhead: start,
            interrupted_at: Playhead::session(session_frame),
            started_at: start.frame,
            resume_frame: from.resume_frame.min(start.frame),
            state_before_exit: None,
        }
    }

    /// Returns the number of frames per second.
    #[must_use]
    pub(in crate::player) fn rate(&self) -> Rate {
        self.programmes.rate()
    }

    /// Returns the state.
    #[must_use]
    pub(in crate::player) fn state(&self) -> TransportState {
        self.state
    }

    /// Returns the next frame to play.
    #[must_use]
    pub(in crate::player) fn playhead(&self) -> Playhead {
        self.playhead
    }

    /// Returns the playhead to show to a listener: the present one, or, in silence before a jump arrives, the target of the jump.
    #[must_use]
    pub(in crate::player) fn reported_playhead(&self) -> Playhead {
        if self.next_action() == OutputAction::AwaitFrames { self.command_origin() } else { self.playhead }
    }

    /// Returns what the output has to do next.
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

    /// Returns whether the session itself is current, not the gentler passage or the closing, and no jump to one of these is pending.
    #[must_use]
    pub(in crate::player) fn is_in_session(&self) -> bool {
        let destination = match self.state {
            TransportState::Jumping { to, .. } => to.programme,
            TransportState::Ending(_) | TransportState::Ended(_) => Programme::CLOSING,
            _ => self.playhead.programme,
        };
        destination.is_session() && self.reported_playhead().programme.is_session()
    }

    /// Returns the position of the session: its playhead, or, once another programme was requested, the frame of the interruption.
    #[must_use]
    pub(in crate::player) fn session_frame(&self) -> Frames {
        let is_leaving = match self.state {
            TransportState::Jumping { to, .. } => !to.programme.is_session(),
            TransportState::Ending(ExitStage::Fading) => true,
            _ => false,
        };
        let playing = self.position_of(self.playhead).filter(|_| !is_leaving);
        playing.or_else(|| self.position_of(self.interrupted_at)).unwrap_or_default()
    }

    /// Returns the position of the session at a playhead; `None` in a programme that is not part of the session.
    #[must_use]
    pub(in crate::player) fn position_of(&self, playhead: Playhead) -> Option<Frames> {
        self.programmes.session_position(playhead.programme, playhead.frame)
    }

    /// Returns the frame of the session that an event is reported at.
    #[must_use]
    pub(in crate::player) fn event_frame(&self, event: TransportEvent) -> Frames {
        let origin = self.command_origin();
        match event {
            // The frames where the fades start, although earlier or later frames are still heard in the fade.
            TransportEvent::PauseStarted | TransportEvent::ResumeStarted if origin.programme == Programme::SESSION => {
                origin.frame
            }
            _ => self.session_frame(),
        }
    }

    /// Returns the frame of the playhead's programme from which playback continues.
    #[must_use]
    pub(in crate::player) fn resume_frame(&self) -> Frames {
        if self.state == TransportState::Paused { self.resume_frame } else { self.reported_playhead().frame }
    }

    /// Returns the frame from which a resume plays after a pause whose fade started at `from`.
    pub(super) fn rewound_frame(&self, from: Playhead) -> Frames {
        let timeline = &self.programmes[from.programme];
        let segment = timeline.segments.get(timeline.segment_at(from.frame));
        let earliest = segment.map_or(Frames::ZERO, |segment| segment.start).max(self.started_at);
        from.frame.saturating_sub(self.rate().frames(REWIND)).max(earliest).min(from.frame)
    }

    /// Returns the volume, or the target of a change in progress.
    #[must_use]
    pub(in crate::player) fn volume(&self) -> Decibels {
        self.volume.target()
    }

    /// Switches to a later version of the programmes, which is identical up to the horizon of the present one. Returns the present one.
    #[must_use]
    pub(in crate::player) fn switch_version(&mut self, programmes: Programmes) -> Programmes {
        std::mem::replace(&mut self.programmes, programmes)
    }

    /// Returns whether samples pass unchanged: unity gain, unity volume.
    #[must_use]
    pub(in crate::player) fn is_transparent(&self) -> bool {
        self.ramp.is_at_unity() && self.ramp.remaining() == Frames::ZERO && self.volume.is_unity()
    }

    /// Returns whether the sound fades out.
    #[must_use]
    pub(in crate::player) fn is_fading_out(&self) -> bool {
        matches!(
            self.state,
            TransportState::Pausing { .. }
                | TransportState::Jumping { .. }
                | TransportState::Ending(ExitStage::Fading | ExitStage::Stopping)
        )
    }

    /// Returns the origin of a relative command: the target of a jump in progress, or else the playhead.
    pub(super) fn command_origin(&self) -> Playhead {
        match self.state {
            TransportState::Jumping { to, .. } => to,
            TransportState::Pausing { from } => from,
            _ => self.playhead,
        }
    }

    /// Returns whether the playhead holds, or is about to.
    pub(super) fn is_paused(&self) -> bool {
        matches!(
            self.state,
            TransportState::Paused
                | TransportState::Pausing { .. }
                | TransportState::Jumping { then: AfterJump::Hold, .. }
        )
    }

    /// Returns the start of the next segment, or the end of the last one. Never before `frame`, even during the ring-out.
    pub(super) fn next_from(&self, frame: Frames) -> Frames {
        self.programmes.session().next_skip_target(frame).max(frame)
    }

    /// Returns the start of this segment, or, near that start, of the previous segment.
    pub(super) fn back_from(&self, frame: Frames) -> Frames {
        let session = self.programmes.session();
        let this = session.skip_target_before(frame + Frames(1));
        if self.is_near(frame, this) { session.skip_target_before(this) } else { this }
    }

    /// Returns the start of a chapter this many chapters away. Backwards, the present chapter counts unless its start is near.
    pub(super) fn chapter_from(&self, frame: Frames, by: i32) -> Frames {
        let session = self.programmes.session();
        let mut to = frame;
        if by < 0 {
            let this = session.chapter_before(frame + Frames(1));
            to = if self.is_near(frame, this) { this } else { frame + Frames(1) };
        }
        for _ in 0..by.unsigned_abs() {
            let before = to;
            to = if by < 0 {
                session.chapter_before(to)
            } else {
                session.next_chapter(to).unwrap_or(session.frames).max(frame)
            };
            if to == before {
                break;
            }
        }
        to
    }

    fn is_near(&self, frame: Frames, start: Frames) -> bool {
        frame.saturating_sub(start) < self.rate().frames(BACK_TO_PREVIOUS)
    }

    /// Returns where the session continues after the gentler passage: never in the middle of a spoken line.
    pub(super) fn return_position(&self, playhead: Playhead) -> Playhead {
        let timeline: &Timeline = &self.programmes[playhead.programme];
        match timeline.segments.get(timeline.segment_at(playhead.frame)) {
            Some(segment) if playhead.frame < segment.start + segment.spoken => {
                Playhead { frame: segment.start, ..playhead }
            }
            _ => playhead,
        }
    }
}
