//! Frames, rates, decibels and loudness: the measures that every other module speaks in.

use std::fmt;
use std::iter::Sum;
use std::num::NonZeroU32;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::time::Duration;

use serde::{Serialize, Serializer};

/// One frame of stereo sound: left and right, full scale at ±1.
pub type Frame = [f32; 2];

/// A frame of digital silence.
pub const SILENCE: Frame = [0.0; 2];

/// A count of frames, or a position counted in frames from the start of a programme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frames(pub u64);

impl Frames {
    /// No frames.
    pub const ZERO: Self = Self(0);

    /// What is left after taking `other` away, or nothing.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The seconds that these frames last at `rate`.
    #[must_use]
    pub fn seconds(self, rate: Rate) -> f64 {
        self.0 as f64 / f64::from(rate.hertz())
    }

    /// As an index into a buffer. Counts beyond the address space saturate.
    #[must_use]
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
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

/// Frames a second, from 1 Hz to 768 kHz.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(NonZeroU32);

impl Rate {
    /// The highest rate that any clip or output may have, in hertz.
    pub const HIGHEST: u32 = 768_000;
    /// The rate of a rendered file unless another is asked for: 48 kHz.
    pub const DEFAULT: Self = Self(NonZeroU32::new(48_000).unwrap());

    /// A rate of so many hertz, or `None` outside 1 to [`Rate::HIGHEST`].
    #[must_use]
    pub fn new(hertz: u32) -> Option<Self> {
        NonZeroU32::new(hertz).filter(|_| hertz <= Self::HIGHEST).map(Self)
    }

    /// In hertz.
    #[must_use]
    pub fn hertz(self) -> u32 {
        self.0.get()
    }

    /// The frame nearest to a moment. Meant for cumulative moments, so that roundings never add up.
    #[must_use]
    pub fn frames(self, moment: Duration) -> Frames {
        const NANOSECONDS: u128 = 1_000_000_000;
        let scaled = moment.as_nanos() * u128::from(self.hertz());
        Frames(u64::try_from((scaled + NANOSECONDS / 2) / NANOSECONDS).unwrap_or(u64::MAX))
    }

    /// How many frames `frames` frames of this rate become at the rate `to`: the nearest whole number.
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
    /// The gain that changes nothing.
    pub const UNITY: Self = Self(0.0);

    /// The factor that samples are multiplied by.
    #[must_use]
    pub fn amplitude(self) -> f64 {
        10_f64.powf(self.0 / 20.0)
    }

    /// The gain of a factor; minus infinity for nought.
    #[must_use]
    pub fn from_amplitude(amplitude: f64) -> Self {
        Self(20.0 * amplitude.abs().log10())
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
pub struct Loudness(pub f64);

impl Sub for Loudness {
    type Output = Decibels;
    /// The gain that leads from `other` to this loudness.
    fn sub(self, other: Self) -> Decibels {
        Decibels(self.0 - other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_a_second_does_not_drift() {
        let rate = Rate::new(44_100).unwrap();
        let third = Duration::from_nanos(333_333_333);
        assert_eq!(rate.frames(third * 3_000), Frames(44_100_000));
    }

    #[test]
    fn conversion_takes_the_nearest_frame() {
        let rate = Rate::new(44_100).unwrap();
        assert_eq!(rate.convert(Frames(441_000), Rate::DEFAULT), Frames(480_000));
        assert_eq!(Rate::DEFAULT.convert(Frames(1), rate), Frames(1));
    }

    #[test]
    fn decibels_and_amplitudes_agree() {
        assert!((Decibels(-20.0).amplitude() - 0.1).abs() < 1e-12);
        assert!((Decibels::from_amplitude(0.1).0 + 20.0).abs() < 1e-12);
    }
}
