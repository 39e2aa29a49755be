//! The effect of each command on the state.

use super::command::TransportCommand;
use super::machine::Transport;
use super::request::{TransportEvent, TransportRequest, TransportRequests};
use super::state::{AfterJump, ExitStage, Playhead, TransportState};
use crate::timeline::{Programme, ProgrammeKind};
use crate::units::Frames;

impl Transport {
    /// Applies a command. Any command is allowed in any state, even twice and during a ramp.
    #[must_use]
    pub(in crate::player) fn apply(&mut self, command: TransportCommand) -> TransportRequests {
        let mut requests = TransportRequests::default();
        match (command, self.state) {
            (TransportCommand::SetVolume(volume), _) => self.volume.set(volume),
            (_, TransportState::Ended(_)) => {}
            (TransportCommand::Stop, _) => self.stop(),
            (TransportCommand::Exit | TransportCommand::Terminate, TransportState::Ending(_)) => self.stop(),
            (TransportCommand::Resume | TransportCommand::Toggle, TransportState::Ending(ExitStage::Fading)) => {
                self.cancel_exit(&mut requests);
            }
            (_, TransportState::Ending(_)) => {}
            (TransportCommand::Exit, _) => self.exit(Some(self.state), &mut requests),
            (TransportCommand::Terminate, _) => self.exit(None, &mut requests),
            (TransportCommand::Pause, _) => self.pause(&mut requests),
            (TransportCommand::Resume, _) => self.resume(&mut requests),
            (TransportCommand::Toggle, _) if self.is_paused() => self.resume(&mut requests),
            (TransportCommand::Toggle, _) => self.pause(&mut requests),
            (TransportCommand::Soften, _) => self.soften(AfterJump::Play, &mut requests),
            (command, _) => self.skip_from(self.command_origin(), command, &mut requests),
        }
        requests
    }

    /// Jumps relative to the present position, or to the target of a jump in progress.
    fn skip_from(&mut self, origin: Playhead, command: TransportCommand, requests: &mut TransportRequests) {
        match origin.programme.kind() {
            ProgrammeKind::Session => self.skip(command, requests),
            ProgrammeKind::OpenSilence => self.skip_in_open_silence(origin.frame, command, requests),
            ProgrammeKind::Soften | ProgrammeKind::Closing => self.skip_in_soften(command, requests),
        }
    }

    fn pause(&mut self, requests: &mut TransportRequests) {
        self.state = match self.state {
            TransportState::Playing | TransportState::Resuming if self.ramp.is_silent() => {
                self.resume_frame = self.playhead.frame;
                TransportState::Paused
            }
            TransportState::Playing | TransportState::Resuming => {
                self.ramp.fall(self.fades.pause);
                TransportState::Pausing { from: self.playhead }
            }
            TransportState::Jumping { to, then: AfterJump::Play } => {
                TransportState::Jumping { to, then: AfterJump::Hold }
            }
            _ => return,
        };
        requests.notify(TransportEvent::PauseStarted);
    }

    fn resume(&mut self, requests: &mut TransportRequests) {
        self.state = match self.state {
            TransportState::Paused => {
                self.playhead.frame = self.resume_frame;
                self.fade_in()
            }
            TransportState::Pausing { .. } => self.fade_in(),
            TransportState::Jumping { to, then: AfterJump::Hold } => {
                TransportState::Jumping { to, then: AfterJump::Play }
            }
            _ => return,
        };
        requests.notify(TransportEvent::ResumeStarted);
    }

    /// Fades in from the playhead.
    fn fade_in(&mut self) -> TransportState {
        self.started_at = self.playhead.frame;
        self.ramp.rise(self.fades.pause);
        TransportState::Resuming
    }

    /// Jumps to the gentler passage.
    fn soften(&mut self, then: AfterJump, requests: &mut TransportRequests) {
        let origin = self.command_origin();
        if origin.programme.is_session() {
            self.interrupted_at = origin;
        }
        let interrupted_at = self.position_of(self.interrupted_at).unwrap_or_default();
        let passage = self.programmes.gentler_passage(interrupted_at);
        requests.notify(TransportEvent::GentlerPassageStarted);
        self.jump(Playhead::start_of(passage), then, requests);
    }

    /// Jumps back to the session from the gentler passage.
    pub(super) fn leave_soften(&mut self, then: AfterJump, requests: &mut TransportRequests) {
        requests.notify(TransportEvent::GentlerPassageEnded);
        self.jump(self.return_position(self.interrupted_at), then, requests);
    }

    /// Jumps within the session.
    fn skip(&mut self, command: TransportCommand, requests: &mut TransportRequests) {
        let session = self.programmes.session();
        let from = self.command_origin().frame;
        let last = session.frames.max(from);
        // While speech is still being made, the playhead can't pass the horizon, but never moves back because of it.
        let reach = session.seekable_until().max(from);
        let to = match command {
            TransportCommand::Next => self.next_from(from),
            TransportCommand::Back => self.back_from(from),
            TransportCommand::ChapterBy(by) if session.has_chapters() => self.chapter_from(from, by),
            TransportCommand::SeekBy(by) => Frames(from.0.saturating_add_signed(by)).min(last),
            TransportCommand::SeekTo(frame) => frame.min(last),
            _ => return,
        };
        let to = to.min(reach);
        requests.notify(TransportEvent::JumpStarted { to });
        self.jump(Playhead::session(to), self.after_jump(), requests);
    }

