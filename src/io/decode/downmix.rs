//! Mixes any number of channels down to two.
//!
//! Mono goes to both channels at full level, and stereo is unchanged. More channels are mixed by the matrix of ITU-R BS.775, annex 4:
//! centre and surrounds at −3 dB, without the low-frequency channel. The matrix is scaled so that no row sums to more than 1 and nothing
//! clips; the scaling has no further effect, because the level of a clip is set by its loudness.

use std::f32::consts::FRAC_1_SQRT_2;

use symphonia::core::audio::{Channels, Position};

use super::limits::MAX_SAMPLE;
use crate::units::{Frame, SILENCE};

/// A mix for certain channels.
#[derive(Clone, Debug, Default)]
pub(super) struct Downmix {
    channels: Channels,
    /// The weights of each channel in the left and right output, including the gain.
    weights: Vec<Frame>,
    gain: f32,
}

impl Downmix {
    /// Creates a mix that also multiplies all samples by `gain`.
    pub(super) fn new(channels: Channels, gain: f32) -> Self {
        let mut weights: Vec<Frame> = match positions(&channels) {
            Some(positions) => positions.iter().map(weights).collect(),
            None => vec![[FRAC_1_SQRT_2; 2]; channels.count()],
        };
        let sums = weights.iter().fold(SILENCE, |sums, weight| [sums[0] + weight[0], sums[1] + weight[1]]);
        let scale = gain / sums[0].max(sums[1]).max(1.0);
        for weight in &mut weights {
            *weight = weight.map(|output| output * scale);
        }
        Self { channels, weights, gain }
    }

    /// Returns whether this is the mix for these channels.
    pub(super) fn is_for(&self, channels: &Channels) -> bool {
        self.channels == *channels
    }

    /// Appends interleaved samples as frames. Each output sample is finite and within [`MAX_SAMPLE`].
    pub(super) fn append(&self, samples: &[f32], frames: &mut Vec<Frame>) {
        match self.weights.len() {
            0 => {}
            1 => frames.extend(samples.iter().map(|sample| [sanitise(sample * self.gain); 2])),
            2 => {
                let pairs = samples.as_chunks::<2>().0;
                frames.extend(pairs.iter().map(|pair| pair.map(|sample| sanitise(sample * self.gain))));
            }
            channels => frames.extend(samples.chunks_exact(channels).map(|frame| self.mix(frame))),
        }
    }

    fn mix(&self, samples: &[f32]) -> Frame {
        let mut sum = SILENCE;
        for (sample, weight) in samples.iter().zip(&self.weights) {
            let sample = sanitise(*sample);
            sum[0] += sample * weight[0];
            sum[1] += sample * weight[1];
        }
        sum.map(sanitise)
    }
}

/// Limits a sample to [`MAX_SAMPLE`], and replaces NaN by silence, because damaged files can decode to any value.
fn sanitise(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-MAX_SAMPLE, MAX_SAMPLE) } else { 0.0 }
}

/// Returns the positions of the channels in order. If the file states none, the usual ones for that number of channels; `None` without
/// any.
fn positions(channels: &Channels) -> Option<Position> {
    const SEVEN: Position = Position::FRONT_LEFT
        .union(Position::FRONT_RIGHT)
        .union(Position::FRONT_CENTER)
        .union(Position::LFE1)
        .union(Position::REAR_CENTER)
        .union(Position::SIDE_LEFT)
        .union(Position::SIDE_RIGHT);
    const SURROUND: Position = Position::REAR_LEFT.union(Position::REAR_RIGHT);
    let front = Position::FRONT_LEFT | Position::FRONT_RIGHT;
    // Symphonia maps seven channels to the first seven positions of WAVE, which include a speaker on one side only.
    let first_seven = Position::from_wave_channel_count(7);
    match channels {
        Channels::Positioned(positions) if Some(*positions) == first_seven => Some(SEVEN),
        Channels::Discrete(7) => Some(SEVEN),
        Channels::Positioned(positions) => Some(*positions),
        Channels::Discrete(3) => Some(front | Position::FRONT_CENTER),
        Channels::Discrete(4) => Some(front | SURROUND),
        Channels::Discrete(5) => Some(front | Position::FRONT_CENTER | SURROUND),
        Channels::Discrete(count @ 6..=8) => Position::from_wave_channel_count(u32::from(*count)),
        _ => None,
    }
}

/// Returns the weights of a speaker position in the left and right output.
fn weights(position: Position) -> Frame {
    let left = Position::REAR_LEFT
        | Position::SIDE_LEFT
        | Position::FRONT_LEFT_CENTER
        | Position::FRONT_LEFT_WIDE
        | Position::TOP_FRONT_LEFT
        | Position::TOP_REAR_LEFT
        | Position::TOP_SIDE_LEFT;
    let right = Position::REAR_RIGHT
        | Position::SIDE_RIGHT
        | Position::FRONT_RIGHT_CENTER
        | Position::FRONT_RIGHT_WIDE
        | Position::TOP_FRONT_RIGHT
        | Position::TOP_REAR_RIGHT
        | Position::TOP_SIDE_RIGHT;
    match position {
        Position::FRONT_LEFT => [1.0, 0.0],
        Position::FRONT_RIGHT => [0.0, 1.0],
        Position::LFE1 | Position::LFE2 => SILENCE,
        _ if left.contains(position) => [FRAC_1_SQRT_2, 0.0],
        _ if right.contains(position) => [0.0, FRAC_1_SQRT_2],
        _ => [FRAC_1_SQRT_2; 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use symphonia::core::audio::layouts::CHANNEL_LAYOUT_5P1;

    fn mixed(channels: Channels, samples: &[f32]) -> Vec<Frame> {
        let mut frames = Vec::new();
        Downmix::new(channels, 1.0).append(samples, &mut frames);
        frames
    }

    #[test]
    fn mono_is_in_both_channels_and_stereo_is_unchanged() {
        assert_eq!(mixed(Position::FRONT_CENTER.into(), &[0.5, -0.25]), [[0.5, 0.5], [-0.25, -0.25]]);
        assert_eq!(mixed(Channels::Discrete(2), &[0.5, -0.25]), [[0.5, -0.25]]);
    }

    #[test]
    fn surround_keeps_its_sides_and_loses_the_low_frequency_channel() {
        let alone = |n: usize| {
            let mut samples = [0.0; 6];
            samples[n] = 1.0;
            mixed(CHANNEL_LAYOUT_5P1, &samples)[0]
        };
        let [left, right] = alone(0);
        assert!(left > 0.4 && right == 0.0);
        assert_eq!(alone(1), [0.0, left]);
        assert_eq!(alone(2), [left * FRAC_1_SQRT_2; 2]);
        assert_eq!(alone(3), SILENCE);
        assert_eq!(alone(4), [left * FRAC_1_SQRT_2, 0.0]);
        let loudest = mixed(CHANNEL_LAYOUT_5P1, &[1.0; 6])[0];
        assert!((loudest[0] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn every_sample_is_finite_and_bounded() {
        let invalid = [f32::NAN, 4e9, f32::NEG_INFINITY, -7e30, f32::INFINITY, 0.5];
        for channels in [Channels::Discrete(1), Channels::Discrete(2), Channels::Discrete(3), Channels::Ambisonic(1)] {
            let frames = mixed(channels, &invalid);
            assert!(frames.iter().flatten().all(|sample| sample.abs() <= MAX_SAMPLE));
        }
    }
}
