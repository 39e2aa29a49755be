//! From samples to whole numbers: 16 bit with triangular dither, 24 bit by rounding.
//!
//! The dither is keyed by the frame's number, so that a frame becomes the same numbers whichever block it is in. A sample that is
//! exactly nought stays nought: digital silence stays silent, and needs no dither, as it has nothing to round.

use super::keyed;
use crate::units::{Frame, Frames};

/// Steps from nought to full scale at 16 bits.
const FULL_16: f32 = 32_768.0;
/// Steps from nought to full scale at 24 bits.
const FULL_24: f64 = 8_388_608.0;
/// Added to a float, it leaves the nearest whole number in the lowest bits: the rounding that is cheapest in vectors.
const ROUNDING_16: f32 = 12_582_912.0;
/// The same for a float of double length.
const ROUNDING_24: f64 = 6_755_399_441_055_744.0;
/// Samples that are dithered side by side.
const LANES: usize = 16;
/// Bits of a frame's number that make up a key without its series.
const NUMBER_BITS: u32 = 31;
/// Tells the noise of dither from other noise.
const KEY: u32 = 0xd17e;

/// Frames as 16-bit numbers, left and right. `first` is the number of the first frame in the whole sound.
///
/// To each sample that is not nought the difference of two even chances is added, from −1 to 1 steps (TPDF), and it is rounded. So the
/// error's mean and power don't depend on the sound. What exceeds full scale is held there. Where the blocks differ in length, the
/// shorter one counts.
pub fn to_16_bits(first: Frames, frames: &[Frame], numbers: &mut [[i16; 2]]) {
    let count = frames.len().min(numbers.len());
    let samples = frames[..count].as_flattened().chunks(LANES);
    let numbers = numbers[..count].as_flattened_mut().chunks_mut(LANES);
    for (group, (samples, numbers)) in samples.zip(numbers).enumerate() {
        let number = first.0 + (group * LANES / 2) as u64;
        if number >> NUMBER_BITS == (number + LANES as u64 / 2) >> NUMBER_BITS {
            dither_group((number as u32) << 1, keyed::series(KEY, number >> NUMBER_BITS), samples, numbers);
            continue;
        }
        // A group in which the upper part of the number changes, once in half a day.
        let frames = samples.chunks_exact(2).zip(numbers.chunks_exact_mut(2));
        for (number, (samples, numbers)) in (number..).zip(frames) {
            dither_group((number as u32) << 1, keyed::series(KEY, number >> NUMBER_BITS), samples, numbers);
        }
    }
}

/// Frames as 24-bit numbers, left and right: rounded to the nearest, and held at full scale.
pub fn to_24_bits(frames: &[Frame], numbers: &mut [[i32; 2]]) {
    for (frame, numbers) in frames.iter().zip(numbers) {
        *numbers = frame.map(rounded);
    }
}

#[inline]
fn rounded(sample: f32) -> i32 {
    // What is not a number is silent too.
    let scaled = if sample.abs() > 0.0 { f64::from(sample) * FULL_24 } else { 0.0 };
    let held = if scaled > FULL_24 - 1.0 { FULL_24 - 1.0 } else { scaled };
    let held = if held < -FULL_24 { -FULL_24 } else { held };
    (held + ROUNDING_24).to_bits() as i32
}

/// Samples in their order, left and right by turns; `place` is the first one's, of which `series` holds the upper part.
#[inline]
fn dither_group(place: u32, series: u32, samples: &[f32], numbers: &mut [i16]) {
    if let (Ok(samples), Ok(numbers)) =
        (<&[f32; LANES]>::try_from(samples), <&mut [i16; LANES]>::try_from(&mut *numbers))
    {
        for lane in 0..LANES {
            numbers[lane] = quantised(samples[lane], place.wrapping_add(lane as u32) ^ series);
        }
        return;
    }
    for (lane, (sample, number)) in samples.iter().zip(numbers).enumerate() {
        *number = quantised(*sample, place.wrapping_add(lane as u32) ^ series);
    }
}

