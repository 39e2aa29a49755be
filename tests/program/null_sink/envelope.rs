//! How loud a pure tone is at each of its samples, and how long its ramps are.

use crate::support::rig::{Frame, RATE};

/// Of the tone.
pub(crate) const HERTZ: f64 = 440.0;

/// The greatest step from sample to sample.
pub(crate) fn steepest(heard: &[Frame]) -> f32 {
    heard.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f32::max)
}

/// The greatest step of the tone itself at an amplitude.
pub(crate) fn own_step(amplitude: f32) -> f32 {
    (f64::from(amplitude) * 2.0 * (std::f64::consts::PI * HERTZ / RATE as f64).sin()) as f32
}

/// The amplitude at each sample: of a tone, the sample and the slope around it are the two legs of a right triangle.
pub(crate) fn envelope(heard: &[Frame]) -> Vec<f32> {
    let turn = std::f64::consts::TAU * HERTZ / RATE as f64;
    let scale = (1.0 / (2.0 * turn.sin())) as f32;
    heard.windows(3).map(|three| three[1][0].hypot((three[2][0] - three[0][0]) * scale)).collect()
}

/// A way from sound to silence, or back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    Down(usize),
    Up(usize),
}

/// Each ramp between silence and the full amplitude, in the order in which they are heard, with its length in frames. It is measured
/// between nine tenths and a tenth, which of a raised cosine are 0.5903 of it apart.
pub(crate) fn ramps(envelope: &[f32], full: f32) -> Vec<Way> {
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
                ramps.push(if falls { Way::Down(whole) } else { Way::Up(whole) });
            }
            crossed = Some((at, is_high, falls));
        }
    }
    ramps
}

/// Fails where the ramps are not those, to within a hundredth of their length.
#[track_caller]
pub(crate) fn assert_ramps(ramps: &[Way], expected: &[Way]) {
    let is_near = |one: usize, other: usize| one.abs_diff(other) <= other / 100 + 2;
    let is_same = |(one, other): (&Way, &Way)| match (one, other) {
        (Way::Down(one), Way::Down(other)) | (Way::Up(one), Way::Up(other)) => is_near(*one, *other),
        _ => false,
    };
    assert!(ramps.len() == expected.len() && ramps.iter().zip(expected).all(is_same), "{ramps:?}, not {expected:?}");
}
