//! A long pause lets the output sleep, so that a machine or wireless headphones can.

use std::time::{Duration, Instant};

use super::EventLoop;
use crate::playback::event::OutputState;
use crate::player::transport::TransportCommand;

/// How long a pause lasts before the output sleeps.
const SLEEP_DELAY: Duration = Duration::from_secs(30);

/// How long nothing has been heard or asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct IdleTimer {
    since: Option<Instant>,
}

impl IdleTimer {
    /// Takes note of whether the session is idle. Returns whether it has been for long.
    fn update(&mut self, is_idle: bool, now: Instant) -> bool {
        if !is_idle {
            self.since = None;
            return false;
        }
        now.duration_since(*self.since.get_or_insert(now)) >= SLEEP_DELAY
    }
}

impl EventLoop {
    /// Lets the output sleep once the session has been paused for long.
    pub(super) fn check_idle(&mut self) {
        let is_idle = self.output_state() == OutputState::Playing
            && self.player.snapshot().silent
            && self.commands.is_empty()
            && self.suspension.is_none();
        if self.idle.update(is_idle, Instant::now()) {
            self.outputs.cork();
        }
    }

    /// Wakes the output for a command to the player, which would not take it otherwise.
    pub(super) fn wake_output(&mut self, command: TransportCommand) {
        self.idle = IdleTimer::default();
        if self.outputs.is_corked() {
            let leads = matches!(
                command,
                TransportCommand::Resume
                    | TransportCommand::Toggle
                    | TransportCommand::Soften
                    | TransportCommand::Exit
                    | TransportCommand::Terminate
            );
            self.outputs.uncork(leads);
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
    fn only_half_a_minute_without_a_break_is_long() {
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
