//! Turns the gains that peaks need into a smooth gain: a sliding minimum followed by a smoothing window.

use std::collections::VecDeque;

use crate::units::Rate;

/// A gain from 0 to 1 as a fixed-point number with steps of 2⁻²⁴, so that sums are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FixedPointGain(u32);

impl FixedPointGain {
    pub(super) const ONE: Self = Self(1 << 24);

    /// Returns the gain that brings a peak down to a ceiling, rounded down.
    pub(super) fn to_reach(ceiling: f32, peak: f32) -> Self {
        Self((ceiling / peak * Self::ONE.0 as f32) as u32).min(Self::ONE)
    }
}

/// The length of the smoothing window in seconds: how long the gain falls before a peak, and how long it rises afterwards.
const SMOOTHING: f64 = 0.02;
/// How long the gain stays down after a peak, in seconds. This is longer than half a period of the lowest tone, so that the gain doesn't
/// follow the waveform.
const HOLD: f64 = 0.02;
/// The number of moving averages in a row. Three make a smooth bell-shaped window.
const AVERAGES: usize = 3;
/// The shortest moving average in frames, for the lowest rates.
const MIN_LENGTH: usize = 16;

/// Smooths gains by three moving averages in a row, whose combined window is a piecewise quadratic bell.
pub(super) struct GainSmoother {
    averages: [MovingSum; AVERAGES],
    /// The last sum at a gain of 1.
    full_scale: f64,
}

/// The sum of the last values.
struct MovingSum {
    values: Vec<u64>,
    oldest: usize,
    sum: u64,
    /// The value at a gain of 1.
    unity: u64,
}

impl GainSmoother {
    pub(super) fn new(rate: Rate) -> Self {
        let length = ((SMOOTHING / AVERAGES as f64 * f64::from(rate.hertz())).round() as usize).max(MIN_LENGTH);
        let one = u64::from(FixedPointGain::ONE.0);
        // At the highest rate an average spans 5,120 frames, and the last sum needs 62 bits.
        let scale = length as u64;
        let averages = [one, one * scale, one * scale * scale].map(|unity| MovingSum::new(length, unity));
        let full_scale = averages[AVERAGES - 1].sum as f64;
        Self { averages, full_scale }
    }

    /// Returns the length of the whole window in frames.
    pub(super) fn span(&self) -> usize {
        AVERAGES * (self.averages[0].values.len() - 1) + 1
    }

    pub(super) fn reset(&mut self) {
        self.averages.iter_mut().for_each(MovingSum::reset);
    }

    /// Returns the weighted mean over the window that ends with this gain, as a factor.
    pub(super) fn next(&mut self, gain: FixedPointGain) -> f32 {
        let sum = self.averages.iter_mut().fold(u64::from(gain.0), |value, average| average.next(value));
        (sum as f64 / self.full_scale) as f32
    }
}

impl MovingSum {
    fn new(length: usize, unity: u64) -> Self {
        Self { values: vec![unity; length], oldest: 0, sum: unity * length as u64, unity }
    }

    fn reset(&mut self) {
        self.values.fill(self.unity);
        self.sum = self.unity * self.values.len() as u64;
    }

    fn next(&mut self, value: u64) -> u64 {
        self.sum = self.sum + value - self.values[self.oldest];
        self.values[self.oldest] = value;
        self.oldest = if self.oldest + 1 == self.values.len() { 0 } else { self.oldest + 1 };
        self.sum
    }
}

/// The minimum gain over the last frames. Gains of 1 are never stored.
pub(super) struct SlidingMinimum {
    /// Frame numbers and gains, both ascending, so the first gain is the minimum.
    ascending: VecDeque<(u32, FixedPointGain)>,
    window: usize,
    now: u32,
}

impl SlidingMinimum {
    /// Creates a minimum for a smoother with this window, so that every smoothing window that contains a peak contains only gains that
    /// are low enough for it.
    pub(super) fn new(span: usize, rate: Rate) -> Self {
        let window = span + 2 + (HOLD * f64::from(rate.hertz())) as usize;
        Self { ascending: VecDeque::with_capacity(window + 1), window, now: 0 }
    }

    pub(super) fn window(&self) -> usize {
        self.window
    }

    pub(super) fn reset(&mut self) {
        self.ascending.clear();
    }

    pub(super) fn next(&mut self, gain: FixedPointGain) -> FixedPointGain {
        self.now = self.now.wrapping_add(1);
        if let Some((first, _)) = self.ascending.front()
            && self.now.wrapping_sub(*first) as usize >= self.window
        {
            self.ascending.pop_front();
        }
        if gain < FixedPointGain::ONE {
            while self.ascending.back().is_some_and(|(_, last)| *last >= gain) {
                self.ascending.pop_back();
            }
            self.ascending.push_back((self.now, gain));
        }
        self.ascending.front().map_or(FixedPointGain::ONE, |(_, minimum)| *minimum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_minimum_of_the_window(gains in prop::collection::vec(0_u32..=20, 1..400)) {
            let mut minimum = SlidingMinimum::new(0, Rate::new(1_000).unwrap());
            let window = minimum.window();
            let gains: Vec<_> = gains.into_iter().map(|gain| FixedPointGain(FixedPointGain::ONE.0 + 10 - gain).min(FixedPointGain::ONE)).collect();
            for end in 1..=gains.len() {
                let least = gains[end.saturating_sub(window)..end].iter().min().copied();
                prop_assert_eq!(Some(minimum.next(gains[end - 1])), least);
            }
        }
    }

    #[test]
    fn the_smoother_reaches_a_constant_gain_and_returns_to_exactly_one() {
        let mut smoother = GainSmoother::new(Rate::DEFAULT);
        let fall: Vec<f32> = (0..smoother.span()).map(|_| smoother.next(FixedPointGain(1 << 23))).collect();
        assert!(fall.is_sorted_by(|earlier, later| earlier >= later));
        assert!(fall[smoother.span() / 4] > 0.9 && fall[smoother.span() / 2] > 0.74);
        assert_eq!(fall.last(), Some(&0.5));
        let rise: Vec<f32> = (0..smoother.span()).map(|_| smoother.next(FixedPointGain::ONE)).collect();
        assert!(rise[smoother.span() / 2] < 0.76);
        assert_eq!(rise.last(), Some(&1.0));
    }
}
