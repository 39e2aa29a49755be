//! The level meter of the microphone.

use super::take::power;
use crate::units::Rate;

/// The rate at which the level falls, in dB per second. It rises immediately.
const FALL_RATE: f64 = 15.0;
/// The lowest level shown, in dBFS.
const MIN_LEVEL: f64 = -60.0;
/// The levels from which it is too loud, and from which it is good.
const LOUD_LEVEL: f64 = -6.0;
const GOOD_LEVEL: f64 = -30.0;

/// A level meter that rises immediately and falls slowly, so that it does not flicker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LevelMeter {
    level: f64,
}

impl Default for LevelMeter {
    fn default() -> Self {
        Self { level: MIN_LEVEL }
    }
}

/// The rating of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LevelRange {
    Quiet,
    Good,
    Loud,
}

impl LevelMeter {
    /// Adds samples.
    pub(super) fn push(&mut self, samples: &[f32], rate: Rate) {
        if samples.is_empty() {
            return;
        }
        let fallen = self.level - FALL_RATE * samples.len() as f64 / f64::from(rate.hertz());
        let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        // Between the peak, which jumps, and the mean, which hides short overloads.
        let mean = power(samples).sqrt();
        let amplitude = (f64::from(peak) * mean).sqrt();
        let level = if f64::from(peak) > 0.9 { f64::from(peak) } else { amplitude };
        let now = if level > 0.0 { 20.0 * level.log10() } else { MIN_LEVEL };
        self.level = now.max(fallen).clamp(MIN_LEVEL, 0.0);
    }

    /// Returns how many of these cells are filled.
    pub(super) fn filled(self, cells: usize) -> usize {
        ((self.level - MIN_LEVEL) / -MIN_LEVEL * cells as f64).round() as usize
    }

    pub(super) fn range(self) -> LevelRange {
        if self.level >= LOUD_LEVEL {
            LevelRange::Loud
        } else if self.level >= GOOD_LEVEL {
            LevelRange::Good
        } else {
            LevelRange::Quiet
        }
    }
}
