//! Detects that the machine slept, by comparing a clock that includes sleep with one that does not.

use std::time::Duration;

/// The minimum length of a sleep.
#[cfg(target_os = "linux")]
const MIN_SLEEP: Duration = Duration::from_secs(2);

/// Compares the two clocks.
pub(crate) struct SleepDetector {
    /// The time that the machine has slept since it was started.
    asleep: Duration,
}

impl SleepDetector {
    /// Starts to detect sleep.
    #[must_use]
    pub(crate) fn start() -> Self {
        Self { asleep: time_asleep() }
    }

    /// Returns whether the machine has slept since the last call.
    #[cfg(target_os = "linux")]
    pub(crate) fn has_slept(&mut self) -> bool {
        self.update(time_asleep())
    }

    #[cfg(target_os = "linux")]
    fn update(&mut self, asleep: Duration) -> bool {
        let before = std::mem::replace(&mut self.asleep, asleep);
        asleep.saturating_sub(before) > MIN_SLEEP
    }

    /// Sleep is not detected on other systems.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn has_slept(&mut self) -> bool {
        self.asleep > Duration::MAX
    }
}

#[cfg(target_os = "linux")]
fn time_asleep() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let read = |clock| {
        let time = clock_gettime(clock);
        Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
    };
    read(ClockId::Boottime).saturating_sub(read(ClockId::Monotonic))
}

#[cfg(not(target_os = "linux"))]
fn time_asleep() -> Duration {
    Duration::ZERO
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn no_sleep_is_detected_while_awake() {
        assert!(!SleepDetector::start().has_slept());
    }

    #[test]
    fn more_than_two_seconds_of_sleep_are_reported_once() {
        let mut detector = SleepDetector { asleep: Duration::from_secs(100) };
        assert!(!detector.update(Duration::from_secs(102)), "two seconds do not count");
        assert!(detector.update(Duration::from_secs(105)));
        assert!(!detector.update(Duration::from_secs(105)));
        assert!(!detector.update(Duration::from_secs(104)), "a clock that was set back is no sleep");
    }
}
