//! From one rate to another, by FFT, in aligned chunks: the same samples from wherever one starts.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use crate::units::{Frames, Rate};

/// About so many frames go in at once.
const CHUNK: usize = 1024;

/// Converts chunks of interleaved samples. A chunk's output depends on the chunk itself and the one before, on nothing else.
pub struct Resampler {
    fft: Fft<f32>,
    channels: usize,
    frames_in: usize,
    frames_out: usize,
    delay: usize,
}

impl Resampler {
    /// From a rate to another, of one or two channels; `None` where the rates can't be brought together.
    #[must_use]
    pub fn new(from: Rate, to: Rate, channels: usize) -> Option<Self> {
        let fft = Fft::new(from.hertz() as usize, to.hertz() as usize, CHUNK, channels, FixedSync::Both).ok()?;
        let (frames_in, frames_out, delay) = (fft.input_frames_next(), fft.output_frames_next(), fft.output_delay());
        Some(Self { fft, channels, frames_in, frames_out, delay })
    }

    /// How many frames a chunk takes.
    #[must_use]
    pub fn frames_in(&self) -> usize {
        self.frames_in
    }

    /// How many frames a chunk yields.
    #[must_use]
    pub fn frames_out(&self) -> usize {
        self.frames_out
    }

    /// By how many frames the output is late.
    #[must_use]
    pub fn delay(&self) -> Frames {
        Frames(self.delay as u64)
    }

    /// Forgets the chunk before.
    pub fn reset(&mut self) {
        self.fft.reset();
    }

    /// Converts one chunk of interleaved samples.
    pub fn process(&mut self, input: &[f32], output: &mut [f32]) {
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
