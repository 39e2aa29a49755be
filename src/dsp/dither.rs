//! Quantisation: to 16 bits with triangular dither, to 24 bits by rounding.
//!
//! The dither is a function of the frame number, so a frame is quantised to the same values in whichever block it is. A sample of
//! exactly zero stays zero: digital silence has no rounding error, so it needs no dither and stays silent.

use super::counter_rng::{random_bits, stream_key};
use crate::units::{Frame, Frames};

/// Quantisation steps from zero to full scale at 16 bits.
const FULL_SCALE_16: f32 = 32_768.0;
/// Quantisation steps from zero to full scale at 24 bits.
const FULL_SCALE_24: f64 = 8_388_608.0;
/// Adding this to an `f32` leaves the nearest integer in its lowest bits, which is the cheapest rounding in vector code.
const ROUNDING_16: f32 = 12_582_912.0;
/// The same for an `f64`.
const ROUNDING_24: f64 = 6_755_399_441_055_744.0;
/// Samples that are dithered side by side in vector code.
const LANES: usize = 16;
/// Bits of the frame number that are part of the key itself; the bits above select the stream.
const NUMBER_BITS: u32 = 31;
/// The random stream of the dither.
const STREAM: u32 = 0xd17e;

/// Quantises frames to 16 bits. `first` is the number of the first frame within the whole sound.
///
/// Each sample other than zero gets triangular dither (TPDF) from −1 to 1 steps before it is rounded, so that the mean and the power of
/// the error don't depend on the signal. Samples beyond full scale are clipped. If the slices differ in length, the shorter one counts.
pub(crate) fn to_16_bits(first: Frames, frames: &[Frame], quantised: &mut [[i16; 2]]) {
    let count = frames.len().min(quantised.len());
    let samples = frames[..count].as_flattened().chunks(LANES);
    let quantised = quantised[..count].as_flattened_mut().chunks_mut(LANES);
    for (group, (samples, quantised)) in samples.zip(quantised).enumerate() {
        let number = first.0 + (group * LANES / 2) as u64;
        if number >> NUMBER_BITS == (number + LANES as u64 / 2) >> NUMBER_BITS {
            dither_group((number as u32) << 1, stream_key(STREAM, number >> NUMBER_BITS), samples, quantised);
            continue;
        }
        // Within this group the stream changes, which happens about every twelve hours at 48 kHz.
        let frames = samples.chunks_exact(2).zip(quantised.chunks_exact_mut(2));
        for (number, (samples, quantised)) in (number..).zip(frames) {
            dither_group((number as u32) << 1, stream_key(STREAM, number >> NUMBER_BITS), samples, quantised);
        }
    }
}

/// Quantises frames to 24 bits by rounding. Samples beyond full scale are clipped.
pub(crate) fn to_24_bits(frames: &[Frame], quantised: &mut [[i32; 2]]) {
    for (frame, quantised) in frames.iter().zip(quantised) {
        *quantised = frame.map(round_to_24_bits);
    }
}

#[inline]
fn round_to_24_bits(sample: f32) -> i32 {
    // NaN becomes zero as well.
    let scaled = if sample.abs() > 0.0 { f64::from(sample) * FULL_SCALE_24 } else { 0.0 };
    let clipped = if scaled > FULL_SCALE_24 - 1.0 { FULL_SCALE_24 - 1.0 } else { scaled };
    let clipped = if clipped < -FULL_SCALE_24 { -FULL_SCALE_24 } else { clipped };
    (clipped + ROUNDING_24).to_bits() as i32
}

/// Quantises interleaved samples. The key of each is its position, counted in samples, combined with the key of the stream.
#[inline]
fn dither_group(position: u32, stream: u32, samples: &[f32], quantised: &mut [i16]) {
    if let (Ok(samples), Ok(quantised)) =
        (<&[f32; LANES]>::try_from(samples), <&mut [i16; LANES]>::try_from(&mut *quantised))
    {
        for lane in 0..LANES {
            quantised[lane] = dither_to_16_bits(samples[lane], position.wrapping_add(lane as u32) ^ stream);
        }
        return;
    }
    for (lane, (sample, quantised)) in samples.iter().zip(quantised).enumerate() {
        *quantised = dither_to_16_bits(*sample, position.wrapping_add(lane as u32) ^ stream);
    }
}