    /// Leaves the open silence, or jumps within its natural length and back from it.
    fn skip_in_open_silence(&mut self, frame: Frames, command: TransportCommand, requests: &mut TransportRequests) {
        let Some((start, end)) = self.programmes.session().open_silence().map(|open| (open.start, open.end())) else {
            return;
        };
        let from = frame.min(end);
        let to = match command {
            TransportCommand::Next | TransportCommand::Continue => return self.leave_open_silence(requests),
            // At its end, the next segment starts, which the listener has not reached yet.
            TransportCommand::Back => self.back_from(from.min(end.saturating_sub(Frames(1))).max(start)),
            TransportCommand::SeekBy(by) => Frames(from.0.saturating_add_signed(by)).min(end),
            TransportCommand::SeekTo(frame) => frame.min(end),
            TransportCommand::ChapterBy(by) if self.programmes.session().has_chapters() => {
                self.chapter_from(from.min(end.saturating_sub(Frames(1))).max(start), by)
            }
            _ => return,
        };
        let is_inside = (start..=end).contains(&to) && !matches!(command, TransportCommand::ChapterBy(_));
        let programme = if is_inside { Programme::OPEN_SILENCE } else { Programme::SESSION };
        requests.notify(TransportEvent::JumpStarted { to });
        self.jump(Playhead { programme, frame: to }, self.after_jump(), requests);
    }

    /// Jumps to the segment after the open silence.
    pub(super) fn leave_open_silence(&mut self, requests: &mut TransportRequests) {
        let to = self.programmes.open_end().unwrap_or_default();
        requests.notify(TransportEvent::JumpStarted { to });
        self.jump(Playhead::session(to), self.after_jump(), requests);
    }

    /// The gentler passage is a single unit: it can be skipped or restarted.
    fn skip_in_soften(&mut self, command: TransportCommand, requests: &mut TransportRequests) {
        match command {
            TransportCommand::Next => self.leave_soften(self.after_jump(), requests),
            TransportCommand::Back => self.soften(self.after_jump(), requests),
            TransportCommand::ChapterBy(by) if by > 0 => self.leave_soften(self.after_jump(), requests),
            TransportCommand::ChapterBy(_) => self.soften(self.after_jump(), requests),
            _ => {}
        }
    }

    /// A jump that starts in a pause ends in a pause.
    fn after_jump(&self) -> AfterJump {
        if self.is_paused() { AfterJump::Hold } else { AfterJump::Play }
    }

    fn jump(&mut self, to: Playhead, then: AfterJump, requests: &mut TransportRequests) {
        self.state = TransportState::Jumping { to, then };
        self.fade_out_and_request(self.fades.jump_out, to, requests);
    }

    /// Fades out before the closing. `state_before` is the state to return to if this is cancelled. The present sound is rendered until the end of the
    /// fade, so that it can return at any point of it.
    fn exit(&mut self, state_before: Option<TransportState>, requests: &mut TransportRequests) {
        let position = self.session_frame();
        if self.position_of(self.interrupted_at) != Some(position) {
            let is_here = self.position_of(self.playhead) == Some(position);
            self.interrupted_at = if is_here { self.playhead } else { Playhead::session(position) };
        }
        self.state_before_exit = state_before;
        self.state = TransportState::Ending(ExitStage::Fading);
        requests.notify(TransportEvent::ExitStarted);
        if self.ramp.is_silent() {
            self.request_closing(requests);
        } else {
            self.ramp.fall(self.fades.exit);
        }
    }

    pub(super) fn request_closing(&mut self, requests: &mut TransportRequests) {
        self.request_render(Playhead::start_of(Programme::CLOSING), Frames::ZERO, requests);
    }

    /// Cancels leaving, if the closing has not started yet.
    fn cancel_exit(&mut self, requests: &mut TransportRequests) {
        let Some(state) = self.state_before_exit.take() else { return };
        let to = match state {
            TransportState::Jumping { to, .. } => Some(to),
            TransportState::Paused => Some(Playhead { frame: self.resume_frame, ..self.playhead }),
            _ if self.ramp.is_silent() => Some(self.playhead),
            _ => None,
        };
        self.state = match to {
            Some(to) => TransportState::Jumping { to, then: AfterJump::Play },
            None => self.fade_in(),
        };
        requests.notify(TransportEvent::ResumeStarted);
        // In silence, the closing was already requested. During the fade of a jump, its target still is.
        if let Some(to) = to.filter(|_| self.ramp.is_silent()) {
            self.request_render(to, Frames::ZERO, requests);
        }
    }

    fn stop(&mut self) {
        self.state = TransportState::Ending(ExitStage::Stopping);
        if !self.ramp.is_silent() {
            self.ramp.fall(self.fades.stop);
        }
    }

    /// Fades out the present sound, and requests the frames that follow it.
    fn fade_out_and_request(&mut self, length: Frames, playhead: Playhead, requests: &mut TransportRequests) {
        let after = if self.ramp.is_silent() {
            Frames::ZERO
        } else {
            self.ramp.fall(length);
            self.ramp.remaining()
        };
        self.request_render(playhead, after, requests);
    }

    pub(super) fn request_render(&mut self, playhead: Playhead, after: Frames, requests: &mut TransportRequests) {
        self.awaits_frames = true;
        requests.push(TransportRequest::Render { position: playhead, fade_frames: after });
    }
}
