//! Renders single strikes of a bell.

use std::f64::consts::TAU;

use super::model::{Bell, Partial, Thud};
use crate::dsp::counter_rng::random_unit;
use crate::dsp::fades::raised_cosine;
use crate::dsp::oscillator::{CHUNK, Oscillator, StereoChunk, constant_power_pan};
use crate::units::{Decibels, Frame, Frames, Rate};

/// The phase difference between successive partials in radians: the golden angle, so that no two coincide.
const PHASE_STEP: f64 = 2.399963;
/// The fraction of the sample rate above which partials are omitted.
const MAX_FRACTION_OF_RATE: f64 = 0.45;
/// The number of sinusoids that make up the noise of a thud.
const THUD_SINUSOIDS: u32 = 48;
/// The random key of their frequencies and phases. It was selected so that the thud does not disturb the rise of the bells.
const THUD_KEY: u32 = 22_000;
/// Sinusoids this far below the maximum level of the strike are no longer computed.
const NEGLIGIBLE: Decibels = Decibels(-110.0);
/// The energy of the partials at which a strike ends, relative to its maximum: −60 dB.
const END_ENERGY: f64 = 1e-6;
/// The fade at the end of a strike in seconds.
const FADE_OUT_SECONDS: f64 = 0.05;
/// The minimum velocity.
const MIN_VELOCITY: f64 = 0.001;

/// Renders one strike of a bell, from silence at frame 0 to silence at [`BellStrike::length`].
///
/// The samples are the same, bit for bit, from any frame and in blocks of any size. Continuing where the last block ended is cheapest.
/// Rendering never allocates.
pub(crate) struct BellStrike {
    sinusoids: Vec<StrikeSinusoid>,
    /// Sinusoids below this level are not computed.
    negligible: f64,
    length: Frames,
    fade_start: Frames,
    chunk: Box<StereoChunk>,
    /// The number of the chunk in `chunk`.
    current: Option<u64>,
}

/// One sinusoid of a strike, with its left and right gains and its rise time.
struct StrikeSinusoid {
    oscillator: Oscillator,
    gains: [f64; 2],
    attack_frames: f64,
}

/// The energy of one partial over time, from which the end of a strike is found.
struct PartialEnvelope {
    energy: f64,
    t60: f64,
    attack: f64,
}

impl BellStrike {
    /// Strikes a bell that has no [`Bell::range_errors`]. A velocity of 1 is the level in the table. Softer strikes sound duller as well.
    /// The velocity is limited to 0.001 to 1.
    pub(crate) fn new(bell: &Bell, rate: Rate, velocity: f64) -> Self {
        let velocity = velocity.clamp(MIN_VELOCITY, 1.0);
        let master = Decibels(bell.master_db).amplitude() * velocity;
        let mut sinusoids = Vec::new();
        let mut envelopes = Vec::new();
        for (index, partial) in bell.partials.iter().enumerate() {
            let level = master * Decibels(partial.gain_db).amplitude() * brightness(bell, partial, velocity);
            let pair = beating_pair(bell, index, partial, level, rate);
            envelopes.push(PartialEnvelope {
                energy: level * level,
                t60: partial.t60_s,
                attack: partial.attack_ms / 1_000.0,
            });
            sinusoids.extend(pair);
        }
        if let Some(thud) = &bell.thud {
            sinusoids.extend(thud_sinusoids(thud, master, rate));
        }
        let max_level: f64 = sinusoids.iter().map(|sinusoid| sinusoid.gains[0].max(sinusoid.gains[1])).sum();
        let end = end_seconds(&envelopes).min(bell.length_s - FADE_OUT_SECONDS);
        let frames = |seconds: f64| Frames((seconds * f64::from(rate.hertz())).round() as u64);
        Self {
            sinusoids,
            negligible: max_level * NEGLIGIBLE.amplitude(),
            length: frames(end + FADE_OUT_SECONDS),
            fade_start: frames(end),
            chunk: Box::new(StereoChunk::SILENT),
            current: None,
        }
    }

