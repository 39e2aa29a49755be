//! Converts the session's rate to that of a device which has replaced the first one.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Async, FixedAsync, Resampler, ResamplerConstructionError, SincInterpolationParameters, WindowFunction};

use crate::units::{Frame, Frames, Rate};

const CHANNELS: usize = 2;
/// The length of the filter in frames, half of which is its delay.
const FILTER_FRAMES: usize = 256;

/// Converts blocks of a fixed length by a windowed sinc, which has a shorter delay than an FFT. Processing does not allocate.
pub(super) struct RateConverter {
    resampler: Async<f32>,
    block_frames: usize,
}

impl RateConverter {
    /// The delay of the filter, in frames of the session.
    pub(super) const DELAY: Frames = Frames(FILTER_FRAMES as u64 / 2);

    /// Creates a converter for blocks of `block_frames`.
    pub(super) fn new(from: Rate, to: Rate, block_frames: usize) -> Result<Self, ResamplerConstructionError> {
        let ratio = f64::from(to.hertz()) / f64::from(from.hertz());
        let filter = SincInterpolationParameters::new(FILTER_FRAMES, WindowFunction::BlackmanHarris2);
        let resampler = Async::new_sinc(ratio, 1.0, &filter, block_frames, CHANNELS, FixedAsync::Input)?;
        Ok(Self { resampler, block_frames })
    }

    /// Returns the maximum number of samples per converted block.
    pub(super) fn max_samples(&self) -> usize {
        self.resampler.output_frames_max() * CHANNELS
    }

    /// Converts one block to interleaved samples, and returns their number.
    pub(super) fn process(&mut self, block: &[Frame], samples: &mut [f32]) -> usize {
        let capacity = samples.len() / CHANNELS;
        let expected = self.resampler.output_frames_next();
        let input = InterleavedSlice::new(block.as_flattened(), CHANNELS, self.block_frames);
        let output = InterleavedSlice::new_mut(&mut *samples, CHANNELS, capacity);
        let converted = match (input, output) {
            (Ok(input), Ok(mut output)) => self.resampler.process_into_buffer(&input, &mut output, None).ok(),
            _ => None,
        };
        if let Some((_, frames)) = converted {
            return frames * CHANNELS;
        }
        // The buffers have the right lengths, so this can't fail; if it did, time would continue in silence.
        samples.fill(0.0);
        expected * CHANNELS
    }
}
