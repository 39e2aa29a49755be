//! A bed that sounds.

use std::f64::consts::TAU;

use super::drops::Rainfall;
use super::noise::Grains;
use super::{Bed, Tone};
use crate::dsp::oscillator::{CHUNK, Oscillator, Planes, pan};
use crate::units::{Decibels, Frame, Frames, Rate};

/// The parts of a tone's amplitude at its frequency, and at that plus its beat.
const MEMBERS: [f64; 2] = [0.78, 0.22];
/// The phase from one tone to the next, in cycles: the golden section.
const GOLDEN_SECTION: f64 = 0.381_966;

/// A bed without end, at a rate.
///
/// It can be read from any frame and in blocks of any size, with the same samples bit for bit. Reading on from where the last
/// block ended is cheapest. After `new` it allocates nothing.
pub struct BedSound {
    bed: &'static Bed,
    rate: Rate,
    scale: f64,
    grains: Grains,
    tones: Vec<(Oscillator, [f32; 2])>,
    /// The chunk at hand, a plane for each ear, and its number.
    left: Vec<f32>,
    right: Vec<f32>,
    held: Option<u64>,
}

impl BedSound {
    /// A shipped bed for reading at `rate`.
    #[must_use]
    pub fn new(bed: &'static Bed, rate: Rate) -> Self {
        let scale = bed.scale();
        let grains = Grains::new(&bed.noise, scale, rate);
        let chunk = grains.chunk();
        Self {
            bed,
            rate,
            scale,
            tones: tones(&bed.tones, scale, rate),
            left: vec![0.0; chunk],
            right: vec![0.0; chunk],
            grains,
            held: None,
        }
    }

    /// Adds its frames from `from` on to a block, each times its gain. Where gains and block differ in length, the shorter one
    /// counts.
    pub fn add(&mut self, from: Frames, gains: &[f32], block: &mut [Frame]) {
        let chunk = self.left.len() as u64;
        let mut frame = from.0;
        let mut rest = block.iter_mut().zip(gains);
        while rest.len() > 0 {
            let (number, offset) = (frame / chunk, (frame % chunk) as usize);
            self.hold(number);
            let samples = self.left[offset..].iter().zip(&self.right[offset..]);
            frame += samples.len().min(rest.len()) as u64;
            for ((left, right), (frame, gain)) in samples.zip(rest.by_ref()) {
                frame[0] += gain * left;
                frame[1] += gain * right;
            }
        }
    }

    /// Computes a chunk, unless it is the one at hand.
    fn hold(&mut self, number: u64) {
        if self.held == Some(number) {
            return;
        }
        self.held = Some(number);
        self.grains.fill(number, &mut self.left, &mut self.right);
        let start = number * self.left.len() as u64;
        self.add_tones(start);
        if let Some(drops) = &self.bed.drops {
            Rainfall::new(drops, self.scale, self.rate).add(start, &mut self.left, &mut self.right);
        }
        self.swell(start);
    }

    fn add_tones(&mut self, start: u64) {
        if self.tones.is_empty() {
            return;
        }
        let planes = self.left.chunks_exact_mut(CHUNK).zip(self.right.chunks_exact_mut(CHUNK));
        for (start, (left, right)) in (start..).step_by(CHUNK).zip(planes) {
            let mut sum = Planes::SILENT;
            for (oscillator, gains) in &self.tones {
                oscillator.wave(start, 1.0).add(*gains, &mut sum);
            }
            left.iter_mut().zip(sum.left).for_each(|(sample, tone)| *sample += tone);
            right.iter_mut().zip(sum.right).for_each(|(sample, tone)| *sample += tone);
        }
    }

    /// The swell is so slow that it may go straight from one end of a chunk to the other.
    fn swell(&mut self, start: u64) {
        let length = self.left.len();
        let first = self.bed.swell_at(Frames(start).seconds(self.rate));
        let last = self.bed.swell_at(Frames(start + length as u64).seconds(self.rate));
        let step = (last - first) / length as f64;
        for (offset, (left, right)) in self.left.iter_mut().zip(&mut self.right).enumerate() {
            let gain = (first + step * offset as f64) as f32;
            *left *= gain;
            *right *= gain;
        }
    }
}

fn tones(tones: &[Tone], scale: f64, rate: Rate) -> Vec<(Oscillator, [f32; 2])> {
    let hertz = f64::from(rate.hertz());
    let members = tones.iter().enumerate().flat_map(|(index, tone)| {
        let amplitude = scale * Decibels(tone.gain_db).amplitude();
        let phase = GOLDEN_SECTION * index as f64;
        [(tone.hz, MEMBERS[0]), (tone.hz + tone.beat_hz, MEMBERS[1])].map(|(frequency, part)| {
            let gains = pan(tone.pan, amplitude * part).map(|gain| gain as f32);
            (frequency, Oscillator::new(frequency / hertz, phase, 0.0), gains)
        })
    });
    let audible = members.filter(|(frequency, ..)| *frequency < hertz / 2.0);
    audible.map(|(_, oscillator, gains)| (oscillator, gains)).collect()
}

impl Bed {
    /// The factor that brings the sum of all parts, swelling, to the bed's RMS.
    fn scale(&self) -> f64 {
        const MOMENTS: u32 = 360;
        let noise: f64 = self.noise.iter().map(|layer| Decibels(layer.gain_db).amplitude().powi(2)).sum();
        let tones: f64 = self.tones.iter().map(Tone::power).sum();
        let drops = self.drops.as_ref().map_or(0.0, super::Drops::power);
        let swell =
            |moment| self.swell_at(self.loop_s / self.lfo.cycles * f64::from(moment) / f64::from(MOMENTS)).powi(2);
        let swelling = (0..MOMENTS).map(swell).sum::<f64>() / f64::from(MOMENTS);
        Decibels(self.rms_dbfs).amplitude() / ((noise + tones + drops) * swelling).sqrt()
    }

    /// The factor of the swell at a moment in seconds.
    fn swell_at(&self, seconds: f64) -> f64 {
        Decibels(self.lfo.depth_db / 2.0 * (TAU * (seconds * self.lfo.cycles / self.loop_s).fract()).sin()).amplitude()
    }
}

impl Tone {
    /// Its mean power in one ear, half a squared amplitude and half of that in each.
    fn power(&self) -> f64 {
        let amplitude = Decibels(self.gain_db).amplitude();
        MEMBERS.iter().map(|part| (part * amplitude).powi(2) / 4.0).sum()
    }
}
