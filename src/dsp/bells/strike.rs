//! One strike of a bell, computed wherever it is read.

use std::f64::consts::TAU;

use super::{Bell, Partial, Thud};
use crate::dsp::fades::raised_cosine;
use crate::dsp::keyed;
use crate::dsp::oscillator::{CHUNK, Oscillator, Planes, pan};
use crate::units::{Decibels, Frame, Frames, Rate};

/// The phase from one partial to the next, in radians: the golden angle, so that no two fall together.
const GOLDEN_ANGLE: f64 = 2.399963;
/// The part of the rate beyond which a partial is left out.
const HIGHEST_PART_OF_RATE: f64 = 0.45;
/// The sinusoids that stand for a thud's noise.
const THUD_SINUSOIDS: u32 = 48;
/// Where their places and phases come from: of many keys one by which the thud leaves the rise of the bells smooth.
const THUD_KEY: u32 = 22_000;
/// What has fallen this far below the strike's greatest level is no longer computed, in decibels.
const NEGLIGIBLE: Decibels = Decibels(-110.0);
/// The partials' energy at which a strike ends, as a part of its greatest: −60 dB.
const END_ENERGY: f64 = 1e-6;
/// The fade at the end of a strike, in seconds.
const CLOSING_FADE: f64 = 0.05;
/// The softest velocity.
const SOFTEST: f64 = 0.001;

/// One strike of a bell: from its silence at frame 0 to its silence at [`Strike::length`].
///
/// It can be read from any frame and in blocks of any size, with the same samples bit for bit. Reading on from where the last
/// block ended is cheapest. After `new` it allocates nothing.
pub struct Strike {
    voices: Vec<Voice>,
    negligible: f64,
    length: Frames,
    fade_start: Frames,
    chunk: Box<Planes>,
    held: Option<u64>,
}

/// One sinusoid of a strike, with what it rises over and where it is heard.
struct Voice {
    oscillator: Oscillator,
    gains: [f64; 2],
    attack_frames: f64,
}

/// What an ear-to-ear sum of one partial's energy is made of, for finding the end of a strike.
struct Envelope {
    energy: f64,
    t60: f64,
    attack: f64,
}

impl Strike {
    /// Strikes a bell, which has passed [`Bell::check`], for reading at `rate`. A velocity of 1 is the table's own level; softer
    /// strikes are duller too. Velocities outside 0.001 to 1 are taken as the nearest within.
    #[must_use]
    pub fn new(bell: &Bell, rate: Rate, velocity: f64) -> Self {
        let velocity = velocity.clamp(SOFTEST, 1.0);
        let master = Decibels(bell.master_db).amplitude() * velocity;
        let mut voices = Vec::new();
        let mut envelopes = Vec::new();
        for (index, partial) in bell.partials.iter().enumerate() {
            let level = master * Decibels(partial.gain_db).amplitude() * brightness(bell, partial, velocity);
            let members = doublet(bell, index, partial, level, rate);
            envelopes.push(Envelope { energy: level * level, t60: partial.t60_s, attack: partial.attack_ms / 1_000.0 });
            voices.extend(members);
        }
        if let Some(thud) = &bell.thud {
            voices.extend(thud_voices(thud, master, rate));
        }
        let greatest: f64 = voices.iter().map(|voice| voice.gains[0].max(voice.gains[1])).sum();
        let end = end_seconds(&envelopes).min(bell.length_s - CLOSING_FADE);
        let frames = |seconds: f64| Frames((seconds * f64::from(rate.hertz())).round() as u64);
        Self {
            voices,
            negligible: greatest * NEGLIGIBLE.amplitude(),
            length: frames(end + CLOSING_FADE),
            fade_start: frames(end),
            chunk: Box::new(Planes::SILENT),
            held: None,
        }
    }

    /// How long it sounds: until its partials' energy has fallen by 60 dB, and a fade of 50 ms after that.
    #[must_use]
    pub fn length(&self) -> Frames {
        self.length
    }

