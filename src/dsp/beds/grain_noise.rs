//! Noise made of overlapping grains: spectra with random phases, each about a sixth of a second long and overlapping the next by half.

use std::f64::consts::{FRAC_PI_2, PI, TAU};
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::table::NoiseLayer;
use crate::dsp::counter_rng::{random_bits, stream_key};
use crate::units::{Decibels, Rate};

/// The minimum length of a grain in seconds. Its spectrum has a resolution of 6 Hz.
const MIN_GRAIN_SECONDS: f64 = 0.16;
/// The minimum length of a grain in frames, for the lowest rates.
const MIN_GRAIN_FRAMES: usize = 1_024;
/// The upper limit of the noise in hertz.
const MAX_HERTZ: f64 = 20_000.0;
/// The upper limit of the noise as a fraction of the sample rate.
const MAX_FRACTION_OF_RATE: f64 = 0.45;
/// Spectral lines this far below the greatest are omitted.
const NEGLIGIBLE: f64 = 1e-5;
/// The random stream of the phases.
const STREAM: u32 = 0x6_7a1f;
/// The number of different phases.
const PHASES: usize = 1_024;

/// A line of the spectrum.
#[derive(Clone, Copy)]
struct SpectralLine {
    amplitude: f32,
    /// The maximum phase difference between the channels, in units of 2⁻¹⁶ phases.
    max_phase_difference: i32,
}

/// Generates stereo noise in chunks of half a grain.
pub(super) struct GrainNoise {
    lines: Vec<SpectralLine>,
    /// The cosine and sine of each phase.
    phases: Vec<[f32; 2]>,
    window: Vec<f32>,
    inverse: Arc<dyn Fft<f32>>,
    /// The grain, with the left channel as the real part and the right channel as the imaginary part.
    grain: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// The windowed second half of the last grain.
    tail: Vec<[f32; 2]>,
    /// The number of the last grain.
    last: Option<u64>,
}

impl GrainNoise {
    /// Creates a generator for the sum of these layers, scaled by `scale`.
    pub(super) fn new(layers: &[NoiseLayer], scale: f64, rate: Rate) -> Self {
        let hertz = f64::from(rate.hertz());
        let length = ((MIN_GRAIN_SECONDS * hertz) as usize).max(MIN_GRAIN_FRAMES).next_power_of_two();
        let inverse = FftPlanner::new().plan_fft_inverse(length);
        let phases = (0..PHASES).map(|phase| {
            let (sine, cosine) = (TAU * phase as f64 / PHASES as f64).sin_cos();
            [cosine as f32, sine as f32]
        });
        Self {
            lines: spectral_lines(layers, scale, hertz, length),
            phases: phases.collect(),
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

    /// Returns the length of a chunk in frames: half a grain.
    pub(super) fn chunk_length(&self) -> usize {
        self.tail.len()
    }

    /// Writes a chunk: the second half of grain `number` and the first half of the next.
    pub(super) fn fill(&mut self, number: u64, left: &mut [f32], right: &mut [f32]) {
        if self.last != Some(number) {
            self.synthesise(number);
            self.keep_tail();
        }
        self.synthesise(number + 1);
        let next = self.grain.iter().zip(&self.window).zip(&self.tail);
        for (((value, window), tail), (left, right)) in next.zip(left.iter_mut().zip(right)) {
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
        let key = stream_key(STREAM, number);
        let (low, high) = self.grain.split_at_mut(self.tail.len());
        low.fill(Complex::ZERO);
        high.fill(Complex::ZERO);
        // Line k of both spectra as left + i·right, and its mirror image, in which both are conjugated.
        let pairs = low[1..].iter_mut().zip(high.iter_mut().rev());
        for ((index, line), (value, image)) in (0_u32..).zip(&self.lines).zip(pairs) {
            let bits = random_bits(key.wrapping_add(index));
            let left_phase = (bits >> 22) as usize;
            let shift = (i64::from(line.max_phase_difference) * (i64::from(bits & 0xffff) - 0x8000)) >> 31;
            let right_phase = (left_phase.cast_signed() as i64 + shift) as usize % PHASES;
            let ([left_cosine, left_sine], [right_cosine, right_sine]) =
                (self.phases[left_phase], self.phases[right_phase]);
            *value = Complex::new(left_cosine - right_sine, left_sine + right_cosine) * line.amplitude;
            *image = Complex::new(left_cosine + right_sine, right_cosine - left_sine) * line.amplitude;
        }
        self.inverse.process_with_scratch(&mut self.grain, &mut self.scratch);
    }
}

/// Returns the spectral lines of the sum of all layers, starting with the first above 0 Hz.
fn spectral_lines(layers: &[NoiseLayer], scale: f64, hertz: f64, length: usize) -> Vec<SpectralLine> {
    let spacing = hertz / length as f64;
    let count = (MAX_HERTZ.min(MAX_FRACTION_OF_RATE * hertz) / spacing) as usize;
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
    let line = |(power, shared): (&f64, &f64)| SpectralLine {
        // A cosine of amplitude a has a power of a² / 2 and two lines of a / 2.
        amplitude: (scale * (2.0 * power).sqrt() / 2.0) as f32,
        max_phase_difference: (phase_spread(shared / power) / PI * f64::from(1 << 15) * PHASES as f64) as i32,
    };
    power.iter().zip(&shared).take(audible).map(line).collect()
}

impl NoiseLayer {
    /// Returns the relative power density at a frequency in hertz.
    fn power_at(&self, frequency: f64) -> f64 {
        let slope = (frequency / 1_000.0).powf(2.0 * self.slope_db_oct / 6.02);
        let high_pass = 1.0 / (1.0 + (self.hp_hz / frequency).powi(4));
        let low_pass = 1.0 / (1.0 + (frequency / self.lp_hz).powi(4));
        slope * high_pass * low_pass
    }
}

/// Returns the maximum phase difference x, in radians, at which uniformly distributed differences give the channels this coherence:
/// the mean of their products is sin(x) / x.
fn phase_spread(coherence: f64) -> f64 {
    let (mut low, mut high) = (0.0, PI);
    for _ in 0..48 {
        let middle: f64 = f64::midpoint(low, high);
        if middle.sin() / middle > coherence {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}
