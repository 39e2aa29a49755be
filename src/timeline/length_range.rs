//! The lengths that a session can be fitted to.

use std::time::Duration;

/// The shortest and the longest length that a session can be fitted to, exact to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthRange {
    /// The length with every silence at its minimum.
    pub shortest: Duration,
    /// The length with every silence at its maximum, and at most 24 hours.
    pub longest: Duration,
}

impl LengthRange {
    /// Returns the shortest and the longest length in whole seconds that lie in the range. If there is none, the first is greater
    /// than the second.
    #[must_use]
    pub fn rounded_to_seconds(self) -> (Duration, Duration) {
        let up = self.shortest.as_secs() + u64::from(self.shortest.subsec_nanos() > 0);
        (Duration::from_secs(up), Duration::from_secs(self.longest.as_secs()))
    }

    /// Returns the shortest and the longest length to suggest to a listener: in whole seconds if any lie in the range, otherwise in
    /// milliseconds. Returns `None` if the range does not contain a whole millisecond.
    #[must_use]
    pub(crate) fn suggested(self) -> Option<(Duration, Duration)> {
        let milliseconds =
            |duration: Duration| Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
        let up = milliseconds(self.shortest + Duration::from_nanos(999_999));
        [self.rounded_to_seconds(), (up, milliseconds(self.longest))]
            .into_iter()
            .find(|(shortest, longest)| shortest <= longest)
    }
}
