//! The real program with a recorded null sink: commands, lost and moved devices, and underruns.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

mod ahead;
mod bluetooth;
mod busy;
mod choice;
mod controls;
mod envelope;
mod losses;
mod outputs;
mod volume;

use crate::support::rig::{Frame, RATE};

/// Noise without repetition, with a slow fade at each end. The same seed gives the same noise.
fn noise(seed: u32, seconds: f64) -> Vec<Frame> {
    let frames = (seconds * RATE as f64) as usize;
    (0..frames)
        .map(|frame| [0, 1].map(|channel| with_fades(frame, frames, 0.3 * random_sample(seed, 2 * frame + channel))))
        .collect()
}

/// Returns a pseudo-random number from −1 to 1 for a seed and an index.
fn random_sample(seed: u32, place: usize) -> f32 {
    let mut key = (u64::from(seed) << 40) ^ place as u64;
    key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^= key >> 31;
    (key >> 40) as f32 / (1_u32 << 23) as f32 - 1.0
}

/// Returns a pure tone without fades.
fn tone(seconds: f64) -> Vec<Frame> {
    let frames = (seconds * RATE as f64) as usize;
    let turn = std::f64::consts::TAU * envelope::HERTZ / RATE as f64;
    (0..frames).map(|frame| [(0.3 * (turn * frame as f64).sin()) as f32; 2]).collect()
}

fn with_fades(frame: usize, frames: usize, sample: f32) -> f32 {
    const EDGE: usize = RATE / 20;
    let part = frame.min(frames - 1 - frame).min(EDGE) as f32 / EDGE as f32;
    sample * raised_cosine(part)
}

/// Rises from 0 at 0 to 1 at 1.
fn raised_cosine(part: f32) -> f32 {
    0.5 - 0.5 * (std::f32::consts::PI * part).cos()
}
