//! What a recording engineer would look at in a clip's samples.

use serde::{Deserialize, Serialize};

use crate::units::{Decibels, Frame, Lufs, Rate, SILENCE};

/// A sample at or above this stands at full scale.
const FULL_SCALE: f32 = 0.9999;
/// So many of them in a row were cut off.
const CLIPPED: u32 = 3;
/// Windows a second in which the level is taken.
const WINDOWS: u32 = 20;
/// Of the windows, by their level, the one in so many holds the noise alone: a clip of speech pauses that often.
const QUIETEST: usize = 50;

/// What was measured of a clip's samples, before any gain; full scale is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// How many runs of samples stand at full scale.
    pub clipped_runs: u64,
    /// The mean of all samples, of the worse channel.
    pub direct_current: f64,
    /// The greatest of the first frame, without its sign.
    pub first: f64,
    /// The same of the last frame.
    pub last: f64,
    /// The level of the quietest fiftieth of its windows of 50 ms, digital silence left out, in dBFS; `None` where there is none.
    pub noise: Option<f64>,
}

impl Statistics {
    /// How loud the noise is, as heard in both ears. RMS stands for loudness: noise has no rhythm that gating would mind.
    #[must_use]
    pub fn noise_loudness(&self) -> Option<Lufs> {
        self.noise.map(Lufs)
    }
}

/// Takes the statistics of a clip that is handed over piece by piece.
pub(super) struct Counter {
    found: Statistics,
    sums: [f64; 2],
    frames: u64,
    last: Frame,
    run: [u32; 2],
    window: usize,
    energy: f64,
    filled: usize,
    levels: Vec<f32>,
}

impl Counter {
    pub(super) fn new(rate: Rate) -> Self {
        let window = (rate.hertz() / WINDOWS).max(1) as usize;
        Self {
            found: Statistics::default(),
            sums: [0.0; 2],
            frames: 0,
            last: SILENCE,
            run: [0; 2],
            window,
            energy: 0.0,
            filled: 0,
            levels: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, frames: &[Frame]) {
        for frame in frames {
            if self.frames == 0 {
                self.found.first = greatest(*frame);
            }
            for (channel, sample) in frame.iter().enumerate() {
                self.sums[channel] += f64::from(*sample);
                self.run[channel] = if sample.abs() >= FULL_SCALE { self.run[channel] + 1 } else { 0 };
                self.found.clipped_runs += u64::from(self.run[channel] == CLIPPED);
            }
            self.energy += f64::from(frame[0] * frame[0]) + f64::from(frame[1] * frame[1]);
            self.filled += 1;
            if self.filled == self.window {
                self.close_window();
            }
            self.frames += 1;
            self.last = *frame;
        }
    }

    fn close_window(&mut self) {
        if self.energy > 0.0 {
            self.levels.push((10.0 * (self.energy / self.window as f64).log10()) as f32);
        }
        (self.energy, self.filled) = (0.0, 0);
    }

    pub(super) fn finish(mut self) -> Statistics {
        self.found.last = greatest(self.last);
        let mean = |channel: usize| (self.sums[channel] / self.frames.max(1) as f64).abs();
        self.found.direct_current = mean(0).max(mean(1));
        self.levels.sort_by(f32::total_cmp);
        self.found.noise = self.levels.get(self.levels.len() / QUIETEST).map(|level| Decibels(f64::from(*level)).0);
        self.found
    }
}

fn greatest(frame: Frame) -> f64 {
    f64::from(frame[0].abs().max(frame[1].abs()))
}
