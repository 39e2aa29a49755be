//! How loud a signal is at its loudest, in true peaks.

use super::STRETCH;
use super::peaks::{PAST, Peaks};
use crate::units::{Decibels, Frame, Rate, SILENCE};

/// Measures the greatest true peak of a signal as the limiter does, by the meter that reads highest.
pub struct TruePeak {
    peaks: Peaks,
    /// Of each ear, the last frames that were heard, and room for the next.
    planes: [[f32; PAST + STRETCH]; 2],
    greatest: f32,
}

impl TruePeak {
    /// A meter that has heard nothing.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { peaks: Peaks::new(rate), planes: [[0.0; PAST + STRETCH]; 2], greatest: 0.0 }
    }

    /// Hears more of the signal.
    pub fn hear(&mut self, frames: &[Frame]) {
        for stretch in frames.chunks(STRETCH) {
            for (ear, plane) in self.planes.iter_mut().enumerate() {
                for (place, frame) in plane[PAST..].iter_mut().zip(stretch) {
                    *place = frame[ear];
                }
                self.greatest = self.peaks.greatest(plane, stretch.len(), self.greatest);
                plane.copy_within(stretch.len()..stretch.len() + PAST, 0);
            }
        }
    }

    /// Hears so much silence that nothing before it matters to what comes after.
    pub fn rest(&mut self) {
        self.hear(&[SILENCE; PAST]);
    }

    /// The greatest true peak of all that was heard; `None` of silence.
    #[must_use]
    pub fn peak(&mut self) -> Option<Decibels> {
        self.rest();
        (self.greatest > 0.0).then(|| Decibels(20.0 * f64::from(self.greatest).log10()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// A tone between whose samples the peaks lie: a quarter of the rate, its phase an eighth of a turn.
    fn between_samples(frame: usize) -> Frame {
        let phase = TAU * (frame as f64 / 4.0 + 0.125);
        [(0.5 * phase.sin()) as f32, 0.1]
    }

    #[test]
    fn a_peak_between_two_samples_is_found_in_blocks_of_any_size() {
        let tone: Vec<_> = (0..4_000).map(between_samples).collect();
        for block in [1, 7, 127, 128, 129, 4_000] {
            let mut meter = TruePeak::new(Rate::DEFAULT);
            // Up and down as slowly as the session's own fades, so that nothing but the tone is measured.
            for (number, frames) in tone.chunks(block).enumerate() {
                let faded: Vec<_> = frames.iter().zip(number * block..).map(|(frame, at)| faded(*frame, at)).collect();
                meter.hear(&faded);
            }
            let peak = meter.peak().unwrap().0;
            assert!((peak + 6.02).abs() < 0.1, "{peak} dBTP in blocks of {block}, the samples are at -9 dBFS");
        }
    }

    fn faded(frame: Frame, at: usize) -> Frame {
        let gain = (at.min(3_999 - at) as f32 / 1_000.0).min(1.0);
        frame.map(|sample| sample * gain)
    }

    #[test]
    fn the_last_sample_counts_and_silence_has_no_peak() {
        let mut meter = TruePeak::new(Rate::DEFAULT);
        assert_eq!(meter.peak(), None);
        meter.hear(&[[0.0, 0.25]]);
        assert!((meter.peak().unwrap().0 + 12.04).abs() < 0.5);
    }
}
