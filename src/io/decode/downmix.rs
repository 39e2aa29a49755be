//! From any number of channels to two.
//!
//! Mono goes to both ears at full level, stereo stays as it is. More channels are folded by the matrix of ITU-R BS.775, annex 4:
//! centre and surrounds at −3 dB, the low-frequency channel left out. The matrix is then scaled so that no row sums to more
//! than 1 and the fold can't clip; a clip's level is set by its loudness in any case, so nothing is lost by it.

use std::f32::consts::FRAC_1_SQRT_2;

use symphonia::core::audio::{Channels, Position};

use crate::units::{Frame, SILENCE};

/// Which of the channels, interleaved, goes how loudly to which ear.
#[derive(Clone, Debug, Default)]
pub(super) struct Fold {
    channels: Channels,
    weights: Vec<Frame>,
    gain: f32,
}

impl Fold {
    /// `gain` is a factor on top, of the file's own.
    pub(super) fn new(channels: Channels, gain: f32) -> Self {
        let mut weights: Vec<Frame> = match positions(&channels) {
            Some(positions) => positions.iter().map(weights).collect(),
            None => vec![[FRAC_1_SQRT_2; 2]; channels.count()],
        };
        let sums = weights.iter().fold(SILENCE, |sums, weight| [sums[0] + weight[0], sums[1] + weight[1]]);
        let scale = gain / sums[0].max(sums[1]).max(1.0);
        for weight in &mut weights {
            *weight = weight.map(|ear| ear * scale);
        }
        Self { channels, weights, gain }
    }

    pub(super) fn fits(&self, channels: &Channels) -> bool {
        self.channels == *channels
    }

    /// Appends the interleaved samples as frames, each finite and within ±1.
    pub(super) fn append(&self, samples: &[f32], frames: &mut Vec<Frame>) {
        match self.weights.len() {
            0 => {}
            1 => frames.extend(samples.iter().map(|sample| [tame(sample * self.gain); 2])),
            2 => {
                let pairs = samples.as_chunks::<2>().0;
                frames.extend(pairs.iter().map(|pair| pair.map(|sample| tame(sample * self.gain))));
            }
            channels => frames.extend(samples.chunks_exact(channels).map(|frame| self.fold(frame))),
        }
    }

    fn fold(&self, samples: &[f32]) -> Frame {
        let mut sum = SILENCE;
        for (sample, weight) in samples.iter().zip(&self.weights) {
            let sample = tame(*sample);
            sum[0] += sample * weight[0];
            sum[1] += sample * weight[1];
        }
        sum.map(tame)
    }
}

/// Damaged files decode to anything.
fn tame(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}

/// The places of the channels, in their order. Where nobody says, those that are usual for so many; `None` where there are none.
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
    // The first seven places of WAVE, which is what a count alone is taken for: nobody sets up one side and not the other.
    let lopsided = Position::from_wave_channel_count(7);
    match channels {
        Channels::Positioned(positions) if Some(*positions) == lopsided => Some(SEVEN),
        Channels::Discrete(7) => Some(SEVEN),
        Channels::Positioned(positions) => Some(*positions),
        Channels::Discrete(3) => Some(front | Position::FRONT_CENTER),
        Channels::Discrete(4) => Some(front | SURROUND),
        Channels::Discrete(5) => Some(front | Position::FRONT_CENTER | SURROUND),
        Channels::Discrete(count @ 6..=8) => Position::from_wave_channel_count(u32::from(*count)),
        _ => None,
    }
}

/// How loudly a loudspeaker at this place is heard left and right.
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

    fn folded(channels: Channels, samples: &[f32]) -> Vec<Frame> {
        let mut frames = Vec::new();
        Fold::new(channels, 1.0).append(samples, &mut frames);
        frames
    }

    #[test]
    fn mono_is_in_both_ears_and_stereo_as_it_is() {
        assert_eq!(folded(Position::FRONT_CENTER.into(), &[0.5, -0.25]), [[0.5, 0.5], [-0.25, -0.25]]);
        assert_eq!(folded(Channels::Discrete(2), &[0.5, -0.25]), [[0.5, -0.25]]);
    }

    #[test]
    fn five_point_one_keeps_its_sides_and_drops_the_low_channel() {
        let alone = |n: usize| {
            let mut samples = [0.0; 6];
            samples[n] = 1.0;
            folded(CHANNEL_LAYOUT_5P1, &samples)[0]
        };
        let [left, right] = alone(0);
        assert!(left > 0.4 && right == 0.0);
        assert_eq!(alone(1), [0.0, left]);
        assert_eq!(alone(2), [left * FRAC_1_SQRT_2; 2]);
        assert_eq!(alone(3), SILENCE);
        assert_eq!(alone(4), [left * FRAC_1_SQRT_2, 0.0]);
        let loudest = folded(CHANNEL_LAYOUT_5P1, &[1.0; 6])[0];
        assert!((loudest[0] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn every_sample_is_finite_and_within_full_scale() {
        let wild = [f32::NAN, 4.0, f32::NEG_INFINITY, -7.0, f32::INFINITY, 0.5];
        for channels in [Channels::Discrete(1), Channels::Discrete(2), Channels::Discrete(3), Channels::Ambisonic(1)] {
            let frames = folded(channels, &wild);
            assert!(frames.iter().flatten().all(|sample| sample.abs() <= 1.0));
        }
    }
}
