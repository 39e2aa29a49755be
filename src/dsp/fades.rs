//! The shape of all fades.

use std::f32::consts::FRAC_PI_2;

/// Returns the raised cosine `sin²(π/2 · position)` for positions from 0 to 1; 0 before and 1 after. As the gain of a fade it starts
/// and ends with a slope of zero.
///
/// The result is exact at both ends, symmetric, and within 2⁻²² elsewhere, with full relative precision for small values. It is a short
/// polynomial, cheap enough for every sample in an audio callback.
#[inline]
pub(crate) fn raised_cosine(position: f32) -> f32 {
    let position = position.clamp(0.0, 1.0);
    let nearer_end = position.min(1.0 - position);
    let sine = quarter_sine(nearer_end);
    let square = sine * sine;
    if position > 0.5 { 1.0 - square } else { square }
}

/// Returns `sin(π/2 · x)` for x from 0 to ½, by the Taylor series up to the ninth power.
#[inline]
fn quarter_sine(x: f32) -> f32 {
    let square = x * x;
    x * (FRAC_PI_2
        + square * (-0.645_964_1 + square * (0.079_692_63 + square * (-0.004_681_754 + square * 0.000_160_441))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_exact_at_both_ends_and_constant_beyond() {
        assert_eq!(raised_cosine(0.0), 0.0);
        assert_eq!(raised_cosine(1.0), 1.0);
        assert_eq!(raised_cosine(-3.0), 0.0);
        assert_eq!(raised_cosine(3.0), 1.0);
        assert!((raised_cosine(0.5) - 0.5).abs() < 1e-7);
    }

    proptest! {
        #[test]
        fn it_is_close_to_the_exact_cosine(position in 0.0_f32..=1.0) {
            let exact = 0.5 - 0.5 * (std::f64::consts::PI * f64::from(position)).cos();
            prop_assert!((f64::from(raised_cosine(position)) - exact).abs() < 2.4e-7);
        }
    }
}
