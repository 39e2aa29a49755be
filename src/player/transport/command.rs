//! What a listener can ask for, in any state.

use super::{
    AfterJump, ExitStage, Playhead, Transport, TransportEvent, TransportRequest, TransportRequests, TransportState,
};
use crate::timeline::Programme;
use crate::units::{Decibels, Frames};

/// A listener's wish.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TransportCommand {
    /// Hold.
    Pause,
    /// Go on.
    Resume,
    /// Hold, or go on.
    Toggle,
    /// To the start of the next segment.
    Next,
    /// To the start of this segment, or of the one before.
    Back,
    /// On or back by so many frames.
    SeekBy(i64),
    /// The gentler passage.
    Soften,
    /// The gentle exit; once more, a stop.
    Exit,
    /// At once.
    Stop,
    /// To this volume.
    SetVolume(Decibels),
}

impl Transport {
    /// Hears a command. Any may come in any state, also twice and in mid-ramp.
    #[must_use]
    pub fn command(&mut self, command: TransportCommand) -> TransportRequests {
        let mut requests = TransportRequests::default();
        match (command, self.state) {
            (TransportCommand::SetVolume(volume), _) => self.volume.set(volume),
            (_, TransportState::Ended(_)) => {}
            (TransportCommand::Stop, _) | (TransportCommand::Exit, TransportState::Ending(_)) => self.stop(),
            (_, TransportState::Ending(_)) => {}
            (TransportCommand::Exit, _) => self.exit(&mut requests),
            (TransportCommand::Pause, _) => self.pause(&mut requests),
            (TransportCommand::Resume, _) => self.resume(&mut requests),
            (TransportCommand::Toggle, _) if self.holds() => self.resume(&mut requests),
            (TransportCommand::Toggle, _) => self.pause(&mut requests),
            (TransportCommand::Soften, _) => self.soften(AfterJump::Play, &mut requests),
            (TransportCommand::Next | TransportCommand::Back | TransportCommand::SeekBy(_), _) => {
                self.skip(command, &mut requests);
            }
        }
        requests
    }

    /// Whether the playhead holds, or is about to.
    fn holds(&self) -> bool {
        matches!(
            self.state,
            TransportState::Paused
                | TransportState::Pausing { .. }
                | TransportState::Jumping { then: AfterJump::Hold, .. }
        )
    }

    fn pause(&mut self, requests: &mut TransportRequests) {
        self.state = match self.state {
            TransportState::Playing | TransportState::Resuming if self.ramp.is_silent() => TransportState::Paused,
            TransportState::Playing | TransportState::Resuming => {
                self.ramp.fall(self.lengths.pause);
                TransportState::Pausing { from: self.place }
            }
            TransportState::Jumping { to, then: AfterJump::Play } => {
                TransportState::Jumping { to, then: AfterJump::Hold }
            }
            _ => return,
        };
        requests.tell(TransportEvent::Paused);
    }

    fn resume(&mut self, requests: &mut TransportRequests) {
        self.state = match self.state {
            TransportState::Paused | TransportState::Pausing { .. } => {
                self.ramp.rise(self.lengths.pause);
                TransportState::Resuming
            }
            TransportState::Jumping { to, then: AfterJump::Hold } => {
                TransportState::Jumping { to, then: AfterJump::Play }
            }
            _ => return,
        };
        requests.tell(TransportEvent::Resumed);
    }

    fn soften(&mut self, then: AfterJump, requests: &mut TransportRequests) {
        let from = self.reference();
        if from.programme == Programme::Session {
            self.left = from.frame;
        }
        requests.tell(TransportEvent::SoftenStarted);
        self.jump(Playhead { programme: Programme::Soften, frame: Frames::ZERO }, then, requests);
    }

    fn skip(&mut self, command: TransportCommand, requests: &mut TransportRequests) {
        let from = self.reference();
        let then = if self.holds() { AfterJump::Hold } else { AfterJump::Play };
        if from.programme == Programme::Soften {
            match command {
                TransportCommand::Next => self.leave_soften(then, requests),
                TransportCommand::Back => self.soften(then, requests),
                _ => {}
            }
            return;
        }
        let last = self.programmes.session.frames.max(from.frame);
        let to = match command {
            TransportCommand::Next => self.next_from(from.frame),
            TransportCommand::Back => self.back_from(from.frame),
            TransportCommand::SeekBy(by) => Frames(from.frame.0.saturating_add_signed(by)).min(last),
            _ => return,
        };
        // Beyond, no place is certain while speech is still being made. On is never back.
        let to = to.min(self.programmes.session.reach().max(from.frame));
        requests.tell(TransportEvent::Jumped { to });
        self.jump(Playhead::session(to), then, requests);
    }

    /// Back to the session from the gentler passage.
    pub(super) fn leave_soften(&mut self, then: AfterJump, requests: &mut TransportRequests) {
        requests.tell(TransportEvent::SoftenEnded);
        self.jump(Playhead::session(self.return_to(self.left)), then, requests);
    }

    fn jump(&mut self, to: Playhead, then: AfterJump, requests: &mut TransportRequests) {
        self.state = TransportState::Jumping { to, then };
        self.fall_and_render(self.lengths.down, to, requests);
    }

    fn exit(&mut self, requests: &mut TransportRequests) {
        self.left = self.session_frame();
        self.state = TransportState::Ending(ExitStage::Fading);
        requests.tell(TransportEvent::ExitStarted);
        self.fall_and_render(
            self.lengths.exit,
            Playhead { programme: Programme::Closing, frame: Frames::ZERO },
            requests,
        );
    }

    fn stop(&mut self) {
        self.state = TransportState::Ending(ExitStage::Stopping);
        if !self.ramp.is_silent() {
            self.ramp.fall(self.lengths.stop);
        }
    }

    fn fall_and_render(&mut self, whole: Frames, place: Playhead, requests: &mut TransportRequests) {
        let after = if self.ramp.is_silent() {
            Frames::ZERO
        } else {
            self.ramp.fall(whole);
            self.ramp.remaining()
        };
        self.render(place, after, requests);
    }

    /// Asks for frames of another place.
    pub(super) fn render(&mut self, place: Playhead, after: Frames, requests: &mut TransportRequests) {
        self.awaits = true;
        requests.push(TransportRequest::Render { place, after });
    }
}
