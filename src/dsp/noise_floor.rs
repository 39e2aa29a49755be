//! Inaudible noise that keeps a wireless device from falling asleep during digital silence.

use std::time::Duration;

use super::counter_rng::{random_unit, stream_key};
use super::fades::raised_cosine;
use crate::units::{Decibels, Rate};

/// The RMS level of the noise, of each channel.
const LEVEL: Decibels = Decibels(-78.0);
/// The length of a fade.
const FADE: Duration = Duration::from_millis(250);
/// The random stream of the noise.
const STREAM: u32 = 0x77616b65;

/// White noise that fades in while it is on, and out while it is off. The same seed gives the same noise.
#[derive(Clone, Debug)]
pub(crate) struct NoiseFloor {
    /// The peak of a uniform distribution with the RMS level.
    amplitude: f32,
    /// The number of the next sample.
    index: u64,
    /// From 0, silence, to 1, the whole level.
    position: f32,
    /// The change of the position per frame.
    step: f32,
}

impl NoiseFloor {
    /// The length of a fade.
    pub(crate) const FADE: Duration = FADE;

    /// Creates a silent noise floor.
    pub(crate) fn new(rate: Rate) -> Self {
        let amplitude = (LEVEL.amplitude() * 3.0_f64.sqrt()) as f32;
        let step = 1.0 / rate.frames(FADE).index().max(1) as f32;
        Self { amplitude, index: 0, position: 0.0, step }
    }

    /// Returns whether the noise has faded completely.
    pub(crate) fn is_silent(&self) -> bool {
        self.position <= 0.0
    }

    /// Becomes silent immediately; the noise fades in again later.
    pub(crate) fn reset(&mut self) {
        self.position = 0.0;
    }

    /// Adds the noise to interleaved samples of two channels, fading in or out.
    pub(crate) fn add(&mut self, samples: &mut [f32], is_on: bool) {
        if !is_on && self.is_silent() {
            return;
        }
        let step = if is_on { self.step } else { -self.step };
        for frame in samples.chunks_exact_mut(2) {
            self.position = (self.position + step).clamp(0.0, 1.0);
            let gain = self.amplitude * raised_cosine(self.position);
            for sample in frame {
                *sample += gain * self.next_sample();
            }
        }
    }

    /// Returns the next number of the noise, from -1 to 1.
    fn next_sample(&mut self) -> f32 {
        let key = stream_key(STREAM, self.index);
        self.index = self.index.wrapping_add(1);
        (2.0 * random_unit(key) - 1.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: usize = 2 * 48_000;

    fn rms(samples: &[f32]) -> f64 {
        let sum: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        10.0 * (sum / samples.len() as f64).log10()
    }

    #[test]
    fn the_noise_has_its_level_without_digital_silence() {
        let mut floor = NoiseFloor::new(Rate::DEFAULT);
        let mut samples = vec![0.0; 4 * SECOND];
        floor.add(&mut samples, true);
        assert!(samples.chunks_exact(2).all(|frame| frame != [0.0; 2]));
        for channel in 0..2 {
            let channel: Vec<f32> = samples[SECOND..].iter().skip(channel).step_by(2).copied().collect();
            assert!((rms(&channel) + 78.0).abs() < 0.1, "{}", rms(&channel));
        }
        let sum: Vec<f32> = samples[SECOND..].chunks_exact(2).map(|frame| frame[0] + frame[1]).collect();
        assert!((rms(&sum) + 75.0).abs() < 0.1, "the channels are independent");
    }

    #[test]
    fn the_noise_fades_in_and_out() {
        let mut floor = NoiseFloor::new(Rate::DEFAULT);
        let mut samples = vec![0.0; SECOND];
        floor.add(&mut samples, true);
        assert!(rms(&samples[..2_400]) < -90.0 && rms(&samples[SECOND / 4..]) > -79.0);
        samples.fill(0.0);
        floor.add(&mut samples, false);
        assert!(rms(&samples[..2_400]) > -79.0 && floor.is_silent());
        assert!(samples[SECOND / 4 + 2..].iter().all(|sample| *sample == 0.0));
        samples.fill(0.5);
        floor.add(&mut samples, false);
        assert!(samples.iter().all(|sample| *sample == 0.5), "silence adds nothing");
    }

    #[test]
    fn the_noise_is_reproducible() {
        let noise = || {
            let mut samples = vec![0.0; 200];
            NoiseFloor::new(Rate::DEFAULT).add(&mut samples, true);
            samples
        };
        assert_eq!(noise(), noise());
    }
}
