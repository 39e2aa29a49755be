//! Notices an output that has stopped asking for sound, though nobody reported an error.

use std::time::{Duration, Instant};

/// An output that asks for nothing for this long has stalled.
const STALL_TIMEOUT: Duration = Duration::from_secs(1);

/// Follows the heartbeat of an output.
#[derive(Debug)]
pub(crate) struct Watchdog {
    heartbeat: u64,
    /// When the heartbeat changed last.
    changed: Instant,
    /// When it was looked at last.
    checked: Instant,
}

impl Watchdog {
    pub(crate) fn new(now: Instant) -> Self {
        Self { heartbeat: 0, changed: now, checked: now }
    }

    /// Whether the heartbeat has not changed for too long. If nobody called this meanwhile, it was this program that stood still, and
    /// nothing is known of the output.
    pub(crate) fn is_stalled(&mut self, heartbeat: u64, now: Instant) -> bool {
        if heartbeat != self.heartbeat || now.duration_since(self.checked) > STALL_TIMEOUT / 2 {
            (self.heartbeat, self.changed) = (heartbeat, now);
        }
        self.checked = now;
        now.duration_since(self.changed) > STALL_TIMEOUT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether an output counts as stalled that shows these heartbeats at these milliseconds.
    fn is_stalled(checks: &[(u64, u64)]) -> bool {
        let start = Instant::now();
        let mut watchdog = Watchdog::new(start);
        checks
            .iter()
            .fold(false, |_, (at, heartbeat)| watchdog.is_stalled(*heartbeat, start + Duration::from_millis(*at)))
    }

    #[test]
    fn an_output_that_asks_for_nothing_for_a_second_is_stalled() {
        assert!(!is_stalled(&[(40, 1), (400, 1), (800, 1)]));
        assert!(is_stalled(&[(40, 1), (400, 1), (800, 1), (1_100, 1)]));
        assert!(!is_stalled(&[(40, 1), (400, 1), (800, 2), (1_100, 2), (1_500, 2)]));
    }

    #[test]
    fn a_program_that_was_stopped_itself_does_not_blame_the_output() {
        assert!(!is_stalled(&[(40, 1), (9_000, 1)]));
        assert!(is_stalled(&[(40, 1), (9_000, 1), (9_400, 1), (9_800, 1), (10_100, 1)]));
    }
}
