//! Trims the silence around speech, which is replaced by the pauses.

use std::ops::Range;

use super::frames::SAMPLE_RATE;

/// Samples this far below the loudest one count as silence: -50 dB.
const THRESHOLD: f32 = 0.003_162_277_7;
/// The margin of silence kept at either end, in samples: 40 ms.
const MARGIN: usize = SAMPLE_RATE as usize / 25;
/// The length of the fades within it, in samples: 20 ms.
const FADE: usize = MARGIN / 2;

/// Returns the audible part of a sound, with a margin.
pub(super) fn audible(samples: &[f32]) -> Range<usize> {
    let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let is_loud = |sample: &f32| sample.abs() > peak * THRESHOLD;
    let first = samples.iter().position(is_loud).unwrap_or(0);
    let last = samples.iter().rposition(is_loud).unwrap_or(0);
    first.saturating_sub(MARGIN)..(last + MARGIN).min(samples.len())
}

/// Fades a sound in and out.
pub(super) fn fade_edges(samples: &mut [f32]) {
    let fade = FADE.min(samples.len() / 2);
    let gain = |index: usize| index as f32 / fade as f32;
    samples.iter_mut().take(fade).enumerate().for_each(|(index, sample)| *sample *= gain(index));
    samples.iter_mut().rev().take(fade).enumerate().for_each(|(index, sample)| *sample *= gain(index));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_at_both_ends_is_trimmed_to_a_margin() {
        let mut samples = vec![0.0; 10_000];
        samples[3_000..5_000].fill(0.5);
        assert_eq!(audible(&samples), 3_000 - MARGIN..4_999 + MARGIN);
        assert_eq!(audible(&[0.0; 10]), 0..10);
        assert_eq!(audible(&[]), 0..0);
    }

    #[test]
    fn edges_start_and_end_at_0() {
        let mut samples = vec![1.0; 2_000];
        fade_edges(&mut samples);
        assert_eq!((samples[0], samples[1_000], samples[1_999]), (0.0, 1.0, 0.0));
        fade_edges(&mut samples[..1]);
    }
}
