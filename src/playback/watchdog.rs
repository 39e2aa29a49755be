//! Notices when a device asks for no more sound, though nobody calls that an error.

use std::time::{Duration, Instant};

/// A device that asks for nothing so long has gone.
const HANGS: Duration = Duration::from_secs(1);

/// What the device has asked for, to notice when it asks no more.
pub(crate) struct Beats {
    count: u64,
    changed: Instant,
    looked: Instant,
}

impl Beats {
    pub(crate) fn new(now: Instant) -> Self {
        Self { count: 0, changed: now, looked: now }
    }

    /// Whether nothing was asked for too long. Where nobody looked meanwhile, this program itself stood still, and nothing is
    /// known of the device.
    pub(crate) fn stand_still(&mut self, count: u64, now: Instant) -> bool {
        if count != self.count || now.duration_since(self.looked) > HANGS / 2 {
            (self.count, self.changed) = (count, now);
        }
        self.looked = now;
        now.duration_since(self.changed) > HANGS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a device is found to hang that gives these counts at these milliseconds.
    fn hangs(looks: &[(u64, u64)]) -> bool {
        let begun = Instant::now();
        let mut beats = Beats::new(begun);
        looks.iter().fold(false, |_, (at, count)| beats.stand_still(*count, begun + Duration::from_millis(*at)))
    }

    #[test]
    fn a_device_that_asks_for_nothing_for_a_second_hangs() {
        assert!(!hangs(&[(40, 1), (400, 1), (800, 1)]));
        assert!(hangs(&[(40, 1), (400, 1), (800, 1), (1_100, 1)]));
        assert!(!hangs(&[(40, 1), (400, 1), (800, 2), (1_100, 2), (1_500, 2)]));
    }

    #[test]
    fn a_program_that_was_stopped_itself_does_not_blame_the_device() {
        assert!(!hangs(&[(40, 1), (9_000, 1)]));
        assert!(hangs(&[(40, 1), (9_000, 1), (9_400, 1), (9_800, 1), (10_100, 1)]));
    }
}
