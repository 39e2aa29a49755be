//! What happens when the process is about to be stopped by the shell, and when it runs again.

use std::time::{Duration, Instant};

use super::{CONTINUE, EventLoop, LoopStep};
use crate::playback::controls::Wish;
use crate::playback::event::{EventKind, OutputState};
use crate::playback::supervisor::SupervisorEvent;
use crate::player::transport::TransportCommand;

/// How long a fade may take before the process is stopped anyway.
const FADE_TIMEOUT: Duration = Duration::from_millis(500);

/// How far the suspension has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspension {
    /// The sound fades.
    Fading {
        /// It is not waited for any longer than this.
        until: Instant,
    },
    /// The output plays what it has buffered.
    Draining {
        /// By then everything is heard.
        until: Instant,
    },
    /// The process may be stopped.
    Ready,
}

impl EventLoop {
    /// Fades and holds, so that the process can be stopped. A session that is being left ends at once instead: there is nothing to
    /// come back to, and the terminal is wanted.
    pub(super) fn suspend(&mut self) -> LoopStep {
        if self.leaving().is_some() {
            return self.on_wish(Wish::Stop);
        }
        if !self.is_silent() {
            self.send(TransportCommand::Pause);
        }
        self.suspension = Some(Suspension::Fading { until: Instant::now() + FADE_TIMEOUT });
        CONTINUE
    }

    /// Reports that the process may be stopped, once nothing is heard any more.
    pub(super) fn advance_suspension(&mut self) {
        let now = Instant::now();
        match self.suspension {
            Some(Suspension::Fading { until }) if now >= until || self.is_silent() => {
                self.suspension = Some(Suspension::Draining { until: now + self.buffered() });
            }
            Some(Suspension::Draining { until }) if now >= until => {
                self.suspension = Some(Suspension::Ready);
                self.emit(EventKind::ReadyToSuspend);
            }
            _ => {}
        }
    }

    /// The process runs again. The client of a sound server does not survive a stop, so the device is opened anew.
    pub(super) fn on_continued(&mut self) -> LoopStep {
        self.suspension = None;
        self.supervise(&SupervisorEvent::Continued)
    }

    fn is_silent(&self) -> bool {
        self.output_state() == OutputState::Lost || self.player.snapshot().silent
    }
}
