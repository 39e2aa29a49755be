//! Renders beds.

use std::f64::consts::TAU;

use super::grain_noise::GrainNoise;
use super::rain::Rainfall;
use super::table::{BedTable, BedTone, RainDrops};
use crate::dsp::oscillator::{CHUNK, Oscillator, StereoChunk, constant_power_pan};
use crate::units::{Decibels, Frame, Frames, Rate};

/// The shares of a tone's amplitude at its frequency and at its frequency plus the beat.
const BEAT_SHARES: [f64; 2] = [0.78, 0.22];
/// The phase difference between successive tones in cycles: the golden ratio, so that no two coincide.
const PHASE_STEP: f64 = 0.381_966;

/// Renders an endless bed at a sample rate.
///
/// The samples are the same, bit for bit, from any frame and in blocks of any size. Continuing where the last block ended is cheapest.
/// Rendering never allocates.
pub(crate) struct BedSynth {
    bed: &'static BedTable,
    rate: Rate,
    scale: f64,
    noise: GrainNoise,
    tones: Vec<(Oscillator, [f32; 2])>,
    /// The channels of the current chunk.
    left: Vec<f32>,
    right: Vec<f32>,
    /// The number of the current chunk.
    current: Option<u64>,
}

impl BedSynth {
    /// Creates a synth for a built-in bed.
    pub(crate) fn new(bed: &'static BedTable, rate: Rate) -> Self {
        let scale = bed.scale();
        let noise = GrainNoise::new(&bed.noise, scale, rate);
        let chunk = noise.chunk_length();
        Self {
            bed,
            rate,
            scale,
            tones: oscillators(&bed.tones, scale, rate),
            left: vec![0.0; chunk],
            right: vec![0.0; chunk],
            noise,
            current: None,
        }
    }

    /// Adds the frames from `from` on to a block, each multiplied by its gain. If gains and block differ in length, the shorter one
    /// counts.
    pub(crate) fn add(&mut self, from: Frames, gains: &[f32], block: &mut [Frame]) {
        let chunk = self.left.len() as u64;
        let mut frame = from.0;
        let mut rest = block.iter_mut().zip(gains);
        while rest.len() > 0 {
            let (number, offset) = (frame / chunk, (frame % chunk) as usize);
            self.render_chunk(number);
            let samples = self.left[offset..].iter().zip(&self.right[offset..]);
            frame += samples.len().min(rest.len()) as u64;
            for ((left, right), (frame, gain)) in samples.zip(rest.by_ref()) {
                frame[0] += gain * left;
                frame[1] += gain * right;
            }
        }
    }

    /// Renders a chunk unless it is the current one.
    fn render_chunk(&mut self, number: u64) {
        if self.current == Some(number) {
            return;
        }
        self.current = Some(number);
        self.noise.fill(number, &mut self.left, &mut self.right);
        let start = number * self.left.len() as u64;
        self.add_tones(start);
        if let Some(drops) = &self.bed.drops {
            Rainfall::new(drops, self.scale, self.rate).add(start, &mut self.left, &mut self.right);
        }
        self.apply_swell(start);
    }

    fn add_tones(&mut self, start: u64) {
        if self.tones.is_empty() {
            return;
        }
        let chunks = self.left.chunks_exact_mut(CHUNK).zip(self.right.chunks_exact_mut(CHUNK));
        for (start, (left, right)) in (start..).step_by(CHUNK).zip(chunks) {
            let mut sum = StereoChunk::SILENT;
            for (oscillator, gains) in &self.tones {
                oscillator.start_at(start, 1.0).add_to(*gains, &mut sum);
            }
            left.iter_mut().zip(sum.left).for_each(|(sample, tone)| *sample += tone);
            right.iter_mut().zip(sum.right).for_each(|(sample, tone)| *sample += tone);
        }
    }

    /// Applies the swell, which is slow enough to be linear within a chunk.
    fn apply_swell(&mut self, start: u64) {
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

/// Returns the oscillators of all tones below half the sample rate, with their left and right gains.
fn oscillators(tones: &[BedTone], scale: f64, rate: Rate) -> Vec<(Oscillator, [f32; 2])> {
    let hertz = f64::from(rate.hertz());
    let oscillators = tones.iter().enumerate().flat_map(|(index, tone)| {
        let amplitude = scale * Decibels(tone.gain_db).amplitude();
        let phase = PHASE_STEP * index as f64;
        [(tone.hz, BEAT_SHARES[0]), (tone.hz + tone.beat_hz, BEAT_SHARES[1])].map(|(frequency, share)| {
            let gains = constant_power_pan(tone.pan, amplitude * share).map(|gain| gain as f32);
            (frequency, Oscillator::new(frequency / hertz, phase, 0.0), gains)
        })
    });
    let audible = oscillators.filter(|(frequency, ..)| *frequency < hertz / 2.0);
    audible.map(|(_, oscillator, gains)| (oscillator, gains)).collect()
}

impl BedTable {
    /// Returns the factor that brings the sum of all parts, including the swell, to the RMS level of the bed.
    fn scale(&self) -> f64 {
        const STEPS: u32 = 360;
        let noise: f64 = self.noise.iter().map(|layer| Decibels(layer.gain_db).amplitude().powi(2)).sum();
        let tones: f64 = self.tones.iter().map(BedTone::power).sum();
        let drops = self.drops.as_ref().map_or(0.0, RainDrops::power);
        let swell = |step| self.swell_at(self.loop_s / self.lfo.cycles * f64::from(step) / f64::from(STEPS)).powi(2);
        let mean_swell = (0..STEPS).map(swell).sum::<f64>() / f64::from(STEPS);
        Decibels(self.rms_dbfs).amplitude() / ((noise + tones + drops) * mean_swell).sqrt()
    }

    /// Returns the gain of the swell at a time in seconds.
    fn swell_at(&self, seconds: f64) -> f64 {
        Decibels(self.lfo.depth_db / 2.0 * (TAU * (seconds * self.lfo.cycles / self.loop_s).fract()).sin()).amplitude()
    }
}

impl BedTone {
    /// Returns the mean power in one channel: half the squared amplitude, half of which is in each channel.
    fn power(&self) -> f64 {
        let amplitude = Decibels(self.gain_db).amplitude();
        BEAT_SHARES.iter().map(|share| (share * amplitude).powi(2) / 4.0).sum()
    }
}
