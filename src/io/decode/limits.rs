//! The limits of a clip.

use crate::units::Rate;

/// The maximum number of channels of a clip.
pub(super) const MAX_CHANNELS: usize = 8;

/// The maximum length of a clip in frames: four hours.
pub(super) fn max_frames(rate: Rate) -> u64 {
    4 * 3600 * u64::from(rate.hertz())
}
