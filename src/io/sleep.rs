//! Whether the machine slept: the clock that counts sleep ran ahead of the one that does not.

use std::time::Duration;

/// A shorter sleep is none.
#[cfg(target_os = "linux")]
const NOTICEABLE: Duration = Duration::from_secs(2);

/// Watches the two clocks.
pub struct SleepDetector {
    /// By how much one was ahead of the other.
    ahead: Duration,
}

impl SleepDetector {
    /// From now on.
    #[must_use]
    pub fn start() -> Self {
        Self { ahead: ahead() }
    }

    /// Whether the machine slept since this was asked last.
    #[cfg(target_os = "linux")]
    pub fn has_slept(&mut self) -> bool {
        self.slept(ahead())
    }

    /// Whether it slept before one clock was so far ahead.
    #[cfg(target_os = "linux")]
    fn slept(&mut self, ahead: Duration) -> bool {
        let before = std::mem::replace(&mut self.ahead, ahead);
        ahead.saturating_sub(before) > NOTICEABLE
    }

    /// Not known elsewhere.
    #[cfg(not(target_os = "linux"))]
    pub fn has_slept(&mut self) -> bool {
        self.ahead > Duration::MAX
    }
}

#[cfg(target_os = "linux")]
fn ahead() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let read = |clock| {
        let time = clock_gettime(clock);
        Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
    };
    read(ClockId::Boottime).saturating_sub(read(ClockId::Monotonic))
}

#[cfg(not(target_os = "linux"))]
fn ahead() -> Duration {
    Duration::ZERO
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_is_awake_did_not_sleep() {
        assert!(!SleepDetector::start().has_slept());
    }

    #[test]
    fn more_than_two_seconds_between_the_clocks_are_a_sleep_and_told_once() {
        let mut sleep = SleepDetector { ahead: Duration::from_secs(100) };
        assert!(!sleep.slept(Duration::from_secs(102)), "two seconds are none");
        assert!(sleep.slept(Duration::from_secs(105)));
        assert!(!sleep.slept(Duration::from_secs(105)));
        assert!(!sleep.slept(Duration::from_secs(104)), "a clock that was set back is no sleep");
    }
}
