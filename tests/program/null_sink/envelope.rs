//! The amplitude of a pure tone at each sample, and the length of its ramps.

use crate::support::rig::{Frame, RATE};

/// The frequency of the tone.
pub(crate) const HERTZ: f64 = 440.0;

/// Returns the largest step between two samples.
pub(crate) fn largest_step(heard: &[Frame]) -> f32 {
    heard.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f32::max)
}

/// Returns the largest step between two samples of the tone at an amplitude.
pub(crate) fn tone_step(amplitude: f32) -> f32 {
    (f64::from(amplitude) * 2.0 * (std::f64::consts::PI * HERTZ / RATE as f64).sin()) as f32
}

/// Returns the amplitude at each sample: the hypotenuse of the sample and the scaled slope around it.
pub(crate) fn envelope(heard: &[Frame]) -> Vec<f32> {
    let turn = std::f64::consts::TAU * HERTZ / RATE as f64;
    let scale = (1.0 / (2.0 * turn.sin())) as f32;
    heard.windows(3).map(|three| three[1][0].hypot((three[2][0] - three[0][0]) * scale)).collect()
}

/// A ramp to or from silence, with its length in frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RampShape {
    Down(usize),
    Up(usize),
}

/// Returns every ramp between silence and the full amplitude. A ramp is measured from a tenth to nine tenths of the amplitude, which is
/// 0.5903 of the length of a raised cosine.
pub(crate) fn ramps(envelope: &[f32], full: f32) -> Vec<RampShape> {
    const PART: f64 = 0.590_3;
    let (mut ramps, mut crossed) = (Vec::new(), None);
    for (at, pair) in envelope.windows(2).enumerate() {
        for (level, is_high) in [(0.9 * full, true), (0.1 * full, false)] {
            if (pair[0] < level) == (pair[1] < level) {
                continue;
            }
            let falls = pair[1] < level;
            if let Some((before, was_high, fell)) = crossed
                && was_high != is_high
                && fell == falls
            {
                let whole = ((at - before) as f64 / PART).round() as usize;
                ramps.push(if falls { RampShape::Down(whole) } else { RampShape::Up(whole) });
            }
            crossed = Some((at, is_high, falls));
        }
    }
    ramps
}

/// Fails if the ramps differ from the expected ones by more than a hundredth of their length.
#[track_caller]
pub(crate) fn assert_ramps(ramps: &[RampShape], expected: &[RampShape]) {
    let is_near = |one: usize, other: usize| one.abs_diff(other) <= other / 100 + 2;
    let is_same = |(one, other): (&RampShape, &RampShape)| match (one, other) {
        (RampShape::Down(one), RampShape::Down(other)) | (RampShape::Up(one), RampShape::Up(other)) => {
            is_near(*one, *other)
        }
        _ => false,
    };
    assert!(ramps.len() == expected.len() && ramps.iter().zip(expected).all(is_same), "{ramps:?}, not {expected:?}");
}
