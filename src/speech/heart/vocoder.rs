//! Converts spectra to sound: a train of pulses and noise, shaped in the frequency domain, and one inverse short-time Fourier transform.
//!
//! For each frame of 12.5 ms the acoustic model predicts five spectra and a pitch. With `E` the spectrum of the pulses and `Z` complex
//! noise of variance 1 in each component, the spectrum of the speech is
//!
//! ```text
//! S = exp(harmonic) · e^(iπ tanh(rotation)) · E  +  exp(noise) · Z  +  exp(residual) · e^(i phase)
//! ```
//!
//! The transforms have 1200 points every 300 samples, with a Hann window. Everything here is computed in the same order with
//! portable functions (`libm`, and transforms without vector instructions), so that the result is the same on every machine.

use std::f32::consts::PI;
use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlannerScalar};

use super::frames::{AcousticFrames, BINS, HOP};
use super::noise::SpectralNoise;
use super::pulses::pulse_train;

const WINDOW: usize = 4 * HOP;
/// Magnitudes are limited to this natural logarithm, which a valid model never exceeds.
const MAX_LOG_MAGNITUDE: f32 = 7.0;

/// The tables of the transforms; the same for every voice and text.
pub(super) struct Vocoder {
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
}

impl Vocoder {
    pub(super) fn new() -> Self {
        let mut planner = FftPlannerScalar::new();
        let hann = |sample| 0.5 - 0.5 * libm::cos(std::f64::consts::TAU * sample as f64 / WINDOW as f64);
        Self {
            forward: planner.plan_fft_forward(WINDOW),
            inverse: planner.plan_fft_inverse(WINDOW),
            window: (0..WINDOW).map(|sample| hann(sample) as f32).collect(),
        }
    }

    /// Returns [`HOP`] samples for each frame.
    pub(super) fn synthesize(&self, frames: &AcousticFrames, noise: &mut SpectralNoise) -> Vec<f32> {
        let pulses = pulse_train(frames.pitch());
        let mut sum = vec![0.0; (frames.len() + 3) * HOP];
        let mut spectrum = vec![Complex32::ZERO; WINDOW];
        let mut scratch = vec![Complex32::ZERO; self.scratch_length()];
        for frame in 0..frames.len() {
            self.analyse(&pulses, frame, &mut spectrum, &mut scratch);
            shape(&mut spectrum[..BINS], frames, frame, noise);
            mirror(&mut spectrum);
            self.inverse.process_with_scratch(&mut spectrum, &mut scratch);
            for ((sample, value), window) in sum[frame * HOP..].iter_mut().zip(&spectrum).zip(&self.window) {
                *sample += value.re / WINDOW as f32 * window;
            }
        }
        self.normalize(&mut sum, frames.len());
        sum.drain(..WINDOW / 2);
        sum.truncate(frames.len() * HOP);
        sum
    }

    fn scratch_length(&self) -> usize {
        self.forward.get_inplace_scratch_len().max(self.inverse.get_inplace_scratch_len())
    }

    /// Transforms the pulses around the start of a frame. Beyond either end they are mirrored. A cosine of amplitude 1 becomes a peak of 1.
    fn analyse(&self, pulses: &[f32], frame: usize, spectrum: &mut [Complex32], scratch: &mut [Complex32]) {
        const SCALE: f32 = 1.0 / HOP as f32;
        for (sample, (value, window)) in spectrum.iter_mut().zip(&self.window).enumerate() {
            let index = (frame * HOP + sample).cast_signed() - (WINDOW / 2).cast_signed();
            *value = Complex32::new(pulses[reflect(index, pulses.len())] * window * SCALE, 0.0);
        }
        self.forward.process_with_scratch(spectrum, scratch);
    }

    /// Divides by the overlapping windows' sum of squares.
    fn normalize(&self, sum: &mut [f32], frames: usize) {
        for (block, samples) in sum.chunks_exact_mut(HOP).enumerate() {
            for (offset, sample) in samples.iter_mut().enumerate() {
                let overlapping = (0..WINDOW / HOP).filter(|part| block >= *part && block - part < frames);
                let power: f32 = overlapping.map(|part| self.window[part * HOP + offset]).map(|w| w * w).sum();
                *sample /= power.max(1e-11);
            }
        }
    }
}

