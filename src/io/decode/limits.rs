//! The limits of a clip.

use crate::units::Rate;

/// The maximum number of packets in a table: more than those of four hours of AAC at 192 kHz.
pub(super) const MAX_PACKETS: usize = 4_000_000;

/// The maximum number of channels of a clip.
pub(super) const MAX_CHANNELS: usize = 8;

/// The maximum absolute value of a sample: 60 dB above full scale. Floating-point samples may exceed full scale, which the gain of the
/// session compensates for; louder ones are not a recording.
pub(super) const MAX_SAMPLE: f32 = 1000.0;

/// Returns the maximum length of a clip in frames: four hours.
pub(super) fn max_frames(rate: Rate) -> u64 {
    4 * 3600 * u64::from(rate.hertz())
}
