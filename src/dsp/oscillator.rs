//! Decaying sinusoids in chunks: their phase and level are exact where a chunk starts, and rotate from there.

use std::array;
use std::f64::consts::{FRAC_PI_4, TAU};

/// Frames that are computed together. Chunks are aligned to the start of what sounds, so that the samples don't depend on
/// who asks for how many; short enough that rounding stays below −110 dB.
pub(super) const CHUNK: usize = 512;

/// Frames that rotate side by side, so that the compiler makes vector instructions of them.
pub(super) const LANES: usize = 8;

/// One chunk of stereo sound, a plane for each ear.
pub(super) struct Planes {
    pub(super) left: [f32; CHUNK],
    pub(super) right: [f32; CHUNK],
}

impl Planes {
    pub(super) const SILENT: Self = Self { left: [0.0; CHUNK], right: [0.0; CHUNK] };
}

/// The gains for both ears of a level at a place from −1 (left) to 1 (right), by the law of constant power.
pub(super) fn pan(place: f64, level: f64) -> [f64; 2] {
    let (right, left) = ((place.clamp(-1.0, 1.0) + 1.0) * FRAC_PI_4).sin_cos();
    [level * left, level * right]
}

/// A sinusoid `e^(-decay · n) · sin(2π (cycles · n + phase))` over the frames n.
pub(super) struct Oscillator {
    cycles: f64,
    phase: f64,
    decay: f64,
    lanes: [[f32; LANES]; 2],
    step: [f32; 2],
}

impl Oscillator {
    /// Of so many cycles a frame, starting at a phase in cycles, falling by so many nepers a frame.
    pub(super) fn new(cycles: f64, phase: f64, decay: f64) -> Self {
        let rotation = |frames: usize| {
            let (sine, cosine) = (TAU * (cycles * frames as f64).fract()).sin_cos();
            let level = (-decay * frames as f64).exp();
            [(cosine * level) as f32, (sine * level) as f32]
        };
        let lanes: [[f32; 2]; LANES] = array::from_fn(rotation);
        Self {
            cycles,
            phase,
            decay,
            lanes: [lanes.map(|lane| lane[0]), lanes.map(|lane| lane[1])],
            step: rotation(LANES),
        }
    }

    /// Its level at a frame, 1 at the start.
    pub(super) fn level(&self, frame: u64) -> f64 {
        (-self.decay * frame as f64).exp()
    }

    /// Starts it at a frame, with this level there.
    pub(super) fn wave(&self, frame: u64, level: f64) -> Wave {
        let (sine, cosine) = (TAU * (self.cycles * frame as f64 + self.phase).fract()).sin_cos();
        let (cosine, sine) = ((cosine * level) as f32, (sine * level) as f32);
        let [lane_cosine, lane_sine] = &self.lanes;
        Wave {
            cosine: array::from_fn(|lane| cosine * lane_cosine[lane] - sine * lane_sine[lane]),
            sine: array::from_fn(|lane| sine * lane_cosine[lane] + cosine * lane_sine[lane]),
            step: self.step,
        }
    }
}

/// An oscillator that is running.
pub(super) struct Wave {
    cosine: [f32; LANES],
    sine: [f32; LANES],
    step: [f32; 2],
}

impl Wave {
    /// The next samples.
    #[inline]
    pub(super) fn next(&mut self) -> [f32; LANES] {
        let samples = self.sine;
        let [step_cosine, step_sine] = self.step;
        for lane in 0..LANES {
            let (cosine, sine) = (self.cosine[lane], self.sine[lane]);
            self.cosine[lane] = cosine * step_cosine - sine * step_sine;
            self.sine[lane] = sine * step_cosine + cosine * step_sine;
        }
        samples
    }

    /// Adds a whole chunk, at these gains for the left and right ear.
    pub(super) fn add(mut self, [left_gain, right_gain]: [f32; 2], planes: &mut Planes) {
        let left = planes.left.chunks_exact_mut(LANES);
        for (left, right) in left.zip(planes.right.chunks_exact_mut(LANES)) {
            let samples = self.next();
            for lane in 0..LANES {
                left[lane] += left_gain * samples[lane];
                right[lane] += right_gain * samples[lane];
            }
        }
    }

    /// Adds a whole chunk, each frame of it by its own factor as well.
    pub(super) fn add_shaped(mut self, [left_gain, right_gain]: [f32; 2], shape: &[f32; CHUNK], planes: &mut Planes) {
        let left = planes.left.chunks_exact_mut(LANES);
        let right = planes.right.chunks_exact_mut(LANES);
        for ((left, right), shape) in left.zip(right).zip(shape.chunks_exact(LANES)) {
            let samples = self.next();
            for lane in 0..LANES {
                let sample = samples[lane] * shape[lane];
                left[lane] += left_gain * sample;
                right[lane] += right_gain * sample;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_sine_through_a_late_chunk() {
        let (cycles, phase, decay) = (0.437_219_3, 0.3, 1e-6);
        let oscillator = Oscillator::new(cycles, phase, decay);
        let start = 5_000_000_u64;
        let mut planes = Planes::SILENT;
        oscillator.wave(start, oscillator.level(start)).add([1.0, 0.5], &mut planes);
        for (offset, sample) in planes.left.iter().enumerate() {
            let frame = (start + offset as u64) as f64;
            let exact = (-decay * frame).exp() * (TAU * (cycles * frame + phase).fract()).sin();
            assert!((f64::from(*sample) - exact).abs() < 4e-6, "{offset}: {sample} {exact}");
            assert_eq!(planes.right[offset], *sample * 0.5);
        }
    }
}
