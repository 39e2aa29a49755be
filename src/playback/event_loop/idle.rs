//! Lets the output sleep during a long pause, so that the machine or wireless headphones can sleep as well.

use std::time::{Duration, Instant};

use super::EventLoop;
use crate::playback::event::OutputState;
use crate::player::transport::TransportCommand;

/// The length of a pause after which the output sleeps.
const SLEEP_DELAY: Duration = Duration::from_secs(30);

/// Measures how long the session has been idle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct IdleTimer {
    since: Option<Instant>,
}

impl IdleTimer {
    /// Updates the idle state. Returns whether the session has been idle for long enough.
    fn update(&mut self, is_idle: bool, now: Instant) -> bool {
        if !is_idle {
            self.since = None;
            return false;
        }
        now.duration_since(*self.since.get_or_insert(now)) >= SLEEP_DELAY
    }
}

impl EventLoop {
    /// Lets the output sleep once the session has been paused for long enough.
    pub(super) fn check_idle(&mut self) {
        let is_idle = self.output_state() == OutputState::Playing
            && self.player.snapshot().is_fully_paused
            && self.commands.is_empty()
            && self.suspension.is_none();
        if self.idle.update(is_idle, Instant::now()) {
            self.outputs.cork();
        }
    }

    /// Wakes the output for a command, which the player would not execute otherwise.
    pub(super) fn wake_output(&mut self, command: TransportCommand) {
        self.idle = IdleTimer::default();
        if self.outputs.is_corked() {
            let waits_until_awake = matches!(
                command,
                TransportCommand::Resume
                    | TransportCommand::Toggle
                    | TransportCommand::Soften
                    | TransportCommand::Exit
                    | TransportCommand::Terminate
            );
            self.outputs.uncork(waits_until_awake);
            self.commands.push_back(TransportCommand::SetVolume(self.headroom.volume()));
        }
        if command == TransportCommand::Stop {
            self.outputs.skip_lead();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_thirty_uninterrupted_seconds_of_pause_count_as_idle() {
        let (start, mut timer) = (Instant::now(), IdleTimer::default());
        let mut update = |seconds, is_idle| timer.update(is_idle, start + Duration::from_secs(seconds));
        assert!(!update(0, true));
        assert!(!update(29, true));
        assert!(!update(29, false));
        assert!(!update(30, true));
        assert!(!update(59, true));
        assert!(update(60, true));
        assert!(update(61, true));
        assert!(!update(62, false));
    }
}
