//! How much a device holds, and what follows from it.

use std::time::Duration;

use crate::units::{Frames, Rate};

/// What a device holds between the callback and the listener, in frames at the rate of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DeviceBuffer {
    pub(super) rate: Rate,
    /// How many frames the device asks for at once.
    pub(super) period: Frames,
    /// How many frames the device holds just after it has asked.
    pub(super) capacity: Frames,
}

impl DeviceBuffer {
    /// For how many frames a device had nothing to play if it last asked this long ago.
    pub(super) fn missed_frames(self, since_request: Duration) -> Frames {
        self.rate.frames(since_request).saturating_sub(self.capacity)
    }

    /// How many frames a device that last asked this long ago has not played yet. Had it played more than a period, it would have asked
    /// again.
    pub(super) fn unheard_frames(self, since_request: Duration) -> Frames {
        self.capacity.saturating_sub(self.rate.frames(since_request).min(self.period))
    }
}

/// How long the meter observes a device after its first request. It fills its buffer at once, and later its clock and ours would drift
/// apart.
const OBSERVATION: Duration = Duration::from_millis(500);
/// The largest buffer that is believed. A device without a clock asks as fast as it can, and holds nothing.
const MAX_CAPACITY: Duration = Duration::from_secs(1);

/// Measures how much a device holds by how fast it asks at first. A sound system may grant another buffer than was requested, and not
/// every one says so.
#[derive(Clone, Copy, Debug)]
pub(super) struct CapacityMeter {
    rate: Rate,
    first_request: Option<Duration>,
    last_request: Duration,
    /// What the device holds if it plays at the nominal rate.
    level: Frames,
}

impl CapacityMeter {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, first_request: None, last_request: Duration::ZERO, level: Frames::ZERO }
    }

    /// Notes that the device took this many frames at a time, and returns how much it then holds, while that can be told.
    pub(super) fn note(&mut self, now: Duration, frames: Frames) -> Option<Frames> {
        let first = *self.first_request.get_or_insert(now);
        if now.saturating_sub(first) > OBSERVATION {
            return None;
        }
        let played = self.rate.frames(now.saturating_sub(self.last_request));
        self.level = self.level.saturating_sub(played) + frames;
        self.last_request = now;
        Some(self.level.min(self.rate.frames(MAX_CAPACITY)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    const BUFFER: DeviceBuffer = DeviceBuffer { rate: Rate::DEFAULT, period: Frames(480), capacity: Frames(960) };

    #[test]
    fn a_device_that_asks_in_time_has_missed_nothing_and_a_late_one_what_is_beyond_its_buffer() {
        assert_eq!(BUFFER.missed_frames(milliseconds(10)), Frames::ZERO);
        assert_eq!(BUFFER.missed_frames(milliseconds(20)), Frames::ZERO);
        assert_eq!(BUFFER.missed_frames(milliseconds(25)), Frames(240));
    }

    #[test]
    fn what_is_unheard_is_between_a_period_and_the_whole_buffer() {
        assert_eq!(BUFFER.unheard_frames(Duration::ZERO), Frames(960));
        assert_eq!(BUFFER.unheard_frames(milliseconds(5)), Frames(720));
        assert_eq!(BUFFER.unheard_frames(milliseconds(500)), Frames(480));
    }

    /// The largest capacity that the meter saw of a device that asks for so many frames at each of these moments.
    fn measure(requests: impl IntoIterator<Item = (u64, u64)>) -> Frames {
        let mut meter = CapacityMeter::new(Rate::DEFAULT);
        let levels = requests.into_iter().filter_map(|(at, frames)| meter.note(milliseconds(at), Frames(frames)));
        levels.max().unwrap()
    }

    #[test]
    fn the_capacity_is_what_a_device_takes_at_once() {
        // Three periods at first, then one each 10 ms; one request is late, and the next makes up for it.
        let late = [(0, 480), (0, 480), (0, 480), (10, 480), (28, 480), (30, 480), (40, 480)];
        assert_eq!(measure(late), Frames(1_440));
        assert_eq!(measure([(0, 480), (10, 480), (20, 480)]), Frames(480));
    }

    #[test]
    fn a_clock_that_drifts_does_not_make_the_capacity_grow() {
        // A device that is 5 % too fast, for an hour.
        let requests = (0..360_000).map(|number| (number * 10, if number == 0 { 960 } else { 504 }));
        assert!(measure(requests) < Frames(960 + 50 * 24 + 480));
    }

    #[test]
    fn a_device_without_a_clock_holds_no_more_than_a_second() {
        assert_eq!(measure((0..1_000).map(|_| (0, 4_800))), Frames(48_000));
    }
}