#[inline]
fn quantised(sample: f32, key: u32) -> i16 {
    const STEP: f32 = 1.0 / 65_536.0;
    let chance = keyed::bits(key);
    let triangular = ((chance >> 16).cast_signed() - (chance & 0xffff).cast_signed()) as f32 * STEP;
    let scaled = if sample.abs() > 0.0 { sample * FULL_16 + triangular } else { 0.0 };
    let held = if scaled > FULL_16 - 1.0 { FULL_16 - 1.0 } else { scaled };
    let held = if held < -FULL_16 { -FULL_16 } else { held };
    (held + ROUNDING_16).to_bits() as i16
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
    fn what_is_not_a_number_is_silent() {
        let mut numbers = [[1; 2]; 1];
        to_16_bits(Frames::ZERO, &[[f32::NAN; 2]], &mut numbers);
        assert_eq!(numbers, [[0; 2]]);
    }

    #[test]
    fn full_scale_is_held() {
        let mut numbers = [[0; 2]; 3];
        to_16_bits(Frames::ZERO, &[[1.5, -1.5], [f32::INFINITY, f32::NEG_INFINITY], [9.0, -1.1]], &mut numbers);
        assert_eq!(numbers, [[i16::MAX, i16::MIN]; 3]);
        let mut numbers = [[0; 2]; 1];
        to_24_bits(&[[1.5, -1.5]], &mut numbers);
        assert_eq!(numbers, [[8_388_607, -8_388_608]]);
    }

    #[test]
    fn the_error_is_the_same_wherever_a_sample_lies_between_two_steps() {
        for between in [0.01_f32, 0.25, 0.5, 0.8] {
            let errors = errors(&vec![[(between + 3.0) / 32_768.0; 2]; 50_000]);
            let mean = errors.iter().sum::<f64>() / errors.len() as f64;
            let power = errors.iter().map(|error| error * error).sum::<f64>() / errors.len() as f64;
            assert!(mean.abs() < 0.01, "{between}: {mean}");
            // Two even chances and rounding: three times a twelfth.
            assert!((power - 0.25).abs() < 0.01, "{between}: {power}");
        }
    }

    #[test]
    fn the_noise_is_white_and_differs_between_the_ears() {
        let errors = errors(&vec![[0.1, 0.1]; 60_000]);
        for distance in [1, 2, 3, 4, 8, 16, 64, 128, 1_024, 4_096] {
            let pairs = errors.iter().zip(&errors[distance..]);
            let shared = pairs.map(|(first, second)| first * second).sum::<f64>() / (errors.len() - distance) as f64;
            assert!(shared.abs() < 0.01, "{distance}: {shared}");
        }
    }

    proptest! {
        #[test]
        fn blocks_and_positions_make_no_difference(first in 0_u64..1 << 40, at in 0_usize..500) {
            let frames: Vec<Frame> = (0..500).map(|place| [(place as f32 * 0.1).sin(), (place as f32 * 0.07).cos()]).collect();
            let mut whole = vec![[0; 2]; 500];
            to_16_bits(Frames(first), &frames, &mut whole);
            let mut pieces = vec![[0; 2]; 500];
            to_16_bits(Frames(first), &frames[..at], &mut pieces[..at]);
            to_16_bits(Frames(first + at as u64), &frames[at..], &mut pieces[at..]);
            prop_assert_eq!(whole, pieces);
        }

        #[test]
        fn no_error_exceeds_a_step_and_a_half(sample in -0.9999_f32..0.9999) {
            prop_assert!(errors(&[[sample; 2]; 64]).iter().all(|error| error.abs() <= 1.501));
            let mut numbers = [[0; 2]; 1];
            to_24_bits(&[[sample; 2]], &mut numbers);
            prop_assert!((f64::from(numbers[0][0]) - f64::from(sample) * 8_388_608.0).abs() <= 0.5);
        }
    }
}
