//! Frames, sample rates, decibels and loudness: the units used by every other module.

use std::fmt;
use std::iter::Sum;
use std::num::NonZeroU32;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::time::Duration;

use serde::{Serialize, Serializer};

/// One stereo frame: the left and the right sample, with full scale at ±1.
pub type Frame = [f32; 2];

/// A frame of digital silence.
pub const SILENCE: Frame = [0.0; 2];

/// A number of frames, or a position counted in frames from the start of a timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frames(pub u64);

impl Frames {
    /// No frames; the position of the first frame.
    pub const ZERO: Self = Self(0);

    /// Returns `self - other`, or zero if `other` is greater.
    #[must_use]
    pub(crate) fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Returns the duration of these frames at `rate`, in seconds.
    #[must_use]
    pub fn seconds(self, rate: Rate) -> f64 {
        self.0 as f64 / f64::from(rate.hertz())
    }

    /// Returns the count as an index into a buffer. Counts beyond the address space saturate.
    #[must_use]
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// Returns these frames as milliseconds, rounded to the nearest.
    #[must_use]
    pub(crate) fn milliseconds(self, rate: Rate) -> u64 {
        const PER_SECOND: Rate = Rate(NonZeroU32::new(1_000).unwrap());
        rate.convert(self, PER_SECOND).0
    }
}

impl Add for Frames {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Frames {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Frames {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Frames {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.map(|frames| frames.0).sum())
    }
}

impl Serialize for Frames {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

/// A sample rate in frames per second, from 1 Hz to 768 kHz.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(NonZeroU32);

impl Rate {
    /// The highest rate of a clip or an output, in hertz.
    pub(crate) const MAX_HERTZ: u32 = 768_000;
    /// The default rate of a rendered file: 48 kHz.
    pub const DEFAULT: Self = Self(NonZeroU32::new(48_000).unwrap());

    /// Creates a rate from hertz. Returns `None` outside 1 to `Rate::MAX_HERTZ`.
    #[must_use]
    pub fn new(hertz: u32) -> Option<Self> {
        NonZeroU32::new(hertz).filter(|_| hertz <= Self::MAX_HERTZ).map(Self)
    }

    /// Returns the rate in hertz.
    #[must_use]
    pub fn hertz(self) -> u32 {
        self.0.get()
    }

    /// Returns the frame nearest to a time. Pass cumulative times, not lengths, so that rounding errors never add up.
    #[must_use]
    pub fn frames(self, time: Duration) -> Frames {
        const NANOSECONDS: u128 = 1_000_000_000;
        let scaled = time.as_nanos() * u128::from(self.hertz());
        Frames(u64::try_from((scaled + NANOSECONDS / 2) / NANOSECONDS).unwrap_or(u64::MAX))
    }

    /// Converts a number of frames at this rate to the nearest number of frames at the rate `to`.
    #[must_use]
    pub fn convert(self, frames: Frames, to: Self) -> Frames {
        let from = u128::from(self.hertz());
        let scaled = u128::from(frames.0) * u128::from(to.hertz());
        Frames(u64::try_from((scaled + from / 2) / from).unwrap_or(u64::MAX))
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.hertz())
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{} Hz", self.hertz())
    }
}

/// A gain in decibels.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Decibels(pub f64);

impl Decibels {
    /// The gain that changes nothing: 0 dB.
    pub const UNITY: Self = Self(0.0);

    /// Returns the gain that multiplies samples by this factor; minus infinity for zero.
    #[must_use]
    pub(crate) fn from_amplitude(factor: f64) -> Self {
        Self(20.0 * factor.log10())
    }

    /// Returns the factor by which this gain multiplies samples.
    #[must_use]
    pub(crate) fn amplitude(self) -> f64 {
        10_f64.powf(self.0 / 20.0)
    }
}

impl Add for Decibels {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Decibels {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Decibels {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Serialize for Decibels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

/// A loudness in LUFS, as ITU-R BS.1770 measures it.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Lufs(pub f64);

impl Sub for Lufs {
    type Output = Decibels;
    /// Returns the gain that brings a sound from the loudness `other` to this one.
    fn sub(self, other: Self) -> Decibels {
        Decibels(self.0 - other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cumulative_times_do_not_drift() {
        let rate = Rate::new(44_100).unwrap();
        let third = Duration::from_nanos(333_333_333);
        assert_eq!(rate.frames(third * 3_000), Frames(44_100_000));
    }

    #[test]
    fn conversion_rounds_to_the_nearest_frame() {
        let rate = Rate::new(44_100).unwrap();
        assert_eq!(rate.convert(Frames(441_000), Rate::DEFAULT), Frames(480_000));
        assert_eq!(Rate::DEFAULT.convert(Frames(1), rate), Frames(1));
    }

    #[test]
    fn minus_20_decibels_are_a_tenth() {
        assert!((Decibels(-20.0).amplitude() - 0.1).abs() < 1e-12);
        assert!((Decibels::from_amplitude(0.1).0 + 20.0).abs() < 1e-12);
    }
}
