//! The ranges of the numbers that describe a bell.

use std::ops::RangeInclusive;

/// The maximum length of a strike in seconds: the longest t60 plus the time to rise.
pub(super) const MAX_SECONDS: f64 = 130.0;

pub(super) const GAIN_DB: RangeInclusive<f64> = -120.0..=24.0;
pub(super) const AUDIBLE_HZ: RangeInclusive<f64> = 20.0..=20_000.0;
pub(super) const SHARE: RangeInclusive<f64> = 0.0..=1.0;
pub(super) const CONTACT_MS: RangeInclusive<f64> = 0.01..=100.0;
pub(super) const BRIGHTNESS_EXPONENT: RangeInclusive<f64> = 0.0..=4.0;
pub(super) const LENGTH_S: RangeInclusive<f64> = 0.05..=MAX_SECONDS;
pub(super) const PARTIAL_COUNT: RangeInclusive<usize> = 1..=64;
/// For any fundamental. For a given one, its partials must be audible as well.
pub(super) const RATIO: RangeInclusive<f64> = 0.001..=1_000.0;
pub(super) const T60_S: RangeInclusive<f64> = 0.01..=120.0;
pub(super) const BEAT_HZ: RangeInclusive<f64> = 0.0..=20.0;
pub(super) const PAN: RangeInclusive<f64> = -1.0..=1.0;
pub(super) const ATTACK_MS: RangeInclusive<f64> = 1.0..=5_000.0;
pub(super) const DECAY_MS: RangeInclusive<f64> = 0.1..=1_000.0;
pub(super) const THUD_ATTACK_MS: RangeInclusive<f64> = 1.0..=1_000.0;