    /// Returns the length of the strike: until the energy of its partials has decayed by 60 dB, plus a fade of 50 ms.
    pub(crate) fn length(&self) -> Frames {
        self.length
    }

    /// Adds the frames from `from` on to a block, multiplied by `gain`.
    pub(crate) fn add(&mut self, from: Frames, gain: f32, block: &mut [Frame]) {
        let remaining = self.length.saturating_sub(from).index();
        let count = remaining.min(block.len());
        let mut rest = &mut block[..count];
        let mut frame = from.0;
        while !rest.is_empty() {
            let (number, offset) = (frame / CHUNK as u64, (frame % CHUNK as u64) as usize);
            self.render_chunk(number);
            let (now, later) = rest.split_at_mut(rest.len().min(CHUNK - offset));
            let samples = self.chunk.left[offset..].iter().zip(&self.chunk.right[offset..]);
            for (frame, (left, right)) in now.iter_mut().zip(samples) {
                frame[0] += gain * left;
                frame[1] += gain * right;
            }
            frame += now.len() as u64;
            rest = later;
        }
    }

    /// Renders a chunk unless it is the current one.
    fn render_chunk(&mut self, number: u64) {
        if self.current == Some(number) {
            return;
        }
        self.current = Some(number);
        *self.chunk = StereoChunk::SILENT;
        let start = number * CHUNK as u64;
        for sinusoid in &self.sinusoids {
            sinusoid.add_to(start, self.negligible, &mut self.chunk);
        }
        self.fade_out(start);
    }

    fn fade_out(&mut self, start: u64) {
        let fade = (self.length - self.fade_start).0 as f32;
        let first = self.fade_start.0.saturating_sub(start).min(CHUNK as u64) as usize;
        for offset in first..CHUNK {
            let gone = (start + offset as u64 - self.fade_start.0) as f32;
            let gain = 1.0 - raised_cosine(gone / fade);
            self.chunk.left[offset] *= gain;
            self.chunk.right[offset] *= gain;
        }
    }
}

impl StrikeSinusoid {
    /// Adds the chunk that starts at the frame `start`, unless all of it is below the `negligible` level.
    fn add_to(&self, start: u64, negligible: f64, chunk: &mut StereoChunk) {
        let level = self.oscillator.level_at(start);
        if level * self.gains[0].max(self.gains[1]) < negligible {
            return;
        }
        let running = self.oscillator.start_at(start, level);
        let gains = self.gains.map(|gain| gain as f32);
        if start as f64 >= self.attack_frames {
            running.add_to(gains, chunk);
        } else {
            let per_frame = 1.0 / self.attack_frames;
            let mut shape = [0.0; CHUNK];
            for (offset, factor) in shape.iter_mut().enumerate() {
                *factor = raised_cosine(((start + offset as u64) as f64 * per_frame) as f32);
            }
            running.add_shaped_to(gains, &shape, chunk);
        }
    }
}

/// Returns the additional gain of a partial at a velocity, which makes softer strikes duller.
fn brightness(bell: &Bell, partial: &Partial, velocity: f64) -> f64 {
    let contact = bell.contact_ms / 1_000.0;
    let full = bell.fundamental_hz * partial.ratio * contact;
    let actual = full * velocity.powf(-bell.bright_exp);
    ((1.0 + full.powi(4)) / (1.0 + actual.powi(4))).sqrt()
}

