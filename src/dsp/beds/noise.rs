//! Noise out of grains: spectra with random phases, each as long as a sixth of a second and half covered by the next.

use std::f64::consts::{FRAC_PI_2, PI, TAU};
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::Noise;
use crate::dsp::keyed;
use crate::units::{Decibels, Rate};

/// How long a grain is at least, in seconds: its spectrum resolves 6 Hz.
const GRAIN_SECONDS: f64 = 0.16;
/// The shortest grain in frames, for the lowest rates.
const SHORTEST: usize = 1_024;
/// The band that noise is made in, in hertz, and as a part of the rate.
const HIGHEST_HERTZ: f64 = 20_000.0;
const HIGHEST_PART_OF_RATE: f64 = 0.45;
/// Lines of the spectrum so far below the greatest are left out.
const NEGLIGIBLE: f64 = 1e-5;
/// Tells the phases of grains from other chance.
const KEY: u32 = 0x6_7a1f;
/// Phases are taken from so many around the circle.
const PHASES: usize = 1_024;

/// A line of the spectrum.
#[derive(Clone, Copy)]
struct Line {
    amplitude: f32,
    /// By how much the phases of the ears differ at most, in parts of 2⁻¹⁶ of [`PHASES`].
    spread: i32,
}

/// Makes noise for both ears, a chunk of half a grain at a time.
pub(super) struct Grains {
    lines: Vec<Line>,
    circle: Vec<[f32; 2]>,
    window: Vec<f32>,
    inverse: Arc<dyn Fft<f32>>,
    /// Left as the real part, right as the imaginary one.
    grain: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// The second half of the last grain, and its number.
    tail: Vec<[f32; 2]>,
    last: Option<u64>,
}

impl Grains {
    /// For layers whose sum is scaled by `scale`.
    pub(super) fn new(layers: &[Noise], scale: f64, rate: Rate) -> Self {
        let hertz = f64::from(rate.hertz());
        let length = ((GRAIN_SECONDS * hertz) as usize).max(SHORTEST).next_power_of_two();
        let inverse = FftPlanner::new().plan_fft_inverse(length);
        let circle = (0..PHASES).map(|phase| {
            let (sine, cosine) = (TAU * phase as f64 / PHASES as f64).sin_cos();
            [cosine as f32, sine as f32]
        });
        Self {
            lines: lines(layers, scale, hertz, length),
            circle: circle.collect(),
            window: (0..length / 2)
                .map(|at| (FRAC_PI_2 * (at as f64 + 0.5) / (length / 2) as f64).sin() as f32)
                .collect(),
            grain: vec![Complex::ZERO; length],
            scratch: vec![Complex::ZERO; inverse.get_inplace_scratch_len()],
            inverse,
            tail: vec![[0.0; 2]; length / 2],
            last: None,
        }
    }

    /// Frames of a chunk: half a grain.
    pub(super) fn chunk(&self) -> usize {
        self.tail.len()
    }

    /// Computes a chunk: grain `number` as it goes, and the next one as it comes.
    pub(super) fn fill(&mut self, number: u64, left: &mut [f32], right: &mut [f32]) {
        if self.last != Some(number) {
            self.synthesise(number);
            self.keep_tail();
        }
        self.synthesise(number + 1);
        let coming = self.grain.iter().zip(&self.window).zip(&self.tail);
        for (((value, window), tail), (left, right)) in coming.zip(left.iter_mut().zip(right)) {
            *left = value.re * window + tail[0];
            *right = value.im * window + tail[1];
        }
        self.keep_tail();
        self.last = Some(number + 1);
    }

    fn keep_tail(&mut self) {
        let half = self.tail.len();
        for ((tail, value), window) in self.tail.iter_mut().zip(&self.grain[half..]).zip(self.window.iter().rev()) {
            *tail = [value.re * window, value.im * window];
        }
    }

    fn synthesise(&mut self, number: u64) {
        let key = keyed::series(KEY, number);
        let (low, high) = self.grain.split_at_mut(self.tail.len());
        low.fill(Complex::ZERO);
        high.fill(Complex::ZERO);
        // Line k of the ears' spectra, and its mirror image: left + i right, both conjugate for the image.
        let pairs = low[1..].iter_mut().zip(high.iter_mut().rev());
        for ((index, line), (value, image)) in (0_u32..).zip(&self.lines).zip(pairs) {
            let chance = keyed::bits(key.wrapping_add(index));
            let left_phase = (chance >> 22) as usize;
            let shift = (i64::from(line.spread) * (i64::from(chance & 0xffff) - 0x8000)) >> 31;
            let right_phase = (left_phase.cast_signed() as i64 + shift) as usize % PHASES;
            let ([left_cosine, left_sine], [right_cosine, right_sine]) =
                (self.circle[left_phase], self.circle[right_phase]);
            *value = Complex::new(left_cosine - right_sine, left_sine + right_cosine) * line.amplitude;
            *image = Complex::new(left_cosine + right_sine, right_cosine - left_sine) * line.amplitude;
        }
        self.inverse.process_with_scratch(&mut self.grain, &mut self.scratch);
    }
}

/// The lines of a spectrum of all layers, from the first above nought hertz on.
fn lines(layers: &[Noise], scale: f64, hertz: f64, length: usize) -> Vec<Line> {
    let spacing = hertz / length as f64;
    let count = (HIGHEST_HERTZ.min(HIGHEST_PART_OF_RATE * hertz) / spacing) as usize;
    let mut power = vec![0.0; count];
    let mut shared = vec![0.0; count];
    for layer in layers {
        let shape = |line: usize| layer.power_at((line + 1) as f64 * spacing);
        let whole: f64 = (0..count).map(shape).sum();
        let gain = Decibels(layer.gain_db).amplitude().powi(2) / whole;
        for line in 0..count {
            power[line] += gain * shape(line);
            shared[line] += layer.coherence * gain * shape(line);
        }
    }
    let greatest = power.iter().copied().fold(0.0, f64::max);
    let audible =
        power.iter().rposition(|power| *power > greatest * NEGLIGIBLE * NEGLIGIBLE).map_or(0, |last| last + 1);
    let line = |(power, shared): (&f64, &f64)| Line {
        // A cosine of amplitude a has the power a² / 2, and two lines of a / 2.
        amplitude: (scale * (2.0 * power).sqrt() / 2.0) as f32,
        spread: (phase_spread(shared / power) / PI * f64::from(1 << 15) * PHASES as f64) as i32,
    };
    power.iter().zip(&shared).take(audible).map(line).collect()
}

impl Noise {
    fn power_at(&self, frequency: f64) -> f64 {
        let slope = (frequency / 1_000.0).powf(2.0 * self.slope_db_oct / 6.02);
        let high_pass = 1.0 / (1.0 + (self.hp_hz / frequency).powi(4));
        let low_pass = 1.0 / (1.0 + (frequency / self.lp_hz).powi(4));
        slope * high_pass * low_pass
    }
}

/// How far the phases of the ears may differ at most, evenly to either side, so that they share this part of their power: the
/// mean of their products is sin(x) / x.
fn phase_spread(shared: f64) -> f64 {
    let (mut least, mut most) = (0.0, PI);
    for _ in 0..48 {
        let middle: f64 = f64::midpoint(least, most);
        if middle.sin() / middle > shared {
            least = middle;
        } else {
            most = middle;
        }
    }
    most
}
