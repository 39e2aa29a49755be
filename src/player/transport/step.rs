//! How the state moves on while frames are played.

use super::{Event, Place, Reason, Requests, Stage, State, Then, Transport};
use crate::timeline::Programme;
use crate::units::{Frame, Frames};

/// What the transport wants to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Play, at most so many frames before asking again.
    Play(Frames),
    /// Silence: the frames of the last render request are awaited.
    Arrive,
    /// Silence: the playhead holds.
    Hold,
    /// Silence for good.
    Nothing,
}

impl Transport {
    /// What to do next.
    #[must_use]
    pub fn want(&self) -> Want {
        match self.state {
            State::Ended(_) => Want::Nothing,
            State::Paused => Want::Hold,
            _ if self.awaits && self.ramp.is_silent() => Want::Arrive,
            _ if self.ramp.remaining() > Frames::ZERO => Want::Play(self.ramp.remaining()),
            _ => Want::Play(Frames(u64::MAX)),
        }
    }

    /// Whether samples pass untouched: unity gain, unity volume.
    #[must_use]
    pub fn is_transparent(&self) -> bool {
        self.ramp.is_at_unity() && self.ramp.remaining() == Frames::ZERO && self.volume.is_unity()
    }

    /// Applies the gain to frames that are played, and moves on past them. At most as many as [`Want::Play`] said.
    #[must_use]
    pub fn play(&mut self, block: &mut [Frame]) -> Requests {
        if !self.is_transparent() {
            for frame in block.iter_mut() {
                let gain = self.ramp.advance() * self.volume.advance();
                frame[0] *= gain;
                frame[1] *= gain;
            }
        }
        self.place.frame += Frames(block.len() as u64);
        self.settle()
    }

    /// What follows when a ramp has arrived.
    fn settle(&mut self) -> Requests {
        let mut requests = Requests::default();
        if self.ramp.remaining() > Frames::ZERO {
            return requests;
        }
        match self.state {
            State::Resuming => self.state = State::Playing,
            State::Pausing { from } => {
                self.place = from;
                self.state = State::Paused;
                self.render(from, Frames::ZERO, &mut requests);
            }
            State::Ending(Stage::Stopping) if self.ramp.is_silent() => self.end(Reason::Stop, &mut requests),
            _ => {}
        }
        requests
    }

    /// The frames of the last render request are there, and what was heard before is silent.
    pub fn arrived(&mut self) {
        self.awaits = false;
        let fresh = std::mem::take(&mut self.fresh);
        match self.state {
            State::Jumping { to, then } => {
                // Nothing was heard before the very beginning, and it sounds as it was recorded.
                let begins = fresh && to == Place::session(Frames::ZERO);
                self.place = to;
                self.state = match then {
                    Then::Hold => State::Paused,
                    Then::Play if begins => {
                        self.ramp = super::Ramp::unity();
                        State::Playing
                    }
                    Then::Play => {
                        self.ramp.rise(self.lengths.up);
                        State::Resuming
                    }
                };
            }
            State::Ending(Stage::Fading) => {
                self.place = Place { programme: Programme::Closing, frame: Frames::ZERO };
                self.ramp.rise(self.lengths.up);
                self.state = State::Ending(Stage::Closing);
            }
            _ => {}
        }
    }

    /// Whether what sounds is to be silent soon.
    #[must_use]
    pub fn is_falling(&self) -> bool {
        matches!(
            self.state,
            State::Pausing { .. } | State::Jumping { .. } | State::Ending(Stage::Fading | Stage::Stopping)
        )
    }

    /// There are no more frames of what falls, and it is silent already: the ramp is done.
    #[must_use]
    pub fn hushed(&mut self) -> Requests {
        self.ramp = super::Ramp::silent();
        self.settle()
    }

    /// While nothing sounds and nothing is awaited, a stop takes effect at once.
    #[must_use]
    pub fn idle(&mut self) -> Requests {
        let mut requests = Requests::default();
        if self.state == State::Ending(Stage::Stopping) && self.ramp.is_silent() {
            self.end(Reason::Stop, &mut requests);
        }
        requests
    }

    /// What plays has rung out. There is nothing but silence after it, so no ramp is needed.
    #[must_use]
    pub fn rung_out(&mut self) -> Requests {
        let mut requests = Requests::default();
        match (self.state, self.place.programme) {
            (State::Ending(Stage::Stopping), _) => self.end(Reason::Stop, &mut requests),
            (State::Ending(Stage::Fading) | State::Jumping { .. }, _) => self.ramp = super::Ramp::silent(),
            (_, Programme::Closing) => self.end(Reason::Exit, &mut requests),
            (_, Programme::Session) => self.end(Reason::Done, &mut requests),
            (State::Pausing { .. }, Programme::Soften) => {
                self.ramp = super::Ramp::silent();
                self.leave_soften(Then::Hold, &mut requests);
            }
            (_, Programme::Soften) => {
                self.ramp = super::Ramp::silent();
                self.leave_soften(Then::Play, &mut requests);
            }
        }
        requests
    }

    fn end(&mut self, reason: Reason, requests: &mut Requests) {
        self.ramp = super::Ramp::silent();
        self.state = State::Ended(reason);
        requests.tell(Event::End(reason));
    }
}
