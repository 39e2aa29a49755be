//! A clip resampled to the rate of the timeline.

use super::source::ClipReader;
use crate::dsp::resampler::Resampler;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// Reads a clip at the rate of the timeline, with its exact length and position, and the same samples after any seek.
pub(crate) struct Resampled {
    clip: Box<dyn ClipReader>,
    resampler: Resampler,
    rate: Rate,
    frames: Frames,
    channels: usize,
    frames_in: Vec<Frame>,
    samples_in: Vec<f32>,
    samples_out: Vec<f32>,
    /// The next frame to read.
    position: Frames,
    /// The index of the chunk in `samples_out`.
    loaded: Option<u64>,
}

impl Resampled {
    /// Returns the clip itself if it already has the rate.
    pub(crate) fn at(rate: Rate, clip: Box<dyn ClipReader>) -> Box<dyn ClipReader> {
        let channels = if clip.is_mono() { 1 } else { 2 };
        if clip.rate() == rate {
            return clip;
        }
        let Some(resampler) = Resampler::new(clip.rate(), rate, channels) else { return clip };
        Box::new(Self {
            frames: clip.rate().convert(clip.frames(), rate),
            frames_in: vec![SILENCE; resampler.frames_in()],
            samples_in: vec![0.0; resampler.frames_in() * channels],
            samples_out: vec![0.0; resampler.frames_out() * channels],
            clip,
            resampler,
            rate,
            channels,
            position: Frames::ZERO,
            loaded: None,
        })
    }

    /// Resamples a chunk into `samples_out`. If the previous chunk was not resampled last, it is processed first.
    fn load_chunk(&mut self, chunk: u64) {
        if self.loaded == Some(chunk) {
            return;
        }
        let follows = chunk.checked_sub(1) == self.loaded && self.loaded.is_some();
        if !follows {
            self.resampler.reset();
            if let Some(before) = chunk.checked_sub(1) {
                self.clip.seek(Frames(before * self.frames_in.len() as u64));
                self.resample_next();
            } else {
                self.clip.seek(Frames::ZERO);
            }
        }
        self.resample_next();
        self.loaded = Some(chunk);
    }

    fn resample_next(&mut self) {
        self.clip.read(&mut self.frames_in);
        if self.channels == 1 {
            for (sample, frame) in self.samples_in.iter_mut().zip(&self.frames_in) {
                *sample = frame[0];
            }
        } else {
            self.samples_in.copy_from_slice(self.frames_in.as_flattened());
        }
        self.resampler.process(&self.samples_in, &mut self.samples_out);
    }

    /// Copies the frames of the chunk at the position into the block, and returns their number.
    fn copy(&mut self, block: &mut [Frame]) -> usize {
        let size = self.resampler.frames_out() as u64;
        let late = (self.position + self.resampler.delay()).0;
        self.load_chunk(late / size);
        let from = (late % size) as usize;
        let count = block.len().min(size as usize - from);
        let samples = &self.samples_out[from * self.channels..(from + count) * self.channels];
        if self.channels == 1 {
            for (frame, sample) in block.iter_mut().zip(samples) {
                *frame = [*sample; 2];
            }
        } else {
            block[..count].as_flattened_mut().copy_from_slice(samples);
        }
        count
    }
}

impl ClipReader for Resampled {
    fn rate(&self) -> Rate {
        self.rate
    }

    fn frames(&self) -> Frames {
        self.frames
    }

    fn is_mono(&self) -> bool {
        self.channels == 1
    }

    fn seek(&mut self, frame: Frames) {
        self.position = frame;
    }

    fn read(&mut self, block: &mut [Frame]) {
        let within = self.frames.saturating_sub(self.position).index().min(block.len());
        let (sound, silence) = block.split_at_mut(within);
        let mut done = 0;
        while done < sound.len() {
            let count = self.copy(&mut sound[done..]);
            done += count;
            self.position += Frames(count as u64);
        }
        silence.fill(SILENCE);
        self.position += Frames(silence.len() as u64);
    }

    fn first_error(&self) -> Option<&str> {
        self.clip.first_error()
    }
}
