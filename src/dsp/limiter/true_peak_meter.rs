//! A meter for the maximum true peak of a signal.

use super::true_peaks::{BLOCK, HISTORY, TruePeakDetector};
use crate::units::{Decibels, Frame, Rate, SILENCE};

/// Measures the maximum true peak of a signal with the same filters as the limiter, taking the highest reading.
pub(crate) struct TruePeakMeter {
    detector: TruePeakDetector,
    /// The last samples of each channel, followed by room for the next block.
    channels: [[f32; HISTORY + BLOCK]; 2],
    maximum: f32,
}

impl TruePeakMeter {
    /// Creates a meter.
    pub(crate) fn new(rate: Rate) -> Self {
        Self { detector: TruePeakDetector::new(rate), channels: [[0.0; HISTORY + BLOCK]; 2], maximum: 0.0 }
    }

    /// Measures the next frames of the signal.
    pub(crate) fn add(&mut self, frames: &[Frame]) {
        for block in frames.chunks(BLOCK) {
            for (index, samples) in self.channels.iter_mut().enumerate() {
                for (sample, frame) in samples[HISTORY..].iter_mut().zip(block) {
                    *sample = frame[index];
                }
                self.maximum = self.detector.maximum(samples, block.len(), self.maximum);
                samples.copy_within(block.len()..block.len() + HISTORY, 0);
            }
        }
    }

    /// Measures enough silence that the signal before it no longer affects the readings after it.
    pub(crate) fn add_silence(&mut self) {
        self.add(&[SILENCE; HISTORY]);
    }

    /// Returns the maximum true peak so far, in dBTP, or `None` if all was silent.
    pub(crate) fn maximum(&mut self) -> Option<Decibels> {
        self.add_silence();
        (self.maximum > 0.0).then(|| Decibels(20.0 * f64::from(self.maximum).log10()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// Returns a tone whose peaks lie between its samples: a quarter of the sample rate, with a phase of an eighth of a period.
    fn between_samples(frame: usize) -> Frame {
        let phase = TAU * (frame as f64 / 4.0 + 0.125);
        [(0.5 * phase.sin()) as f32, 0.1]
    }

    #[test]
    fn it_finds_a_peak_between_samples_in_blocks_of_any_size() {
        let tone: Vec<_> = (0..4_000).map(between_samples).collect();
        for block in [1, 7, 127, 128, 129, 4_000] {
            let mut meter = TruePeakMeter::new(Rate::DEFAULT);
            // Faded in and out slowly, so that the edges are not measured.
            for (number, frames) in tone.chunks(block).enumerate() {
                let faded: Vec<_> = frames.iter().zip(number * block..).map(|(frame, at)| faded(*frame, at)).collect();
                meter.add(&faded);
            }
            let peak = meter.maximum().unwrap().0;
            assert!((peak + 6.02).abs() < 0.1, "{peak} dBTP in blocks of {block}, the samples are at -9 dBFS");
        }
    }

    fn faded(frame: Frame, at: usize) -> Frame {
        let gain = (at.min(3_999 - at) as f32 / 1_000.0).min(1.0);
        frame.map(|sample| sample * gain)
    }

    #[test]
    fn it_measures_the_last_sample_and_no_peak_in_silence() {
        let mut meter = TruePeakMeter::new(Rate::DEFAULT);
        assert_eq!(meter.maximum(), None);
        meter.add(&[[0.0, 0.25]]);
        assert!((meter.maximum().unwrap().0 + 12.04).abs() < 0.5);
    }
}
