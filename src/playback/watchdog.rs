//! Detects an output that has stopped requesting sound without reporting an error.

use std::time::{Duration, Instant};

/// The time without a request after which an output counts as stalled.
const STALL_TIMEOUT: Duration = Duration::from_secs(1);

/// The time that a device may take for its first request, because a sleeping one has to wake up.
pub(crate) const START_TIMEOUT: Duration = Duration::from_secs(5);

/// Monitors the heartbeat of an output.
#[derive(Debug)]
pub(crate) struct Watchdog {
    /// The heartbeat at the last check.
    heartbeat: Option<u64>,
    /// Whether it has changed since the output started to play.
    has_started: bool,
    /// When the heartbeat last changed.
    changed: Instant,
    /// The time of the last check.
    checked: Instant,
}

impl Watchdog {
    pub(crate) fn new(now: Instant) -> Self {
        Self { heartbeat: None, has_started: false, changed: now, checked: now }
    }

    /// Returns whether the heartbeat has not changed for too long. If there was no check meanwhile, this program itself stood still, which
    /// says nothing about the output.
    pub(crate) fn is_stalled(&mut self, heartbeat: u64, now: Instant) -> bool {
        let has_changed = self.heartbeat.replace(heartbeat).is_some_and(|before| before != heartbeat);
        self.has_started |= has_changed;
        if has_changed || now.duration_since(self.checked) > STALL_TIMEOUT / 2 {
            self.changed = now;
        }
        self.checked = now;
        let timeout = if self.has_started { STALL_TIMEOUT } else { START_TIMEOUT };
        now.duration_since(self.changed) > timeout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns whether an output counts as stalled after these heartbeats at these times in milliseconds.
    fn is_stalled(checks: &[(u64, u64)]) -> bool {
        let start = Instant::now();
        let mut watchdog = Watchdog::new(start);
        checks
            .iter()
            .fold(false, |_, (at, heartbeat)| watchdog.is_stalled(*heartbeat, start + Duration::from_millis(*at)))
    }

    #[test]
    fn an_output_without_requests_for_a_second_is_stalled() {
        assert!(!is_stalled(&[(20, 0), (40, 1), (400, 1), (800, 1)]));
        assert!(is_stalled(&[(20, 0), (40, 1), (400, 1), (800, 1), (1_100, 1)]));
        assert!(!is_stalled(&[(20, 0), (40, 1), (400, 1), (800, 2), (1_100, 2), (1_500, 2)]));
    }

    #[test]
    fn a_suspended_program_does_not_count_as_a_stalled_output() {
        assert!(!is_stalled(&[(20, 0), (40, 1), (9_000, 1)]));
        assert!(is_stalled(&[(20, 0), (40, 1), (9_000, 1), (9_400, 1), (9_800, 1), (10_100, 1)]));
    }

    #[test]
    fn a_sleeping_output_has_five_seconds_for_its_first_request() {
        let checks = |last: u64| (0..=last / 400).map(|check| (check * 400, 7)).collect::<Vec<_>>();
        assert!(!is_stalled(&checks(4_800)));
        assert!(is_stalled(&checks(5_200)));
    }
}
