//! The limiter: keeps true peaks at or below −1 dBTP and leaves everything quieter untouched.
//!
//! It looks ahead, so its gain is already reduced when a peak arrives, and its memory is finite: the gain at a frame is the minimum, over
//! a sliding window, of the gains that the true peaks around it need, smoothed by a fixed window. Both are computed with integers, so that
//! no rounding error accumulates and a limiter that starts late agrees bit for bit with one that processed everything.

mod gain_smoothing;
mod true_peak_meter;
mod true_peaks;

use gain_smoothing::{FixedPointGain, GainSmoother, SlidingMinimum};
pub(crate) use true_peak_meter::TruePeakMeter;
use true_peaks::{BLOCK, HALF_WIDTH, TruePeakDetector};

use crate::units::{Decibels, Frame, Frames, Rate, SILENCE};

/// A stereo look-ahead limiter with true peak detection and finite memory.
///
/// Output frame n is input frame n − [`Limiter::lookahead`] times a gain. The gain is exactly 1 unless a true peak between n − history
/// and n + lookahead exceeds the ceiling.
pub(crate) struct Limiter {
    lookahead: usize,
    history: usize,
    /// The delayed frames: a ring buffer whose oldest frame is at `oldest`.
    delay_line: Vec<Frame>,
    oldest: usize,
    peaks: TruePeakDetector,
    minimum: SlidingMinimum,
    smoother: GainSmoother,
    /// Frames since a gain below 1 was last needed.
    frames_at_unity: usize,
}

impl Limiter {
    /// The highest true peak in the output, in dBTP.
    pub(crate) const CEILING: Decibels = true_peaks::CEILING;

    /// Creates a limiter whose past is silence.
    pub(crate) fn new(rate: Rate) -> Self {
        let smoother = GainSmoother::new(rate);
        let minimum = SlidingMinimum::new(smoother.span(), rate);
        let lookahead = smoother.span() + HALF_WIDTH;
        Self {
            lookahead,
            history: minimum.window() + HALF_WIDTH,
            delay_line: vec![SILENCE; lookahead],
            oldest: 0,
            peaks: TruePeakDetector::new(rate),
            frames_at_unity: minimum.window() + smoother.span(),
            minimum,
            smoother,
        }
    }

    /// Returns the delay of the output in frames, a little over 20 ms.
    pub(crate) fn lookahead(&self) -> Frames {
        Frames(self.lookahead as u64)
    }

    /// Returns how many past frames the gain of a frame depends on, a little over 40 ms. The output of a limiter that starts in the
    /// middle is exact this many input frames after its first.
    pub(crate) fn history(&self) -> Frames {
        Frames(self.history as u64)
    }

    /// Processes the next input frames and writes as many output frames. If the blocks differ in length, the shorter one counts.
    pub(crate) fn process(&mut self, input: &[Frame], output: &mut [Frame]) {
        let size = BLOCK.min(self.lookahead);
        for (input, output) in input.chunks(size).zip(output.chunks_mut(size)) {
            let frames = input.len().min(output.len());
            self.process_block(&input[..frames], &mut output[..frames]);
        }
    }

    /// Clears the history, as if the past were silence.
    pub(crate) fn reset(&mut self) {
        self.delay_line.fill(SILENCE);
        self.oldest = 0;
        self.peaks.reset();
        self.minimum.reset();
        self.smoother.reset();
        self.frames_at_unity = self.minimum.window() + self.smoother.span();
    }

    fn process_block(&mut self, input: &[Frame], output: &mut [Frame]) {
        let at_rest = self.frames_at_unity >= self.minimum.window() + self.smoother.span();
        let mut needed = [FixedPointGain::ONE; BLOCK];
        let needed = &mut needed[..input.len()];
        let quiet = self.peaks.scan(input) || !self.peaks.measure(&self.delay_line, self.oldest, input, needed);
        self.delay(input, output);
        if quiet && at_rest {
            return;
        }
        for (frame, needed) in output.iter_mut().zip(needed) {
            self.frames_at_unity =
                if *needed < FixedPointGain::ONE { 0 } else { self.frames_at_unity.saturating_add(1) };
            let gain = self.smoother.next(self.minimum.next(*needed));
            frame[0] *= gain;
            frame[1] *= gain;
        }
    }

    /// Writes new frames to the delay line and reads the oldest ones.
    fn delay(&mut self, input: &[Frame], output: &mut [Frame]) {
        let first = input.len().min(self.lookahead - self.oldest);
        let (until_end, from_start) = (self.oldest..self.oldest + first, 0..input.len() - first);
        output[..first].copy_from_slice(&self.delay_line[until_end.clone()]);
        output[first..].copy_from_slice(&self.delay_line[from_start.clone()]);
        self.delay_line[until_end].copy_from_slice(&input[..first]);
        self.delay_line[from_start].copy_from_slice(&input[first..]);
        self.oldest = (self.oldest + input.len()) % self.lookahead;
    }
}

#[cfg(test)]
mod tests;
