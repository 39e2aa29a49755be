//! Converts sample rates by FFT in aligned chunks, with the same samples from any start.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use crate::units::{Frames, Rate};

/// The approximate number of input frames per chunk.
const CHUNK: usize = 1024;

/// Converts chunks of interleaved samples. The output depends only on the chunk and the previous one.
pub(crate) struct Resampler {
    fft: Fft<f32>,
    channels: usize,
    frames_in: usize,
    frames_out: usize,
    delay: usize,
}

impl Resampler {
    /// Creates a resampler for one or two channels; `None` if the rates can't be converted.
    pub(crate) fn new(from: Rate, to: Rate, channels: usize) -> Option<Self> {
        let fft = Fft::new(from.hertz() as usize, to.hertz() as usize, CHUNK, channels, FixedSync::Both).ok()?;
        let (frames_in, frames_out, delay) = (fft.input_frames_next(), fft.output_frames_next(), fft.output_delay());
        Some(Self { fft, channels, frames_in, frames_out, delay })
    }

    /// Returns the number of input frames per chunk.
    pub(crate) fn frames_in(&self) -> usize {
        self.frames_in
    }

    /// Returns the number of output frames per chunk.
    pub(crate) fn frames_out(&self) -> usize {
        self.frames_out
    }

    /// Returns the delay of the output in frames.
    pub(crate) fn delay(&self) -> Frames {
        Frames(self.delay as u64)
    }

    /// Forgets the previous chunk.
    pub(crate) fn reset(&mut self) {
        self.fft.reset();
    }

    /// Converts one chunk of interleaved samples.
    pub(crate) fn process(&mut self, input: &[f32], output: &mut [f32]) {
        let adapted = InterleavedSlice::new(input, self.channels, self.frames_in);
        let (Ok(adapted), Ok(mut into)) = (adapted, InterleavedSlice::new_mut(output, self.channels, self.frames_out))
        else {
            return;
        };
        if self.fft.process_into_buffer(&adapted, &mut into, None).is_err() {
            output.fill(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the distance in dB between a tone converted from 44.1 to 48 kHz and everything else in the output.
    fn residual(hertz: f64) -> f64 {
        let [from, to] = [44_100, 48_000].map(|hertz| Rate::new(hertz).unwrap());
        let mut resampler = Resampler::new(from, to, 1).unwrap();
        let (mut heard, mut chunk) = (Vec::new(), vec![0.0; resampler.frames_out()]);
        for number in 0..60 {
            let first = number * resampler.frames_in();
            let tone = |frame: usize| (0.5 * (std::f64::consts::TAU * hertz * frame as f64 / 44_100.0).sin()) as f32;
            let input: Vec<f32> = (first..first + resampler.frames_in()).map(tone).collect();
            resampler.process(&input, &mut chunk);
            heard.extend_from_slice(&chunk);
        }
        // The best-fitting tone is removed from two thirds of a second, a whole number of its periods.
        let middle = &heard[16_000..48_000];
        let turn = |frame: usize| std::f64::consts::TAU * hertz * frame as f64 / 48_000.0;
        let part = |wave: fn(f64) -> f64| {
            let sum: f64 =
                middle.iter().enumerate().map(|(frame, sample)| f64::from(*sample) * wave(turn(frame))).sum();
            2.0 * sum / middle.len() as f64
        };
        let (sine, cosine) = (part(f64::sin), part(f64::cos));
        let left = middle.iter().enumerate().map(|(frame, sample)| {
            let tone = sine * turn(frame).sin() + cosine * turn(frame).cos();
            (f64::from(*sample) - tone).powi(2)
        });
        let power = 0.5 * sine.hypot(cosine).powi(2);
        10.0 * (left.sum::<f64>() / middle.len() as f64 / power).log10()
    }

    #[test]
    fn a_resampled_tone_has_little_distortion() {
        for hertz in [1_000.5, 9_999.0_f64] {
            assert!(residual(hertz) < -115.0, "{hertz} Hz: {} dB", residual(hertz));
        }
    }
}