/// Returns the sinusoids of a partial: two if it beats, one if it does not, and none if the sample rate is too low for it.
fn beating_pair(bell: &Bell, index: usize, partial: &Partial, level: f64, rate: Rate) -> Vec<StrikeSinusoid> {
    let hertz = f64::from(rate.hertz());
    let frequency = bell.fundamental_hz * partial.ratio;
    let half_beat = partial.beat_hz / 2.0;
    if frequency + half_beat > MAX_FRACTION_OF_RATE * hertz {
        return Vec::new();
    }
    let lower = constant_power_pan(partial.pan - bell.width, level / (1.0 + bell.split_mix));
    let upper = constant_power_pan(partial.pan + bell.width, level * bell.split_mix / (1.0 + bell.split_mix));
    let decay = 1_000_f64.ln() / (partial.t60_s * hertz);
    let phase = PHASE_STEP * index as f64 / TAU;
    let sinusoid = |frequency: f64, gains| StrikeSinusoid {
        oscillator: Oscillator::new(frequency / hertz, phase, decay),
        gains,
        attack_frames: partial.attack_ms / 1_000.0 * hertz,
    };
    if half_beat == 0.0 || bell.split_mix == 0.0 {
        let lowered = if bell.split_mix == 0.0 { frequency - half_beat } else { frequency };
        return vec![sinusoid(lowered, [lower[0] + upper[0], lower[1] + upper[1]])];
    }
    vec![sinusoid(frequency - half_beat, lower), sinusoid(frequency + half_beat, upper)]
}

/// Returns sinusoids that together sound like band-limited noise. The band is divided into equal parts with one sinusoid in each, at fixed
/// random frequencies and phases.
fn thud_sinusoids(thud: &Thud, master: f64, rate: Rate) -> impl Iterator<Item = StrikeSinusoid> {
    let hertz = f64::from(rate.hertz());
    let unit_rms = (2.0 / f64::from(THUD_SINUSOIDS)).sqrt();
    let gains = constant_power_pan(0.0, master * Decibels(thud.gain_db).amplitude() * unit_rms);
    let decay = 1_000.0 / (thud.decay_ms * hertz);
    let attack_frames = thud.attack_ms / 1_000.0 * hertz;
    let part = (thud.hi_hz - thud.lo_hz) / f64::from(THUD_SINUSOIDS);
    let frequency = {
        let lowest = thud.lo_hz;
        move |index: u32| lowest + part * (f64::from(index) + random_unit(THUD_KEY + 2 * index))
    };
    (0..THUD_SINUSOIDS).filter(move |index| frequency(*index) <= MAX_FRACTION_OF_RATE * hertz).map(move |index| {
        StrikeSinusoid {
            oscillator: Oscillator::new(frequency(index) / hertz, random_unit(THUD_KEY + 2 * index + 1), decay),
            gains,
            attack_frames,
        }
    })
}

/// Returns the time in seconds at which the energy of all partials together has decayed by 60 dB from its maximum.
fn end_seconds(envelopes: &[PartialEnvelope]) -> f64 {
    const SEARCH_STEPS: u32 = 256;
    const BISECTIONS: u32 = 48;
    let energy = |time: f64| envelopes.iter().map(|envelope| envelope.energy_at(time)).sum::<f64>();
    let all_risen = envelopes.iter().map(|envelope| envelope.attack).fold(0.0, f64::max);
    let steps = (1..=SEARCH_STEPS).map(|step| all_risen * f64::from(step) / f64::from(SEARCH_STEPS));
    let max_energy = steps.chain(envelopes.iter().map(|envelope| envelope.attack)).map(energy).fold(0.0, f64::max);
    // After that time every envelope decays, so the end can be found by bisection.
    let mut early = all_risen;
    let mut late = all_risen + envelopes.iter().map(|envelope| envelope.t60).fold(0.0, f64::max);
    for _ in 0..BISECTIONS {
        let middle = f64::midpoint(early, late);
        if energy(middle) > max_energy * END_ENERGY {
            early = middle;
        } else {
            late = middle;
        }
    }
    late
}

impl PartialEnvelope {
    fn energy_at(&self, time: f64) -> f64 {
        let risen = f64::from(raised_cosine((time / self.attack) as f32));
        self.energy * risen * risen * 1e-6_f64.powf(time / self.t60)
    }
}

#[cfg(test)]
mod tests;