/// Turns the spectrum of the pulses into that of the speech.
fn shape(spectrum: &mut [Complex32], frames: &AcousticFrames, frame: usize, noise: &mut SpectralNoise) {
    for (bin, value) in spectrum.iter_mut().enumerate() {
        let part = frames.bin(frame, bin);
        let [re, im] = noise.next_pair();
        *value = *value * polar(part.harmonic, PI * libm::tanhf(part.rotation))
            + Complex32::new(re, im) * magnitude(part.noise)
            + polar(part.residual, part.phase);
    }
}

fn magnitude(logarithm: f32) -> f32 {
    libm::expf(logarithm.min(MAX_LOG_MAGNITUDE))
}

fn polar(logarithm: f32, angle: f32) -> Complex32 {
    let (sine, cosine) = libm::sincosf(angle);
    Complex32::new(cosine, sine) * magnitude(logarithm)
}

/// Completes the spectrum of a real signal from its first half.
fn mirror(spectrum: &mut [Complex32]) {
    spectrum[0].im = 0.0;
    spectrum[WINDOW / 2].im = 0.0;
    for bin in 1..WINDOW / 2 {
        spectrum[WINDOW - bin] = spectrum[bin].conj();
    }
}

/// Maps an index outside `0..length` to its mirror image.
fn reflect(index: isize, length: usize) -> usize {
    let last = length.cast_signed() - 1;
    let period = (2 * last).max(1);
    let folded = index.rem_euclid(period);
    folded.min(period - folded).clamp(0, last) as usize
}

#[cfg(test)]
mod tests {
    use super::super::frames::Bin;
    use super::*;

    const SILENT: Bin = Bin { harmonic: -50.0, rotation: 0.0, noise: -50.0, residual: -50.0, phase: 0.0 };

    fn rms(samples: &[f32]) -> f64 {
        (samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64).sqrt()
    }

    #[test]
    fn pulses_pass_unchanged_through_a_flat_spectrum() {
        let frames = AcousticFrames::constant(40, 150.0, Bin { harmonic: 0.0, ..SILENT });
        let speech = Vocoder::new().synthesize(&frames, &mut SpectralNoise::for_text(""));
        let pulses = pulse_train(frames.pitch());
        assert_eq!(speech.len(), 40 * HOP);
        // The analysis divides by 300, so that a cosine peaks at 1 instead of at half the window's sum.
        let error: Vec<f32> = speech.iter().zip(&pulses).map(|(a, b)| a * 300.0 - b).collect();
        assert!(rms(&error[HOP * 2..HOP * 38]) < 1e-3 * rms(&pulses), "{}", rms(&error));
    }

    #[test]
    fn noise_has_the_power_of_its_spectrum() {
        let frames = AcousticFrames::constant(400, 0.0, Bin { noise: 0.0, ..SILENT });
        let speech = Vocoder::new().synthesize(&frames, &mut SpectralNoise::for_text("a"));
        // 1200 components of variance 2, divided by 1200; four windows overlap, whose squares sum to 1.5.
        let expected = (2.0 / 1200.0_f64 / 1.5).sqrt();
        assert!((rms(&speech) / expected - 1.0).abs() < 0.05, "{} {expected}", rms(&speech));
    }

    #[test]
    fn a_single_frame_is_enough() {
        let frames = AcousticFrames::constant(1, 150.0, SILENT);
        assert_eq!(Vocoder::new().synthesize(&frames, &mut SpectralNoise::for_text("")).len(), HOP);
    }

    #[test]
    fn indices_beyond_the_ends_are_mirrored() {
        let mirrored: Vec<usize> = (-3..7).map(|index| reflect(index, 4)).collect();
        assert_eq!(mirrored, [3, 2, 1, 0, 1, 2, 3, 2, 1, 0]);
        assert_eq!(reflect(-5, 1), 0);
    }
}
