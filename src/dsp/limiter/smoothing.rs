//! From the gains that peaks need to a gain that moves softly: a sliding minimum, then a smooth window.

use std::collections::VecDeque;

use crate::units::Rate;

/// A gain from 0 to 1 in whole parts of 2⁻²⁴, so that sums of it are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gain(u32);

impl Gain {
    pub(super) const ONE: Self = Self(1 << 24);

    /// The gain that brings a peak down to a ceiling, rounded down.
    pub(super) fn to_reach(ceiling: f32, peak: f32) -> Self {
        Self((ceiling / peak * Self::ONE.0 as f32) as u32).min(Self::ONE)
    }
}

/// How long the smooth window is, in seconds: the gain falls so long before a peak, and rises as long.
const SMOOTHING: f64 = 0.02;
/// How long the gain stays down after a peak, in seconds: longer than half a wave of the lowest tone, so that the gain doesn't
/// follow the wave.
const HOLD: f64 = 0.02;
/// Boxes that make the window: three are a smooth bell.
const BOXES: usize = 3;
/// The shortest box, for the lowest rates.
const SHORTEST_BOX: usize = 16;

/// Three running means in a row: their window is a bell of quadratic pieces.
pub(super) struct Smoother {
    boxes: [RunningSum; BOXES],
    full: f64,
}

struct RunningSum {
    held: Vec<u64>,
    oldest: usize,
    sum: u64,
    rest: u64,
}

impl Smoother {
    pub(super) fn new(rate: Rate) -> Self {
        let length = ((SMOOTHING / BOXES as f64 * f64::from(rate.hertz())).round() as usize).max(SHORTEST_BOX);
        let one = u64::from(Gain::ONE.0);
        // At the highest rate a box has 5,120 frames, and the last sum 62 bits.
        let scale = length as u64;
        let boxes = [one, one * scale, one * scale * scale].map(|rest| RunningSum::new(length, rest));
        let full = boxes[BOXES - 1].sum as f64;
        Self { boxes, full }
    }

    /// How many frames the whole window covers.
    pub(super) fn span(&self) -> usize {
        BOXES * (self.boxes[0].held.len() - 1) + 1
    }

    pub(super) fn reset(&mut self) {
        self.boxes.iter_mut().for_each(RunningSum::reset);
    }

    /// The mean over the window that ends with this gain, as a factor.
    pub(super) fn next(&mut self, gain: Gain) -> f32 {
        let sum = self.boxes.iter_mut().fold(u64::from(gain.0), |value, running| running.next(value));
        (sum as f64 / self.full) as f32
    }
}

impl RunningSum {
    fn new(length: usize, rest: u64) -> Self {
        Self { held: vec![rest; length], oldest: 0, sum: rest * length as u64, rest }
    }

    fn reset(&mut self) {
        self.held.fill(self.rest);
        self.sum = self.rest * self.held.len() as u64;
    }

    fn next(&mut self, value: u64) -> u64 {
        self.sum = self.sum + value - self.held[self.oldest];
        self.held[self.oldest] = value;
        self.oldest = if self.oldest + 1 == self.held.len() { 0 } else { self.oldest + 1 };
        self.sum
    }
}

/// The least gain of the last frames. Gains of 1 are never stored.
pub(super) struct SlidingMinimum {
    /// Frame numbers and gains, both rising, so that the first is the least.
    rising: VecDeque<(u32, Gain)>,
    window: usize,
    now: u32,
}

impl SlidingMinimum {
    /// For a smoother of this span, so that every window of the smoother over a peak sees only gains that the peak can bear.
    pub(super) fn new(span: usize, rate: Rate) -> Self {
        let window = span + 2 + (HOLD * f64::from(rate.hertz())) as usize;
        Self { rising: VecDeque::with_capacity(window + 1), window, now: 0 }
    }

    pub(super) fn window(&self) -> usize {
        self.window
    }

    pub(super) fn reset(&mut self) {
        self.rising.clear();
    }

    pub(super) fn next(&mut self, gain: Gain) -> Gain {
        self.now = self.now.wrapping_add(1);
        if let Some((first, _)) = self.rising.front()
            && self.now.wrapping_sub(*first) as usize >= self.window
        {
            self.rising.pop_front();
        }
        if gain < Gain::ONE {
            while self.rising.back().is_some_and(|(_, last)| *last >= gain) {
                self.rising.pop_back();
            }
            self.rising.push_back((self.now, gain));
        }
        self.rising.front().map_or(Gain::ONE, |(_, least)| *least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_minimum_is_that_of_the_window(gains in prop::collection::vec(0_u32..=20, 1..400)) {
            let mut minimum = SlidingMinimum::new(0, Rate::new(1_000).unwrap());
            let window = minimum.window();
            let gains: Vec<_> = gains.into_iter().map(|gain| Gain(Gain::ONE.0 + 10 - gain).min(Gain::ONE)).collect();
            for end in 1..=gains.len() {
                let least = gains[end.saturating_sub(window)..end].iter().min().copied();
                prop_assert_eq!(Some(minimum.next(gains[end - 1])), least);
            }
        }
    }

    #[test]
    fn the_smoother_reaches_a_lasting_gain_and_comes_back_to_exactly_one() {
        let mut smoother = Smoother::new(Rate::DEFAULT);
        let fall: Vec<f32> = (0..smoother.span()).map(|_| smoother.next(Gain(1 << 23))).collect();
        assert!(fall.is_sorted_by(|earlier, later| earlier >= later));
        assert!(fall[smoother.span() / 4] > 0.9 && fall[smoother.span() / 2] > 0.74);
        assert_eq!(fall.last(), Some(&0.5));
        let rise: Vec<f32> = (0..smoother.span()).map(|_| smoother.next(Gain::ONE)).collect();
        assert!(rise[smoother.span() / 2] < 0.76);
        assert_eq!(rise.last(), Some(&1.0));
    }
}
