//! How the state moves on while frames are played.

use super::{AfterJump, EndReason, ExitStage, Playhead, Transport, TransportEvent, TransportRequests, TransportState};
use crate::timeline::Programme;
use crate::units::{Frame, Frames};

/// What the transport wants to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputAction {
    /// Play, at most so many frames before asking again.
    Play(Frames),
    /// Silence: the frames of the last render request are awaited.
    AwaitFrames,
    /// Silence: the playhead holds.
    Hold,
    /// Silence for good.
    Finish,
}

impl Transport {
    /// What to do next.
    #[must_use]
    pub fn want(&self) -> OutputAction {
        match self.state {
            TransportState::Ended(_) => OutputAction::Finish,
            TransportState::Paused => OutputAction::Hold,
            _ if self.awaits && self.ramp.is_silent() => OutputAction::AwaitFrames,
            _ if self.ramp.remaining() > Frames::ZERO => OutputAction::Play(self.ramp.remaining()),
            _ => OutputAction::Play(Frames(u64::MAX)),
        }
    }

    /// Whether samples pass untouched: unity gain, unity volume.
    #[must_use]
    pub fn is_transparent(&self) -> bool {
        self.ramp.is_at_unity() && self.ramp.remaining() == Frames::ZERO && self.volume.is_unity()
    }

    /// Applies the gain to frames that are played, and moves on past them. At most as many as [`OutputAction::Play`] said.
    #[must_use]
    pub fn play(&mut self, block: &mut [Frame]) -> TransportRequests {
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
    fn settle(&mut self) -> TransportRequests {
        let mut requests = TransportRequests::default();
        if self.ramp.remaining() > Frames::ZERO {
            return requests;
        }
        match self.state {
            TransportState::Resuming => self.state = TransportState::Playing,
            TransportState::Pausing { from } => {
                self.place = from;
                self.state = TransportState::Paused;
                self.render(from, Frames::ZERO, &mut requests);
            }
            TransportState::Ending(ExitStage::Stopping) if self.ramp.is_silent() => {
                self.end(EndReason::Stopped, &mut requests);
            }
            _ => {}
        }
        requests
    }

    /// The frames of the last render request are there, and what was heard before is silent.
    pub fn arrived(&mut self) {
        self.awaits = false;
        let fresh = std::mem::take(&mut self.fresh);
        match self.state {
            TransportState::Jumping { to, then } => {
                // Nothing was heard before the very beginning, and it sounds as it was recorded.
                let begins = fresh && to == Playhead::session(Frames::ZERO);
                self.place = to;
                self.state = match then {
                    AfterJump::Hold => TransportState::Paused,
                    AfterJump::Play if begins => {
                        self.ramp = super::Ramp::unity();
                        TransportState::Playing
                    }
                    AfterJump::Play => {
                        self.ramp.rise(self.lengths.up);
                        TransportState::Resuming
                    }
                };
            }
            TransportState::Ending(ExitStage::Fading) => {
                self.place = Playhead { programme: Programme::Closing, frame: Frames::ZERO };
                self.ramp.rise(self.lengths.up);
                self.state = TransportState::Ending(ExitStage::Closing);
            }
            _ => {}
        }
    }

    /// Whether what sounds is to be silent soon.
    #[must_use]
    pub fn is_falling(&self) -> bool {
        matches!(
            self.state,
            TransportState::Pausing { .. }
                | TransportState::Jumping { .. }
                | TransportState::Ending(ExitStage::Fading | ExitStage::Stopping)
        )
    }

    /// There are no more frames of what falls, and it is silent already: the ramp is done.
    #[must_use]
    pub fn hushed(&mut self) -> TransportRequests {
        self.ramp = super::Ramp::silent();
        self.settle()
    }

    /// While nothing sounds and nothing is awaited, a stop takes effect at once.
    #[must_use]
    pub fn idle(&mut self) -> TransportRequests {
        let mut requests = TransportRequests::default();
        if self.state == TransportState::Ending(ExitStage::Stopping) && self.ramp.is_silent() {
            self.end(EndReason::Stopped, &mut requests);
        }
        requests
    }

    /// What plays has rung out. There is nothing but silence after it, so no ramp is needed.
    #[must_use]
    pub fn rung_out(&mut self) -> TransportRequests {
        let mut requests = TransportRequests::default();
        match (self.state, self.place.programme) {
            (TransportState::Ending(ExitStage::Stopping), _) => self.end(EndReason::Stopped, &mut requests),
            (TransportState::Ending(ExitStage::Fading) | TransportState::Jumping { .. }, _) => {
                self.ramp = super::Ramp::silent();
            }
            (_, Programme::Closing) => self.end(EndReason::Exited, &mut requests),
            (_, Programme::Session) => self.end(EndReason::Completed, &mut requests),
            (TransportState::Pausing { .. }, Programme::Soften) => {
                self.ramp = super::Ramp::silent();
                self.leave_soften(AfterJump::Hold, &mut requests);
            }
            (_, Programme::Soften) => {
                self.ramp = super::Ramp::silent();
                self.leave_soften(AfterJump::Play, &mut requests);
            }
        }
        requests
    }

    fn end(&mut self, reason: EndReason, requests: &mut TransportRequests) {
        self.ramp = super::Ramp::silent();
        self.state = TransportState::Ended(reason);
        requests.tell(TransportEvent::Ended(reason));
    }
}
