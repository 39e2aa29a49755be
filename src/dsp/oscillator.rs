//! Decaying sinusoids, computed in chunks. Phase and level are exact at the start of a chunk and are rotated recursively from there.

use std::array;
use std::f64::consts::{FRAC_PI_4, TAU};

/// Frames per chunk. Chunks are aligned to the start of the sound, so the samples don't depend on how they are requested. They are short
/// enough that rounding errors stay below −110 dB.
pub(super) const CHUNK: usize = 512;

/// Frames that are rotated side by side, so that the compiler can use vector instructions.
pub(super) const LANES: usize = 8;

/// One chunk of stereo sound with separate channels.
pub(super) struct StereoChunk {
    pub(super) left: [f32; CHUNK],
    pub(super) right: [f32; CHUNK],
}

impl StereoChunk {
    pub(super) const SILENT: Self = Self { left: [0.0; CHUNK], right: [0.0; CHUNK] };
}

/// Returns the left and right gains of a source at a position from −1 (left) to 1 (right), by the constant power law.
pub(super) fn constant_power_pan(position: f64, level: f64) -> [f64; 2] {
    let (right, left) = ((position.clamp(-1.0, 1.0) + 1.0) * FRAC_PI_4).sin_cos();
    [level * left, level * right]
}

/// A decaying sinusoid: `e^(-decay · n) · sin(2π (cycles · n + phase))` at frame n.
pub(super) struct Oscillator {
    cycles: f64,
    phase: f64,
    decay: f64,
    lanes: [[f32; LANES]; 2],
    step: [f32; 2],
}

impl Oscillator {
    /// Creates a sinusoid from its frequency in cycles per frame, its initial phase in cycles, and its decay in nepers per frame.
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

    /// Returns the level at a frame, which is 1 at the start.
    pub(super) fn level_at(&self, frame: u64) -> f64 {
        (-self.decay * frame as f64).exp()
    }

    /// Starts the sinusoid at a frame, with the given level there.
    pub(super) fn start_at(&self, frame: u64, level: f64) -> RunningOscillator {
        let (sine, cosine) = (TAU * (self.cycles * frame as f64 + self.phase).fract()).sin_cos();
        let (cosine, sine) = ((cosine * level) as f32, (sine * level) as f32);
        let [lane_cosine, lane_sine] = &self.lanes;
        RunningOscillator {
            cosine: array::from_fn(|lane| cosine * lane_cosine[lane] - sine * lane_sine[lane]),
            sine: array::from_fn(|lane| sine * lane_cosine[lane] + cosine * lane_sine[lane]),
            step: self.step,
        }
    }
}

/// A sinusoid that yields samples from a certain frame on.
pub(super) struct RunningOscillator {
    cosine: [f32; LANES],
    sine: [f32; LANES],
    step: [f32; 2],
}

impl RunningOscillator {
    /// Returns the next samples.
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

    /// Adds a whole chunk with these left and right gains.
    pub(super) fn add_to(mut self, [left_gain, right_gain]: [f32; 2], chunk: &mut StereoChunk) {
        let left = chunk.left.chunks_exact_mut(LANES);
        for (left, right) in left.zip(chunk.right.chunks_exact_mut(LANES)) {
            let samples = self.next();
            for lane in 0..LANES {
                left[lane] += left_gain * samples[lane];
                right[lane] += right_gain * samples[lane];
            }
        }
    }

    /// Adds a whole chunk with these left and right gains, and a further gain for each frame.
    pub(super) fn add_shaped_to(
        mut self,
        [left_gain, right_gain]: [f32; 2],
        shape: &[f32; CHUNK],
        chunk: &mut StereoChunk,
    ) {
        let left = chunk.left.chunks_exact_mut(LANES);
        let right = chunk.right.chunks_exact_mut(LANES);
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
    fn a_late_chunk_is_close_to_the_exact_sine() {
        let (cycles, phase, decay) = (0.437_219_3, 0.3, 1e-6);
        let oscillator = Oscillator::new(cycles, phase, decay);
        let start = 5_000_000_u64;
        let mut chunk = StereoChunk::SILENT;
        oscillator.start_at(start, oscillator.level_at(start)).add_to([1.0, 0.5], &mut chunk);
        for (offset, sample) in chunk.left.iter().enumerate() {
            let frame = (start + offset as u64) as f64;
            let exact = (-decay * frame).exp() * (TAU * (cycles * frame + phase).fract()).sin();
            assert!((f64::from(*sample) - exact).abs() < 4e-6, "{offset}: {sample} {exact}");
            assert_eq!(chunk.right[offset], *sample * 0.5);
        }
    }
}
