//! What a listener can ask for, in any state.

use super::{Event, Place, Request, Requests, Stage, State, Then, Transport};
use crate::timeline::Programme;
use crate::units::{Decibels, Frames};

/// A listener's wish.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
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
    Seek(i64),
    /// The gentler passage.
    Soften,
    /// The gentle exit; once more, a stop.
    Exit,
    /// At once.
    Stop,
    /// To this volume.
    Volume(Decibels),
}

impl Transport {
    /// Hears a command. Any may come in any state, also twice and in mid-ramp.
    #[must_use]
    pub fn command(&mut self, command: Command) -> Requests {
        let mut requests = Requests::default();
        match (command, self.state) {
            (Command::Volume(volume), _) => self.volume.set(volume),
            (_, State::Ended(_)) => {}
            (Command::Stop, _) | (Command::Exit, State::Ending(_)) => self.stop(),
            (_, State::Ending(_)) => {}
            (Command::Exit, _) => self.exit(&mut requests),
            (Command::Pause, _) => self.pause(&mut requests),
            (Command::Resume, _) => self.resume(&mut requests),
            (Command::Toggle, _) if self.holds() => self.resume(&mut requests),
            (Command::Toggle, _) => self.pause(&mut requests),
            (Command::Soften, _) => self.soften(Then::Play, &mut requests),
            (Command::Next | Command::Back | Command::Seek(_), _) => self.skip(command, &mut requests),
        }
        requests
    }

    /// Whether the playhead holds, or is about to.
    fn holds(&self) -> bool {
        matches!(self.state, State::Paused | State::Pausing { .. } | State::Jumping { then: Then::Hold, .. })
    }

    fn pause(&mut self, requests: &mut Requests) {
        self.state = match self.state {
            State::Playing | State::Resuming if self.ramp.is_silent() => State::Paused,
            State::Playing | State::Resuming => {
                self.ramp.fall(self.lengths.pause);
                State::Pausing { from: self.place }
            }
            State::Jumping { to, then: Then::Play } => State::Jumping { to, then: Then::Hold },
            _ => return,
        };
        requests.tell(Event::Pause);
    }

    fn resume(&mut self, requests: &mut Requests) {
        self.state = match self.state {
            State::Paused | State::Pausing { .. } => {
                self.ramp.rise(self.lengths.pause);
                State::Resuming
            }
            State::Jumping { to, then: Then::Hold } => State::Jumping { to, then: Then::Play },
            _ => return,
        };
        requests.tell(Event::Resume);
    }

    fn soften(&mut self, then: Then, requests: &mut Requests) {
        let from = self.reference();
        if from.programme == Programme::Session {
            self.left = from.frame;
        }
        requests.tell(Event::Soften);
        self.jump(Place { programme: Programme::Soften, frame: Frames::ZERO }, then, requests);
    }

    fn skip(&mut self, command: Command, requests: &mut Requests) {
        let from = self.reference();
        let then = if self.holds() { Then::Hold } else { Then::Play };
        if from.programme == Programme::Soften {
            match command {
                Command::Next => self.leave_soften(then, requests),
                Command::Back => self.soften(then, requests),
                _ => {}
            }
            return;
        }
        let last = self.programmes.session.frames.max(from.frame);
        let to = match command {
            Command::Next => self.next_from(from.frame),
            Command::Back => self.back_from(from.frame),
            Command::Seek(by) => Frames(from.frame.0.saturating_add_signed(by)).min(last),
            _ => return,
        };
        // Beyond, no place is certain while speech is still being made. On is never back.
        let to = to.min(self.programmes.session.reach().max(from.frame));
        requests.tell(Event::Jump { to });
        self.jump(Place::session(to), then, requests);
    }

    /// Back to the session from the gentler passage.
    pub(super) fn leave_soften(&mut self, then: Then, requests: &mut Requests) {
        requests.tell(Event::Softened);
        self.jump(Place::session(self.return_to(self.left)), then, requests);
    }

    fn jump(&mut self, to: Place, then: Then, requests: &mut Requests) {
        self.state = State::Jumping { to, then };
        self.fall_and_render(self.lengths.down, to, requests);
    }

    fn exit(&mut self, requests: &mut Requests) {
        self.left = self.session_frame();
        self.state = State::Ending(Stage::Fading);
        requests.tell(Event::Exit);
        self.fall_and_render(self.lengths.exit, Place { programme: Programme::Closing, frame: Frames::ZERO }, requests);
    }

    fn stop(&mut self) {
        self.state = State::Ending(Stage::Stopping);
        if !self.ramp.is_silent() {
            self.ramp.fall(self.lengths.stop);
        }
    }

    fn fall_and_render(&mut self, whole: Frames, place: Place, requests: &mut Requests) {
        let after = if self.ramp.is_silent() {
            Frames::ZERO
        } else {
            self.ramp.fall(whole);
            self.ramp.remaining()
        };
        self.render(place, after, requests);
    }

    /// Asks for frames of another place.
    pub(super) fn render(&mut self, place: Place, after: Frames, requests: &mut Requests) {
        self.awaits = true;
        requests.push(Request::Render { place, after });
    }
}