#[inline]
fn dither_to_16_bits(sample: f32, key: u32) -> i16 {
    const STEP: f32 = 1.0 / 65_536.0;
    let bits = random_bits(key);
    let triangular = ((bits >> 16).cast_signed() - (bits & 0xffff).cast_signed()) as f32 * STEP;
    let scaled = if sample.abs() > 0.0 { sample * FULL_SCALE_16 + triangular } else { 0.0 };
    let clipped = if scaled > FULL_SCALE_16 - 1.0 { FULL_SCALE_16 - 1.0 } else { scaled };
    let clipped = if clipped < -FULL_SCALE_16 { -FULL_SCALE_16 } else { clipped };
    (clipped + ROUNDING_16).to_bits() as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SILENCE;
    use proptest::prelude::*;

    fn errors(frames: &[Frame]) -> Vec<f64> {
        let mut numbers = vec![[0; 2]; frames.len()];
        to_16_bits(Frames(5), frames, &mut numbers);
        let pairs = numbers.as_flattened().iter().zip(frames.as_flattened());
        pairs.map(|(number, sample)| f64::from(*number) - f64::from(*sample) * 32_768.0).collect()
    }

    #[test]
    fn silence_stays_silent() {
        let mut numbers = [[1; 2]; 1_000];
        to_16_bits(Frames(77), &[SILENCE; 1_000], &mut numbers);
        assert_eq!(numbers, [[0; 2]; 1_000]);
        let mut numbers = [[1; 2]; 10];
        to_24_bits(&[[-0.0, 0.0]; 10], &mut numbers);
        assert_eq!(numbers, [[0; 2]; 10]);
    }

    #[test]
    fn nan_is_silent() {
        let mut numbers = [[1; 2]; 1];
        to_16_bits(Frames::ZERO, &[[f32::NAN; 2]], &mut numbers);
        assert_eq!(numbers, [[0; 2]]);
    }

    #[test]
    fn samples_beyond_full_scale_are_clipped() {
        let mut numbers = [[0; 2]; 3];
        to_16_bits(Frames::ZERO, &[[1.5, -1.5], [f32::INFINITY, f32::NEG_INFINITY], [9.0, -1.1]], &mut numbers);
        assert_eq!(numbers, [[i16::MAX, i16::MIN]; 3]);
        let mut numbers = [[0; 2]; 1];
        to_24_bits(&[[1.5, -1.5]], &mut numbers);
        assert_eq!(numbers, [[8_388_607, -8_388_608]]);
    }

    #[test]
    fn the_error_does_not_depend_on_the_signal() {
        for between in [0.01_f32, 0.25, 0.5, 0.8] {
            let errors = errors(&vec![[(between + 3.0) / 32_768.0; 2]; 50_000]);
            let mean = errors.iter().sum::<f64>() / errors.len() as f64;
            let power = errors.iter().map(|error| error * error).sum::<f64>() / errors.len() as f64;
            assert!(mean.abs() < 0.01, "{between}: {mean}");
            // Two uniform distributions and the rounding error: three twelfths.
            assert!((power - 0.25).abs() < 0.01, "{between}: {power}");
        }
    }

    #[test]
    fn the_noise_is_white_and_uncorrelated_between_the_channels() {
        let errors = errors(&vec![[0.1, 0.1]; 60_000]);
        for distance in [1, 2, 3, 4, 8, 16, 64, 128, 1_024, 4_096] {
            let pairs = errors.iter().zip(&errors[distance..]);
            let shared = pairs.map(|(first, second)| first * second).sum::<f64>() / (errors.len() - distance) as f64;
            assert!(shared.abs() < 0.01, "{distance}: {shared}");
        }
    }

    proptest! {
        #[test]
        fn block_size_and_position_make_no_difference(first in 0_u64..1 << 40, at in 0_usize..500) {
            let frames: Vec<Frame> = (0..500).map(|place| [(place as f32 * 0.1).sin(), (place as f32 * 0.07).cos()]).collect();
            let mut whole = vec![[0; 2]; 500];
            to_16_bits(Frames(first), &frames, &mut whole);
            let mut pieces = vec![[0; 2]; 500];
            to_16_bits(Frames(first), &frames[..at], &mut pieces[..at]);
            to_16_bits(Frames(first + at as u64), &frames[at..], &mut pieces[at..]);
            prop_assert_eq!(whole, pieces);
        }

        #[test]
        fn the_error_stays_within_a_step_and_a_half(sample in -0.9999_f32..0.9999) {
            prop_assert!(errors(&[[sample; 2]; 64]).iter().all(|error| error.abs() <= 1.501));
            let mut numbers = [[0; 2]; 1];
            to_24_bits(&[[sample; 2]], &mut numbers);
            prop_assert!((f64::from(numbers[0][0]) - f64::from(sample) * 8_388_608.0).abs() <= 0.5);
        }
    }
}
