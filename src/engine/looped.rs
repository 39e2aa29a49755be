//! A seamlessly looped clip.

use std::time::Duration;

use super::resampled::Resampled;
use super::source::ClipReader;
use crate::dsp::fades::raised_cosine;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// The length of the crossfade from the end to the beginning.
const CROSSFADE: Duration = Duration::from_secs(2);
/// The number of frames read at once.
const CHUNK_FRAMES: usize = 1024;

/// A looped clip, whose end is crossfaded into its beginning. The first round starts without a fade.
pub(super) struct Looped {
    /// Reads the current round.
    round: Box<dyn ClipReader>,
    /// Reads the end of the previous round, for the crossfade.
    before: Box<dyn ClipReader>,
    crossfade: u64,
    /// The correlation of the end and the beginning: 1 for identical, 0 for uncorrelated.
    correlation: f32,
    /// The length of a round, from its beginning to that of the next.
    period: u64,
    position: Frames,
    block: Vec<Frame>,
}

impl Looped {
    /// Two readers of the same clip.
    pub(super) fn new(round: Box<dyn ClipReader>, before: Box<dyn ClipReader>, rate: Rate) -> Self {
        let (mut round, mut before) = (Resampled::at(rate, round), Resampled::at(rate, before));
        let length = round.frames().0.max(1);
        let crossfade = rate.frames(CROSSFADE).0.min(length / 4);
        let period = length - crossfade;
        before.seek(Frames(period));
        let correlation = correlation(&mut *round, &mut *before, crossfade);
        round.seek(Frames::ZERO);
        Self {
            round,
            before,
            crossfade,
            correlation,
            period,
            position: Frames::ZERO,
            block: vec![SILENCE; CHUNK_FRAMES],
        }
    }

    /// Adds the frames from `from` on, multiplied by their gains.
    pub(super) fn add(&mut self, from: Frames, gains: &[f32], sum: &mut [Frame]) {
        if from != self.position {
            self.seek_round(from.0);
        }
        let mut done = 0;
        while done < sum.len() {
            let offset = (from.0 + done as u64) % self.period;
            if offset == 0 {
                self.seek_round(from.0 + done as u64);
            }
            let border = if offset < self.crossfade { self.crossfade } else { self.period };
            let count =
                usize::try_from(border - offset).unwrap_or(CHUNK_FRAMES).min(sum.len() - done).min(CHUNK_FRAMES);
            let part = done..done + count;
            self.add_part(from.0 + done as u64, &gains[part.clone()], &mut sum[part]);
            done += count;
        }
        self.position = from + Frames(sum.len() as u64);
    }

    /// Returns the first error so far.
    pub(super) fn first_error(&self) -> Option<&str> {
        self.round.first_error().or(self.before.first_error())
    }

    fn seek_round(&mut self, frame: u64) {
        let offset = frame % self.period;
        self.round.seek(Frames(offset));
        self.before.seek(Frames(self.period + offset));
    }

    fn add_part(&mut self, frame: u64, gains: &[f32], sum: &mut [Frame]) {
        let offset = frame % self.period;
        let fades = frame >= self.period && offset < self.crossfade;
        let (crossfade, correlation) = (self.crossfade as f32, self.correlation);
        let up = |number: usize| {
            let up = raised_cosine((offset + number as u64) as f32 / crossfade);
            (up, crossfade_level(up, correlation))
        };
        let block = &mut self.block[..sum.len()];
        self.round.read(block);
        for (number, (frame, into)) in block.iter().zip(sum.iter_mut()).enumerate() {
            let (up, level) = if fades { up(number) } else { (1.0, 1.0) };
            let gain = gains[number] * up * level;
            into[0] += frame[0] * gain;
            into[1] += frame[1] * gain;
        }
        if fades {
            self.before.read(block);
            for (number, (frame, into)) in block.iter().zip(sum).enumerate() {
                let (up, level) = up(number);
                let gain = gains[number] * (1.0 - up) * level;
                into[0] += frame[0] * gain;
                into[1] += frame[1] * gain;
            }
        }
    }
}

/// Returns the factor that keeps the level constant during a crossfade: uncorrelated sounds add up in power, correlated ones in
/// amplitude.
fn crossfade_level(up: f32, correlation: f32) -> f32 {
    let down = 1.0 - up;
    1.0 / (up * up + down * down + 2.0 * correlation * up * down).sqrt()
}

/// Returns the correlation of the next frames of both readers, from 0 to 1.
fn correlation(one: &mut dyn ClipReader, other: &mut dyn ClipReader, frames: u64) -> f32 {
    let (mut here, mut there) = (vec![SILENCE; CHUNK_FRAMES], vec![SILENCE; CHUNK_FRAMES]);
    let (mut shared, mut powers, mut left) = (0.0, [0.0; 2], frames);
    while left > 0 {
        let count = usize::try_from(left).unwrap_or(CHUNK_FRAMES).min(CHUNK_FRAMES);
        one.read(&mut here[..count]);
        other.read(&mut there[..count]);
        for (one, other) in here[..count].as_flattened().iter().zip(there[..count].as_flattened()) {
            let (one, other) = (f64::from(*one), f64::from(*other));
            shared += one * other;
            powers[0] += one * one;
            powers[1] += other * other;
        }
        left -= count as u64;
    }
    let whole = (powers[0] * powers[1]).sqrt();
    if whole > 0.0 { (shared / whole).clamp(0.0, 1.0) as f32 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sound(Box<dyn Fn(u64) -> f32 + Send>, u64);

    impl ClipReader for Sound {
        fn rate(&self) -> Rate {
            Rate::DEFAULT
        }

        fn frames(&self) -> Frames {
            Frames(6 * 48_000)
        }

        fn seek(&mut self, frame: Frames) {
            self.1 = frame.0;
        }

        fn read(&mut self, block: &mut [Frame]) {
            for frame in block {
                *frame = [self.0(self.1); 2];
                self.1 += 1;
            }
        }
    }

    /// Returns the level of each half second in dB.
    fn levels(sound: fn(u64) -> f32, halves: usize) -> Vec<f64> {
        let reader = || Box::new(Sound(Box::new(sound), 0));
        let mut looped = Looped::new(reader(), reader(), Rate::DEFAULT);
        let mut output = vec![SILENCE; halves * 24_000];
        looped.add(Frames::ZERO, &vec![1.0; output.len()], &mut output);
        let power = |half: &[Frame]| half.iter().map(|frame| f64::from(frame[0]).powi(2)).sum::<f64>();
        output.chunks(24_000).map(|half| 10.0 * (power(half) / 24_000.0).log10()).collect()
    }

    #[test]
    fn the_level_is_constant_through_the_crossfade_of_a_loop() {
        let tone = |frame: u64| (frame as f32 * std::f32::consts::TAU / 48.0).sin();
        let noise = |frame: u64| {
            let mixed = (frame + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (mixed >> 40) as f32 / 8_388_608.0 - 1.0
        };
        for sound in [tone as fn(u64) -> f32, noise] {
            let levels = levels(sound, 40);
            let (least, most) =
                levels.iter().fold((0.0_f64, -99.0_f64), |(a, b), level| (a.min(*level), b.max(*level)));
            assert!(most - least < 0.3, "{levels:?}");
        }
    }
}
