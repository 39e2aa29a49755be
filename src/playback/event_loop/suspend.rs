//! Suspension of the process by the shell, and its continuation.

use std::time::{Duration, Instant};

use super::{CONTINUE, EventLoop, LoopStep};
use crate::playback::controls::Wish;
use crate::playback::event::{EventKind, OutputState};
use crate::playback::supervisor::SupervisorEvent;
use crate::player::transport::TransportCommand;

/// The longest wait for a fade before the process is suspended.
const FADE_TIMEOUT: Duration = Duration::from_millis(500);

/// The progress of a suspension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspension {
    /// The sound fades.
    Fading {
        /// When to stop waiting for the fade.
        until: Instant,
    },
    /// The output plays what it has buffered.
    Draining {
        /// When everything will have been heard.
        until: Instant,
    },
    /// The process may be suspended.
    Ready,
}

impl EventLoop {
    /// Fades and holds, so that the process can be suspended. A session that is being left ends immediately instead: it need not continue,
    /// and the terminal is needed.
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

    /// Reports that the process may be suspended, once the output is silent.
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

    /// Handles the continuation of the process. The client of a sound server does not survive a suspension, so the device is reopened.
    pub(super) fn on_continued(&mut self) -> LoopStep {
        self.suspension = None;
        self.supervise(&SupervisorEvent::Continued)
    }

    fn is_silent(&self) -> bool {
        self.output_state() == OutputState::Lost || self.player.snapshot().is_fully_paused
    }
}