    /// Adds its frames from `from` on to a block, times `gain`.
    pub fn add(&mut self, from: Frames, gain: f32, block: &mut [Frame]) {
        let left = self.length.saturating_sub(from).index();
        let heard = left.min(block.len());
        let mut rest = &mut block[..heard];
        let mut frame = from.0;
        while !rest.is_empty() {
            let (number, offset) = (frame / CHUNK as u64, (frame % CHUNK as u64) as usize);
            self.hold(number);
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

    /// Computes a chunk, unless it is the one at hand.
    fn hold(&mut self, number: u64) {
        if self.held == Some(number) {
            return;
        }
        self.held = Some(number);
        *self.chunk = Planes::SILENT;
        let start = number * CHUNK as u64;
        for voice in &self.voices {
            voice.add(start, self.negligible, &mut self.chunk);
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

impl Voice {
    /// Adds the chunk that begins at `start`, unless all of it is softer than `negligible`.
    fn add(&self, start: u64, negligible: f64, planes: &mut Planes) {
        let level = self.oscillator.level(start);
        if level * self.gains[0].max(self.gains[1]) < negligible {
            return;
        }
        let wave = self.oscillator.wave(start, level);
        let gains = self.gains.map(|gain| gain as f32);
        if start as f64 >= self.attack_frames {
            wave.add(gains, planes);
        } else {
            let per_frame = 1.0 / self.attack_frames;
            let mut shape = [0.0; CHUNK];
            for (offset, factor) in shape.iter_mut().enumerate() {
                *factor = raised_cosine(((start + offset as u64) as f64 * per_frame) as f32);
            }
            wave.add_shaped(gains, &shape, planes);
        }
    }
}

/// The factor by which a partial is softer than the whole strike, for a softer strike is duller.
fn brightness(bell: &Bell, partial: &Partial, velocity: f64) -> f64 {
    let contact = bell.contact_ms / 1_000.0;
    let struck_fully = bell.fundamental_hz * partial.ratio * contact;
    let struck_so = struck_fully * velocity.powf(-bell.bright_exp);
    ((1.0 + struck_fully.powi(4)) / (1.0 + struck_so.powi(4))).sqrt()
}

/// The members of a partial: two where it beats, one where it doesn't, none beyond what the rate can hold.
fn doublet(bell: &Bell, index: usize, partial: &Partial, level: f64, rate: Rate) -> Vec<Voice> {
    let hertz = f64::from(rate.hertz());
    let frequency = bell.fundamental_hz * partial.ratio;
    let half_beat = partial.beat_hz / 2.0;
    if frequency + half_beat > HIGHEST_PART_OF_RATE * hertz {
        return Vec::new();
    }
    let lower = pan(partial.pan - bell.width, level / (1.0 + bell.split_mix));
    let upper = pan(partial.pan + bell.width, level * bell.split_mix / (1.0 + bell.split_mix));
    let decay = 1_000_f64.ln() / (partial.t60_s * hertz);
    let phase = GOLDEN_ANGLE * index as f64 / TAU;
    let voice = |frequency: f64, gains| Voice {
        oscillator: Oscillator::new(frequency / hertz, phase, decay),
        gains,
        attack_frames: partial.attack_ms / 1_000.0 * hertz,
    };
    if half_beat == 0.0 || bell.split_mix == 0.0 {
        let lowered = if bell.split_mix == 0.0 { frequency - half_beat } else { frequency };
        return vec![voice(lowered, [lower[0] + upper[0], lower[1] + upper[1]])];
    }
    vec![voice(frequency - half_beat, lower), voice(frequency + half_beat, upper)]
}

/// A band of noise out of sinusoids, one in each of as many equal parts of the band, at fixed places and phases.
fn thud_voices(thud: &Thud, master: f64, rate: Rate) -> impl Iterator<Item = Voice> {
    let hertz = f64::from(rate.hertz());
    let unit_rms = (2.0 / f64::from(THUD_SINUSOIDS)).sqrt();
    let gains = pan(0.0, master * Decibels(thud.gain_db).amplitude() * unit_rms);
    let decay = 1_000.0 / (thud.decay_ms * hertz);
    let attack_frames = thud.attack_ms / 1_000.0 * hertz;
    let part = (thud.hi_hz - thud.lo_hz) / f64::from(THUD_SINUSOIDS);
    let frequency = {
        let lowest = thud.lo_hz;
        move |index: u32| lowest + part * (f64::from(index) + keyed::unit(THUD_KEY + 2 * index))
    };
    (0..THUD_SINUSOIDS).filter(move |index| frequency(*index) <= HIGHEST_PART_OF_RATE * hertz).map(move |index| Voice {
        oscillator: Oscillator::new(frequency(index) / hertz, keyed::unit(THUD_KEY + 2 * index + 1), decay),
        gains,
        attack_frames,
    })
}

/// When the energy of all envelopes together has fallen by 60 dB from its greatest, in seconds.
fn end_seconds(envelopes: &[Envelope]) -> f64 {
    const SEARCH_STEPS: u32 = 256;
    const HALVINGS: u32 = 48;
    let energy = |time: f64| envelopes.iter().map(|envelope| envelope.energy_at(time)).sum::<f64>();
    let risen = envelopes.iter().map(|envelope| envelope.attack).fold(0.0, f64::max);
    let even = (1..=SEARCH_STEPS).map(|step| risen * f64::from(step) / f64::from(SEARCH_STEPS));
    let greatest = even.chain(envelopes.iter().map(|envelope| envelope.attack)).map(energy).fold(0.0, f64::max);
    // From here on every envelope falls.
    let mut early = risen;
    let mut late = risen + envelopes.iter().map(|envelope| envelope.t60).fold(0.0, f64::max);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(early, late);
        if energy(middle) > greatest * END_ENERGY {
            early = middle;
        } else {
            late = middle;
        }
    }
    late
}

impl Envelope {
    fn energy_at(&self, time: f64) -> f64 {
        let risen = f64::from(raised_cosine((time / self.attack) as f32));
        self.energy * risen * risen * 1e-6_f64.powf(time / self.t60)
    }
}

#[cfg(test)]
mod tests;
