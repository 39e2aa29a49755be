//! Drops of rain: short decaying tones at random times.

use super::table::RainDrops;
use crate::dsp::counter_rng::{random_unit, stream_key};
use crate::dsp::fades::raised_cosine;
use crate::dsp::oscillator::{LANES, Oscillator, constant_power_pan};
use crate::units::{Decibels, Rate};

/// The length of a drop, in multiples of its t60. It ends 72 dB down, far below the surrounding noise.
const LENGTH_IN_T60: f64 = 1.2;
/// The maximum distance of drops from the centre.
const MAX_PAN: f64 = 0.8;
/// The first random stream of the drops.
const STREAM: u32 = 0xd20b;

/// Renders the drops of a bed: time is divided into equal slots, and one drop falls at a random time in each.
pub(super) struct Rainfall<'a> {
    drops: &'a RainDrops,
    scale: f64,
    hertz: f64,
}

impl RainDrops {
    /// Returns the mean power of all drops in one channel. The energy of a decaying sinusoid is half its squared amplitude times
    /// t60 / 13.8, and half of it is in each channel.
    pub(super) fn power(&self) -> f64 {
        let amplitude = Decibels(self.gain_db).amplitude();
        let t60 = f64::midpoint(self.t60_s[0], self.t60_s[1]);
        self.per_s * amplitude * amplitude * 0.25 * t60 / (2.0 * 1_000_f64.ln())
    }
}

impl<'a> Rainfall<'a> {
    pub(super) fn new(drops: &'a RainDrops, scale: f64, rate: Rate) -> Self {
        Self { drops, scale, hertz: f64::from(rate.hertz()) }
    }

    /// Adds the drops that sound in a chunk starting at the frame `start`.
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
        self.drops.attack_ms / 1_000.0 + LENGTH_IN_T60 * self.drops.t60_s[1]
    }

    fn add_drop(&self, slot: u64, slot_frames: f64, start: u64, left: &mut [f32], right: &mut [f32]) {
        let random = |property: u32| random_unit(stream_key(STREAM + property, slot));
        let drop_start = ((slot as f64 + random(0)) * slot_frames).round() as u64;
        let [lowest, highest] = self.drops.hz;
        let frequency = lowest * (highest / lowest).powf(random(1));
        let t60 = self.drops.t60_s[0] + random(2) * (self.drops.t60_s[1] - self.drops.t60_s[0]);
        let gain =
            Decibels(self.drops.gain_db + self.drops.spread_db * (2.0 * random(3) - 1.0)).amplitude() * self.scale;
        let gains = constant_power_pan(MAX_PAN * (2.0 * random(4) - 1.0), gain).map(|gain| gain as f32);
        let attack = self.drops.attack_ms / 1_000.0 * self.hertz;
        let length = (attack + LENGTH_IN_T60 * t60 * self.hertz) as u64;
        let from = drop_start.max(start);
        let until = (drop_start + length).min(start + left.len() as u64);
        if from >= until {
            return;
        }
        let oscillator = Oscillator::new(frequency / self.hertz, 0.0, 1_000_f64.ln() / (t60 * self.hertz));
        let age = from - drop_start;
        let mut running = oscillator.start_at(age, oscillator.level_at(age));
        let range = (from - start) as usize..(until - start) as usize;
        let groups = left[range.clone()].chunks_mut(LANES).zip(right[range].chunks_mut(LANES));
        for (group, (left, right)) in groups.enumerate() {
            let samples = running.next();
            let first = from - drop_start + (group * LANES) as u64;
            for (lane, (left, right)) in left.iter_mut().zip(right).enumerate() {
                let sample = samples[lane] * raised_cosine(((first + lane as u64) as f64 / attack) as f32);
                *left += gains[0] * sample;
                *right += gains[1] * sample;
            }
        }
    }
}
