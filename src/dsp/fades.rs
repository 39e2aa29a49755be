//! The one shape of every fade: the raised cosine, which begins and ends without a corner.

use std::f32::consts::FRAC_PI_2;

use crate::units::Frames;

/// The raised cosine: 0 at position 0, 1 at position 1, `sin²(π/2 · position)` between, held beyond.
///
/// Exact at both ends, symmetric, within 2⁻²² elsewhere, and precise for the smallest values too. It is a short polynomial, cheap enough
/// for every sample of an audio callback. `position` has no unit: the part of the fade that has gone by.
#[must_use]
#[inline]
pub fn raised_cosine(position: f32) -> f32 {
    let position = position.clamp(0.0, 1.0);
    let nearer_end = position.min(1.0 - position);
    let sine = quarter_sine(nearer_end);
    let square = sine * sine;
    if position > 0.5 { 1.0 - square } else { square }
}

/// `sin(π/2 · x)` for x from 0 to ½: the series of the sine to the ninth power.
#[inline]
fn quarter_sine(x: f32) -> f32 {
    let square = x * x;
    x * (FRAC_PI_2
        + square * (-0.645_964_1 + square * (0.079_692_63 + square * (-0.004_681_754 + square * 0.000_160_441))))
}

/// A change of gain from one factor to another along a raised cosine.
///
/// What it gives is a pure function of the frame, so that a fade can be turned round anywhere: start the new one from
/// [`Ramp::gain`] of the old.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    from: f32,
    to: f32,
    length: Frames,
    per_frame: f32,
}

impl Ramp {
    /// A ramp between two factors over so many frames; over none, it is at `to` from the start.
    #[must_use]
    pub fn new(from: f32, to: f32, length: Frames) -> Self {
        let per_frame = if length == Frames::ZERO { 0.0 } else { 1.0 / length.0 as f32 };
        Self { from, to, length, per_frame }
    }

    /// The factor so many frames after the ramp's first: exactly `from` at 0, exactly `to` from `length` on.
    #[must_use]
    #[inline]
    pub fn gain(&self, after: Frames) -> f32 {
        if after >= self.length {
            return self.to;
        }
        self.from + (self.to - self.from) * raised_cosine(after.0 as f32 * self.per_frame)
    }

    /// How many frames it takes.
    #[must_use]
    pub fn length(&self) -> Frames {
        self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ends_are_exact_and_held() {
        assert_eq!(raised_cosine(0.0), 0.0);
        assert_eq!(raised_cosine(1.0), 1.0);
        assert_eq!(raised_cosine(-3.0), 0.0);
        assert_eq!(raised_cosine(3.0), 1.0);
        assert!((raised_cosine(0.5) - 0.5).abs() < 1e-7);
    }

    #[test]
    fn a_ramp_of_no_length_is_at_its_end() {
        assert_eq!(Ramp::new(0.0, 0.5, Frames::ZERO).gain(Frames::ZERO), 0.5);
    }

    proptest! {
        #[test]
        fn it_follows_the_cosine(position in 0.0_f32..=1.0) {
            let exact = 0.5 - 0.5 * (std::f64::consts::PI * f64::from(position)).cos();
            prop_assert!((f64::from(raised_cosine(position)) - exact).abs() < 2.4e-7);
        }

        #[test]
        fn a_ramp_starts_and_ends_where_it_says(from in 0.0_f32..2.0, to in 0.0_f32..2.0, length in 1_u64..100_000) {
            let ramp = Ramp::new(from, to, Frames(length));
            prop_assert_eq!(ramp.gain(Frames::ZERO), from);
            prop_assert_eq!(ramp.gain(Frames(length)), to);
            prop_assert_eq!(ramp.gain(Frames(u64::MAX)), to);
        }

        #[test]
        fn a_ramp_never_steps_more_than_its_slope(length in 2_u64..50_000, part in 0.0_f64..1.0) {
            let ramp = Ramp::new(1.0, 0.0, Frames(length));
            let at = (part * length as f64) as u64;
            let step = (ramp.gain(Frames(at)) - ramp.gain(Frames(at + 1))).abs();
            prop_assert!(f64::from(step) <= 1.02 * std::f64::consts::FRAC_PI_2 / length as f64 + 3e-7);
        }
    }
}
