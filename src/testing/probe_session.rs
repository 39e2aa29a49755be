//! A session without gaps. The level of its left channel is constant, so that the output there is the player's gain; the noise in its
//! right channel never repeats, so that the output there identifies the frame.

use crate::dsp::fades::raised_cosine;
use crate::units::{Frame, Rate};

use super::clips::{Recording, Recordings, noise};
use super::session::{Prepared, hertz};

/// The level of the left channel.
pub(crate) const LEVEL: f32 = 0.5;
/// Frames per second.
pub(crate) const RATE: usize = 8_000;

/// A line of 5 s, a bell of 4 s, a line of 3 s, a bell of 5 s; a gentler passage of 3 s, a closing of 2 s.
pub(crate) const PLAIN: &str = r#"
    [bell.first]
    clip = "first.wav"
    [bell.last]
    clip = "last.wav"
    [[segment]]
    say = "One."
    clip = "one.wav"
    [[segment]]
    bell = "first"
    hold = "4s"
    [[segment]]
    say = "Two."
    clip = "two.wav"
    [[segment]]
    bell = "last"
    hold = "5s"
    [[soften]]
    say = "Softly."
    clip = "soften.wav"
    [[exit]]
    say = "Farewell."
    clip = "closing.wav"
"#;

/// The length of the ring-out in frames.
pub(crate) const RING_OUT: usize = RATE;
/// The starts of its segments, and the end of the last one.
pub(crate) const STARTS: [usize; 5] = [0, 5 * RATE, 9 * RATE, 12 * RATE, 17 * RATE];
pub(crate) const SOFTEN: usize = 3 * RATE;
pub(crate) const CLOSING: usize = 2 * RATE;

pub(crate) fn plain() -> Prepared {
    with_clips(PLAIN)
}

/// Returns another session with the same recordings.
pub(crate) fn with_clips(text: &str) -> Prepared {
    let rate = hertz(RATE as u32);
    let recordings = [("one", 5), ("first", 4), ("two", 3), ("last", 6), ("soften", 3), ("closing", 2)];
    let recordings = recordings.iter().enumerate().fold(Recordings::default(), |all, (seed, (name, seconds))| {
        all.with(&format!("{name}.wav"), identifiable(rate, seconds * RATE, seed as u32))
    });
    Prepared::new(text, &recordings, rate)
}

/// A recording with a constant level in the left channel and noise in the right.
pub(crate) fn identifiable(rate: Rate, frames: usize, seed: u32) -> Recording {
    Recording::of(rate, frames, |frame| [LEVEL, noise(seed, frame)])
}

/// Returns the player's gain.
pub(crate) fn gain(frame: Frame) -> f32 {
    frame[0] / LEVEL
}

/// Returns a part of a render, with a gain for each frame.
pub(crate) fn under(rendered: &[Frame], gain: impl Fn(usize) -> f32) -> Vec<Frame> {
    rendered.iter().enumerate().map(|(number, frame)| frame.map(|sample| sample * gain(number))).collect()
}

/// Returns the gain of a fade-in over `whole` frames, from a position within it.
pub(crate) fn rise(from: f64, whole: usize) -> impl Fn(usize) -> f32 {
    move |frame| raised_cosine((from + (frame + 1) as f64 / whole as f64) as f32)
}

/// Returns the gain of a fade-out over `whole` frames, from a position within it.
pub(crate) fn fall(from: f64, whole: usize) -> impl Fn(usize) -> f32 {
    move |frame| raised_cosine((from - (frame + 1) as f64 / whole as f64) as f32)
}

/// Fails at the first frame where two outputs differ audibly.
#[track_caller]
pub(crate) fn assert_same(output: &[Frame], expected: &[Frame]) {
    assert_eq!(output.len(), expected.len(), "frames");
    let differs =
        |(one, other): (&Frame, &Frame)| one.iter().zip(other).any(|(a, b)| a.is_nan() || (a - b).abs() > 1e-6);
    if let Some(frame) = output.iter().zip(expected).position(differs) {
        panic!("frame {frame} is {:?}, expected {:?}", output[frame], expected[frame]);
    }
}
