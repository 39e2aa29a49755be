//! The limiter: nothing leaves louder than −1 dBTP, and what is softer leaves untouched.
//!
//! It looks ahead, so its gain is already low when a peak comes, and its memory is finite: the gain at a frame is a windowed
//! minimum of the gains that the true peaks around it need, smoothed by a fixed window. Both are computed in whole numbers, so
//! that no rounding is carried on, and a limiter that joins late agrees bit for bit with one that heard it all.

mod meter;
mod peaks;
mod smoothing;

pub use meter::TruePeak;
use peaks::{Peaks, REACH};
use smoothing::{Gain, SlidingMinimum, Smoother};

use crate::units::{Decibels, Frame, Frames, Rate, SILENCE};

/// Frames that are looked at together.
const STRETCH: usize = 128;

/// A stereo limiter with look-ahead, true-peak detection and finite memory.
///
/// Output frame n is input frame n − [`Limiter::lookahead`], times its gain. Where no true peak from n − history to n + lookahead
/// exceeds the ceiling, the gain is exactly 1.
pub struct Limiter {
    lookahead: usize,
    history: usize,
    /// The frames that wait for their gain: a ring, its oldest at `oldest`.
    delay: Vec<Frame>,
    oldest: usize,
    peaks: Peaks,
    minimum: SlidingMinimum,
    smoother: Smoother,
    /// Frames since a gain below 1 was last needed.
    calm: usize,
}

impl Limiter {
    /// What no true peak exceeds. Detection works 0.05 dB lower, so that every meter agrees.
    pub const CEILING: Decibels = Decibels(-1.0);

    /// A limiter that has heard nothing but silence.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let smoother = Smoother::new(rate);
        let minimum = SlidingMinimum::new(smoother.span(), rate);
        let lookahead = smoother.span() + REACH;
        Self {
            lookahead,
            history: minimum.window() + REACH,
            delay: vec![SILENCE; lookahead],
            oldest: 0,
            peaks: Peaks::new(rate),
            calm: minimum.window() + smoother.span(),
            minimum,
            smoother,
        }
    }

    /// By how many frames the output lags behind the input: 20 ms and a little.
    #[must_use]
    pub fn lookahead(&self) -> Frames {
        Frames(self.lookahead as u64)
    }

    /// How far back the gain of a frame depends on the input: 40 ms and a little. A limiter that starts from silence is right
    /// from this many input frames after its first.
    #[must_use]
    pub fn history(&self) -> Frames {
        Frames(self.history as u64)
    }

    /// Takes the next input frames, and gives as many of those that have waited. Where the blocks differ in length, the shorter
    /// one counts.
    pub fn process(&mut self, input: &[Frame], output: &mut [Frame]) {
        let stretch = STRETCH.min(self.lookahead);
        for (input, output) in input.chunks(stretch).zip(output.chunks_mut(stretch)) {
            let frames = input.len().min(output.len());
            self.process_stretch(&input[..frames], &mut output[..frames]);
        }
    }

    /// Forgets all it has heard.
    pub fn reset(&mut self) {
        self.delay.fill(SILENCE);
        self.oldest = 0;
        self.peaks.reset();
        self.minimum.reset();
        self.smoother.reset();
        self.calm = self.minimum.window() + self.smoother.span();
    }

    fn process_stretch(&mut self, input: &[Frame], output: &mut [Frame]) {
        let at_rest = self.calm >= self.minimum.window() + self.smoother.span();
        let mut needed = [Gain::ONE; STRETCH];
        let needed = &mut needed[..input.len()];
        let quiet = self.peaks.scan(input) || !self.peaks.measure(&self.delay, self.oldest, input, needed);
        self.exchange(input, output);
        if quiet && at_rest {
            return;
        }
        for (frame, needed) in output.iter_mut().zip(needed) {
            self.calm = if *needed < Gain::ONE { 0 } else { self.calm.saturating_add(1) };
            let gain = self.smoother.next(self.minimum.next(*needed));
            frame[0] *= gain;
            frame[1] *= gain;
        }
    }

    /// Puts new frames into the ring, and takes the oldest out of it.
    fn exchange(&mut self, input: &[Frame], output: &mut [Frame]) {
        let first = input.len().min(self.lookahead - self.oldest);
        let (until_end, from_start) = (self.oldest..self.oldest + first, 0..input.len() - first);
        output[..first].copy_from_slice(&self.delay[until_end.clone()]);
        output[first..].copy_from_slice(&self.delay[from_start.clone()]);
        self.delay[until_end].copy_from_slice(&input[..first]);
        self.delay[from_start].copy_from_slice(&input[first..]);
        self.oldest = (self.oldest + input.len()) % self.lookahead;
    }
}

#[cfg(test)]
mod tests;
