//! Advances the state while frames are played.

use super::machine::Transport;
use super::ramp::Ramp;
use super::request::{TransportEvent, TransportRequests};
use super::state::{AfterJump, EndReason, ExitStage, Playhead, TransportState};
use crate::timeline::Programme;
use crate::units::{Frame, Frames};

impl Transport {
    /// Applies the gain to the next frames, and moves the playhead past them. They may be no more than
    /// [`OutputAction::Play`](super::OutputAction::Play) allowed.
    #[must_use]
    pub(in crate::player) fn play(&mut self, block: &mut [Frame]) -> TransportRequests {
        if !self.is_transparent() {
            for frame in block.iter_mut() {
                let gain = self.ramp.advance() * self.volume.advance();
                frame[0] *= gain;
                frame[1] *= gain;
            }
        }
        self.playhead.frame += Frames(block.len() as u64);
        self.finish_ramp()
    }

    /// Reports the programme of the next frames. The session enters its open silence without a jump.
    #[must_use]
    pub(in crate::player) fn enter(&mut self, programme: Programme) -> TransportRequests {
        let mut requests = TransportRequests::default();
        if self.playhead.programme == Programme::SESSION && programme == Programme::OPEN_SILENCE {
            self.playhead.programme = programme;
            requests.notify(TransportEvent::OpenSilenceStarted);
        }
        requests
    }

    /// Changes the state if a ramp has just ended.
    fn finish_ramp(&mut self) -> TransportRequests {
        let mut requests = TransportRequests::default();
        if self.ramp.remaining() > Frames::ZERO {
            return requests;
        }
        match self.state {
            TransportState::Resuming => self.state = TransportState::Playing,
            TransportState::Pausing { from } => {
                self.playhead = from;
                self.hold_at(self.rewound_frame(from), &mut requests);
            }
            TransportState::Ending(ExitStage::Fading) if self.ramp.is_silent() => self.request_closing(&mut requests),
            TransportState::Ending(ExitStage::Stopping) if self.ramp.is_silent() => {
                self.end(EndReason::Stopped, &mut requests);
            }
            _ => {}
        }
        requests
    }

    /// Holds at the playhead, ready to be resumed from a frame at or before it.
    fn hold_at(&mut self, resume_frame: Frames, requests: &mut TransportRequests) {
        self.state = TransportState::Paused;
        self.resume_frame = resume_frame;
        self.request_render(Playhead { frame: resume_frame, ..self.playhead }, Frames::ZERO, requests);
    }

    /// Reports that the frames of the last render request are available and the previous sound is silent.
    #[must_use]
    pub(in crate::player) fn frames_arrived(&mut self) -> TransportRequests {
        let mut requests = TransportRequests::default();
        self.awaits_frames = false;
        let is_fresh = std::mem::take(&mut self.is_fresh);
        match self.state {
            TransportState::Jumping { to, then } => {
                // The very first frames need no fade, because they follow silence.
                let is_beginning = is_fresh && to == Playhead::session(Frames::ZERO);
                self.playhead = to;
                self.started_at = to.frame;
                self.state = match then {
                    // A pause that started in the previous player, which this one replaces.
                    AfterJump::Hold if is_fresh && self.resume_frame < to.frame => {
                        self.hold_at(self.resume_frame, &mut requests);
                        TransportState::Paused
                    }
                    AfterJump::Hold => {
                        self.resume_frame = to.frame;
                        TransportState::Paused
                    }
                    AfterJump::Play if is_beginning => {
                        self.ramp = Ramp::unity();
                        TransportState::Playing
                    }
                    AfterJump::Play => {
                        self.ramp.rise(self.fades.jump_in);
                        TransportState::Resuming
                    }
                };
            }
            TransportState::Ending(ExitStage::Fading) => {
                self.playhead = Playhead::start_of(Programme::CLOSING);
                self.ramp.rise(self.fades.jump_in);
                self.state = TransportState::Ending(ExitStage::Closing);
            }
            _ => {}
        }
        requests
    }

    /// Reports that there are no more frames for a fade-out, and the output is already silent: the ramp ends here.
    #[must_use]
    pub(in crate::player) fn cut_fade_short(&mut self) -> TransportRequests {
        self.ramp = Ramp::silent();
        self.finish_ramp()
    }

    /// Ends immediately if a stop was requested and the output is silent.
    #[must_use]
    pub(in crate::player) fn stop_if_silent(&mut self) -> TransportRequests {
        let mut requests = TransportRequests::default();
        if self.state == TransportState::Ending(ExitStage::Stopping) && self.ramp.is_silent() {
            self.end(EndReason::Stopped, &mut requests);
        }
        requests
    }

    /// Reports that the current programme has rung out. Only silence follows it, so no ramp is needed.
    #[must_use]
    pub(in crate::player) fn programme_finished(&mut self) -> TransportRequests {
        let mut requests = TransportRequests::default();
        match (self.state, self.playhead.programme) {
            (TransportState::Ending(ExitStage::Stopping), _) => self.end(EndReason::Stopped, &mut requests),
            (TransportState::Jumping { .. }, _) => self.ramp = Ramp::silent(),
            (TransportState::Ending(ExitStage::Fading), _) => {
                self.ramp = Ramp::silent();
                self.request_closing(&mut requests);
            }
            (_, Programme::CLOSING) => self.end(EndReason::Exited, &mut requests),
            (_, Programme::SESSION) => self.end(EndReason::Completed, &mut requests),
            (_, Programme::OPEN_SILENCE) => {
                self.ramp = Ramp::silent();
                self.leave_open_silence(&mut requests);
            }
            (state, _) => {
                self.ramp = Ramp::silent();
                let is_pausing = matches!(state, TransportState::Pausing { .. });
                let then = if is_pausing { AfterJump::Hold } else { AfterJump::Play };
                self.leave_soften(then, &mut requests);
            }
        }
        requests
    }

    fn end(&mut self, reason: EndReason, requests: &mut TransportRequests) {
        self.ramp = Ramp::silent();
        self.state = TransportState::Ended(reason);
        requests.notify(TransportEvent::Ended(reason));
    }
}
