//! A clip that goes round and round without a seam.

use std::time::Duration;

use super::resampled::Resampled;
use super::source::ClipReader;
use crate::sound::fades::raised_cosine;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// How long its end and its beginning are heard together.
const CROSSFADE: Duration = Duration::from_secs(2);
/// So many frames are read at once.
const STRIDE: usize = 1024;

/// A clip, its end crossfaded into its beginning. The first round begins as it was recorded.
pub(super) struct Looped {
    /// Reads the round that is under way.
    round: Box<dyn ClipReader>,
    /// Reads the end of the round before, under the crossfade.
    before: Box<dyn ClipReader>,
    crossfade: u64,
    /// From the beginning of one round to that of the next.
    period: u64,
    position: Frames,
    block: Vec<Frame>,
}

impl Looped {
    /// Two readers of the same clip.
    pub(super) fn new(round: Box<dyn ClipReader>, before: Box<dyn ClipReader>, rate: Rate) -> Self {
        let (round, before) = (Resampled::at(rate, round), Resampled::at(rate, before));
        let length = round.frames().0.max(1);
        let crossfade = rate.frames(CROSSFADE).0.min(length / 4);
        let period = length - crossfade;
        Self { round, before, crossfade, period, position: Frames::ZERO, block: vec![SILENCE; STRIDE] }
    }

    /// Adds the frames from `from` on, each times its gain.
    pub(super) fn add(&mut self, from: Frames, gains: &[f32], sum: &mut [Frame]) {
        if from != self.position {
            self.turn_to(from.0);
        }
        let mut done = 0;
        while done < sum.len() {
            let within = (from.0 + done as u64) % self.period;
            if within == 0 {
                self.turn_to(from.0 + done as u64);
            }
            let border = if within < self.crossfade { self.crossfade } else { self.period };
            let count = usize::try_from(border - within).unwrap_or(STRIDE).min(sum.len() - done).min(STRIDE);
            let part = done..done + count;
            self.add_part(from.0 + done as u64, &gains[part.clone()], &mut sum[part]);
            done += count;
        }
        self.position = from + Frames(sum.len() as u64);
    }

    /// What has gone wrong so far.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.round.trouble().or(self.before.trouble())
    }

    fn turn_to(&mut self, frame: u64) {
        let within = frame % self.period;
        self.round.seek(Frames(within));
        self.before.seek(Frames(self.period + within));
    }

    fn add_part(&mut self, frame: u64, gains: &[f32], sum: &mut [Frame]) {
        let within = frame % self.period;
        let fades = frame >= self.period && within < self.crossfade;
        let up = |number: usize| raised_cosine((within + number as u64) as f32 / self.crossfade as f32);
        let block = &mut self.block[..sum.len()];
        self.round.read(block);
        for (number, (frame, into)) in block.iter().zip(sum.iter_mut()).enumerate() {
            let gain = gains[number] * if fades { up(number) } else { 1.0 };
            into[0] += frame[0] * gain;
            into[1] += frame[1] * gain;
        }
        if fades {
            self.before.read(block);
            for (number, (frame, into)) in block.iter().zip(sum).enumerate() {
                let gain = gains[number] * (1.0 - up(number));
                into[0] += frame[0] * gain;
                into[1] += frame[1] * gain;
            }
        }
    }
}
