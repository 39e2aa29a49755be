//! The buffer of a device.

use std::time::Duration;

use crate::units::{Frames, Rate};

/// The buffer between the callback and the listener, in frames at the rate of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DeviceBuffer {
    pub(super) rate: Rate,
    /// The number of frames that the device requests at once.
    pub(super) period: Frames,
    /// The number of frames in the device just after a request.
    pub(super) capacity: Frames,
}

impl DeviceBuffer {
    /// Returns for how many frames the device had nothing to play, given the time since its last request.
    pub(super) fn missed_frames(self, since_request: Duration) -> Frames {
        self.rate.frames(since_request).saturating_sub(self.capacity)
    }

    /// Returns how many frames are still unplayed, given the time since the last request. If a period had been played, the device would have
    /// requested more.
    pub(super) fn unheard_frames(self, since_request: Duration) -> Frames {
        self.capacity.saturating_sub(self.rate.frames(since_request).min(self.period))
    }
}

/// How long the meter observes a device after its first request. The device fills its buffer immediately; later, the drift between its
/// clock and ours would matter.
const OBSERVATION: Duration = Duration::from_millis(500);
/// The maximum plausible buffer. A device without a clock requests as fast as possible, and buffers nothing.
const MAX_CAPACITY: Duration = Duration::from_secs(1);

/// Measures the buffer of a device by the speed of its first requests. A sound system may grant another buffer than was requested without
/// reporting it.
#[derive(Clone, Copy, Debug)]
pub(super) struct CapacityMeter {
    rate: Rate,
    first_request: Option<Duration>,
    last_request: Duration,
    /// The capacity, assuming that the device plays at the nominal rate.
    level: Frames,
}

impl CapacityMeter {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, first_request: None, last_request: Duration::ZERO, level: Frames::ZERO }
    }

    /// Records that the device took this many frames at a time, and returns the capacity, while it can be measured.
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
    fn a_late_device_misses_the_time_beyond_its_buffer() {
        assert_eq!(BUFFER.missed_frames(milliseconds(10)), Frames::ZERO);
        assert_eq!(BUFFER.missed_frames(milliseconds(20)), Frames::ZERO);
        assert_eq!(BUFFER.missed_frames(milliseconds(25)), Frames(240));
    }

    #[test]
    fn the_unheard_sound_is_between_a_period_and_the_whole_buffer() {
        assert_eq!(BUFFER.unheard_frames(Duration::ZERO), Frames(960));
        assert_eq!(BUFFER.unheard_frames(milliseconds(5)), Frames(720));
        assert_eq!(BUFFER.unheard_frames(milliseconds(500)), Frames(480));
    }

    /// Returns the largest capacity measured for a device that requests this many frames at each of these times.
    fn measure(requests: impl IntoIterator<Item = (u64, u64)>) -> Frames {
        let mut meter = CapacityMeter::new(Rate::DEFAULT);
        let levels = requests.into_iter().filter_map(|(at, frames)| meter.note(milliseconds(at), Frames(frames)));
        levels.max().unwrap()
    }

    #[test]
    fn the_capacity_is_the_initial_amount_taken_by_a_device() {
        // Three periods at first, then one every 10 ms; one request is late, and the next compensates for it.
        let late = [(0, 480), (0, 480), (0, 480), (10, 480), (28, 480), (30, 480), (40, 480)];
        assert_eq!(measure(late), Frames(1_440));
        assert_eq!(measure([(0, 480), (10, 480), (20, 480)]), Frames(480));
    }

    #[test]
    fn clock_drift_does_not_increase_the_capacity() {
        // A device that is 5 % too fast, for an hour.
        let requests = (0..360_000).map(|number| (number * 10, if number == 0 { 960 } else { 504 }));
        assert!(measure(requests) < Frames(960 + 50 * 24 + 480));
    }

    #[test]
    fn a_device_without_a_clock_holds_no_more_than_a_second() {
        assert_eq!(measure((0..1_000).map(|_| (0, 4_800))), Frames(48_000));
    }
}
