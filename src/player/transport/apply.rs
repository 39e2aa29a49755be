//! How each command changes the state.

use super::command::TransportCommand;
use super::machine::Transport;
use super::request::{TransportEvent, TransportRequest, TransportRequests};
use super::state::{AfterJump, ExitStage, Playhead, TransportState};
use crate::timeline::Programme;
use crate::units::Frames;

impl Transport {
    /// Applies a command. Any command may come in any state, also twice and in the middle of a ramp.
    #[must_use]
    pub(in crate::player) fn apply(&mut self, command: TransportCommand) -> TransportRequests {
        let mut requests = TransportRequests::default();
        match (command, self.state) {
            (TransportCommand::SetVolume(volume), _) => self.volume.set(volume),
            (_, TransportState::Ended(_)) => {}
            (TransportCommand::Stop, _) | (TransportCommand::Exit, TransportState::Ending(_)) => self.stop(),
            (_, TransportState::Ending(_)) => {}
            (TransportCommand::Exit, _) => self.exit(&mut requests),
            (TransportCommand::Pause, _) => self.pause(&mut requests),
            (TransportCommand::Resume, _) => self.resume(&mut requests),
            (TransportCommand::Toggle, _) if self.is_paused() => self.resume(&mut requests),
            (TransportCommand::Toggle, _) => self.pause(&mut requests),
            (TransportCommand::Soften, _) => self.soften(AfterJump::Play, &mut requests),
            (_, _) if self.command_origin().programme == Programme::SESSION => self.skip(command, &mut requests),
            (_, _) => self.skip_in_soften(command, &mut requests),
        }
        requests
    }

    fn pause(&mut self, requests: &mut TransportRequests) {
        self.state = match self.state {
            TransportState::Playing | TransportState::Resuming if self.ramp.is_silent() => TransportState::Paused,
            TransportState::Playing | TransportState::Resuming => {
                self.ramp.fall(self.fades.pause);
                TransportState::Pausing { from: self.playhead }
            }
            TransportState::Jumping { to, then: AfterJump::Play } => {
                TransportState::Jumping { to, then: AfterJump::Hold }
            }
            _ => return,
        };
        requests.notify(TransportEvent::Paused);
    }

    fn resume(&mut self, requests: &mut TransportRequests) {
        self.state = match self.state {
            TransportState::Paused | TransportState::Pausing { .. } => {
                self.ramp.rise(self.fades.pause);
                TransportState::Resuming
            }
            TransportState::Jumping { to, then: AfterJump::Hold } => {
                TransportState::Jumping { to, then: AfterJump::Play }
            }
            _ => return,
        };
        requests.notify(TransportEvent::Resumed);
    }

    /// Jumps to the gentler passage.
    fn soften(&mut self, then: AfterJump, requests: &mut TransportRequests) {
        let origin = self.command_origin();
        if origin.programme == Programme::SESSION {
            self.interrupted_at = origin.frame;
        }
        requests.notify(TransportEvent::SoftenStarted);
        self.jump(Playhead::start_of(Programme::SOFTEN), then, requests);
    }

    /// Jumps back to the session from the gentler passage.
    pub(super) fn leave_soften(&mut self, then: AfterJump, requests: &mut TransportRequests) {
        requests.notify(TransportEvent::SoftenEnded);
        self.jump(Playhead::session(self.return_to(self.interrupted_at)), then, requests);
    }

    /// Jumps within the session.
    fn skip(&mut self, command: TransportCommand, requests: &mut TransportRequests) {
        let session = self.programmes.session();
        let from = self.command_origin().frame;
        let last = session.frames.max(from);
        // While speech is still being made, the playhead can go no further than the horizon, but never goes back because of it.
        let reach = session.seekable_until().max(from);
        let to = match command {
            TransportCommand::Next => self.next_from(from),
            TransportCommand::Back => self.back_from(from),
            TransportCommand::SeekBy(by) => Frames(from.0.saturating_add_signed(by)).min(last),
            TransportCommand::SeekTo(frame) => frame.min(last),
            _ => return,
        };
        let to = to.min(reach);
        requests.notify(TransportEvent::Jumped { to });
        self.jump(Playhead::session(to), self.after_jump(), requests);
    }

    /// The gentler passage is a single unit: it can be skipped or restarted.
    fn skip_in_soften(&mut self, command: TransportCommand, requests: &mut TransportRequests) {
        match command {
            TransportCommand::Next => self.leave_soften(self.after_jump(), requests),
            TransportCommand::Back => self.soften(self.after_jump(), requests),
            _ => {}
        }
    }

    /// A jump that begins in a pause ends in a pause.
    fn after_jump(&self) -> AfterJump {
        if self.is_paused() { AfterJump::Hold } else { AfterJump::Play }
    }

    fn jump(&mut self, to: Playhead, then: AfterJump, requests: &mut TransportRequests) {
        self.state = TransportState::Jumping { to, then };
        self.fall_and_render(self.fades.jump_out, to, requests);
    }

    fn exit(&mut self, requests: &mut TransportRequests) {
        self.interrupted_at = self.session_frame();
        self.state = TransportState::Ending(ExitStage::Fading);
        requests.notify(TransportEvent::ExitStarted);
        self.fall_and_render(self.fades.exit, Playhead::start_of(Programme::CLOSING), requests);
    }

    fn stop(&mut self) {
        self.state = TransportState::Ending(ExitStage::Stopping);
        if !self.ramp.is_silent() {
            self.ramp.fall(self.fades.stop);
        }
    }

    /// Fades out what plays, and requests the frames that come after it.
    fn fall_and_render(&mut self, length: Frames, playhead: Playhead, requests: &mut TransportRequests) {
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
        requests.push(TransportRequest::Render { playhead, after });
    }
}
