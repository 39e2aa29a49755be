//! Drops of rain: short decaying tones at moments by chance.

use super::Drops;
use crate::dsp::fades::raised_cosine;
use crate::dsp::keyed;
use crate::dsp::oscillator::{LANES, Oscillator, pan};
use crate::units::{Decibels, Rate};

/// How many times its t60 a drop is heard: until it is 72 dB down, which is far below the noise around it.
const HEARD: f64 = 1.2;
/// How far from the middle drops fall.
const WIDEST_PAN: f64 = 0.8;
/// Tells the chances of drops from others.
const KEY: u32 = 0xd20b;

/// Makes the drops of a bed: one in each of equal stretches of time, at a moment by chance.
pub(super) struct Rainfall<'a> {
    drops: &'a Drops,
    scale: f64,
    hertz: f64,
}

impl Drops {
    /// The mean power of all drops in one ear: of a decaying sinusoid t60 / 13.8 of half its squared amplitude, half of it in each ear.
    pub(super) fn power(&self) -> f64 {
        let amplitude = Decibels(self.gain_db).amplitude();
        let t60 = f64::midpoint(self.t60_s[0], self.t60_s[1]);
        self.per_s * amplitude * amplitude * 0.25 * t60 / (2.0 * 1_000_f64.ln())
    }
}

impl<'a> Rainfall<'a> {
    pub(super) fn new(drops: &'a Drops, scale: f64, rate: Rate) -> Self {
        Self { drops, scale, hertz: f64::from(rate.hertz()) }
    }

    /// Adds what falls within a chunk that begins at the frame `start`.
    pub(super) fn add(&self, start: u64, left: &mut [f32], right: &mut [f32]) {
        let slot_frames = self.hertz / self.drops.per_s;
        let longest = self.longest_seconds() * self.hertz;
        let first = ((start as f64 - longest) / slot_frames).floor().max(0.0) as u64;
        let last = ((start + left.len() as u64) as f64 / slot_frames) as u64;
        for slot in first..=last {
            self.add_drop(slot, slot_frames, start, left, right);
        }
    }

    fn longest_seconds(&self) -> f64 {
        self.drops.attack_ms / 1_000.0 + HEARD * self.drops.t60_s[1]
    }

    fn add_drop(&self, slot: u64, slot_frames: f64, start: u64, left: &mut [f32], right: &mut [f32]) {
        let chance = |what: u32| keyed::unit(keyed::series(KEY + what, slot));
        let falls = ((slot as f64 + chance(0)) * slot_frames).round() as u64;
        let [lowest, highest] = self.drops.hz;
        let frequency = lowest * (highest / lowest).powf(chance(1));
        let t60 = self.drops.t60_s[0] + chance(2) * (self.drops.t60_s[1] - self.drops.t60_s[0]);
        let gain =
            Decibels(self.drops.gain_db + self.drops.spread_db * (2.0 * chance(3) - 1.0)).amplitude() * self.scale;
        let gains = pan(WIDEST_PAN * (2.0 * chance(4) - 1.0), gain).map(|gain| gain as f32);
        let attack = self.drops.attack_ms / 1_000.0 * self.hertz;
        let length = (attack + HEARD * t60 * self.hertz) as u64;
        let from = falls.max(start);
        let until = (falls + length).min(start + left.len() as u64);
        if from >= until {
            return;
        }
        let oscillator = Oscillator::new(frequency / self.hertz, 0.0, 1_000_f64.ln() / (t60 * self.hertz));
        let mut wave = oscillator.wave(from - falls, oscillator.level(from - falls));
        let heard = (from - start) as usize..(until - start) as usize;
        let ears = left[heard.clone()].chunks_mut(LANES).zip(right[heard].chunks_mut(LANES));
        for (group, (left, right)) in ears.enumerate() {
            let samples = wave.next();
            let first = from - falls + (group * LANES) as u64;
            for (lane, (left, right)) in left.iter_mut().zip(right).enumerate() {
                let sample = samples[lane] * raised_cosine(((first + lane as u64) as f64 / attack) as f32);
                *left += gains[0] * sample;
                *right += gains[1] * sample;
            }
        }
    }
}
