//! Statistics of a clip's samples, for detecting faults of a recording.

use crate::units::{Frame, Lufs, Rate, SILENCE};

/// The absolute value from which a sample counts as full scale.
const FULL_SCALE: f32 = 0.9999;
/// The number of consecutive full-scale samples that count as clipped.
const CLIPPED_RUN: u32 = 3;
/// Windows per second for the noise level.
const WINDOWS_PER_SECOND: u32 = 20;
/// One window in this many is at or below the noise level, because speech pauses at least that often.
const NOISE_FRACTION: usize = 50;

/// Statistics of a clip's samples before any gain. Full scale is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SampleStatistics {
    /// The number of runs of samples at full scale.
    pub clipped_runs: u64,
    /// The DC offset: the mean of all samples, of the channel where it is larger.
    pub dc_offset: f64,
    /// The peak of the first frame.
    pub first_peak: f64,
    /// The peak of the last frame.
    pub last_peak: f64,
    /// The noise level in dBFS: the level of the quietest fiftieth of all windows of 50 ms, excluding digital silence. `None` if the clip is
    /// silent.
    pub noise_level: Option<f64>,
}

impl SampleStatistics {
    /// Returns the loudness of the noise in both channels together. It is the RMS level, because noise has no pauses to exclude by a gate.
    #[must_use]
    pub(crate) fn noise_loudness(&self) -> Option<Lufs> {
        self.noise_level.map(Lufs)
    }
}

/// Collects statistics from the frames of a clip in order.
pub(super) struct StatisticsCollector {
    statistics: SampleStatistics,
    /// The highest absolute value that counts as full scale: floating-point samples beyond it are not clipped.
    full_scale_limit: f32,
    sums: [f64; 2],
    frames: u64,
    last_frame: Frame,
    /// The length of the current full-scale run in each channel.
    runs: [u32; 2],
    window_length: usize,
    window_energy: f64,
    window_frames: usize,
    window_levels: Vec<f32>,
}

impl StatisticsCollector {
    pub(super) fn new(rate: Rate, is_float: bool) -> Self {
        Self {
            full_scale_limit: if is_float { 2.0 - FULL_SCALE } else { f32::INFINITY },
            statistics: SampleStatistics::default(),
            sums: [0.0; 2],
            frames: 0,
            last_frame: SILENCE,
            runs: [0; 2],
            window_length: (rate.hertz() / WINDOWS_PER_SECOND).max(1) as usize,
            window_energy: 0.0,
            window_frames: 0,
            window_levels: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, frames: &[Frame]) {
        for frame in frames {
            if self.frames == 0 {
                self.statistics.first_peak = peak(*frame);
            }
            for (channel, sample) in frame.iter().enumerate() {
                self.sums[channel] += f64::from(*sample);
                let is_full = (FULL_SCALE..=self.full_scale_limit).contains(&sample.abs());
                self.runs[channel] = if is_full { self.runs[channel] + 1 } else { 0 };
                self.statistics.clipped_runs += u64::from(self.runs[channel] == CLIPPED_RUN);
            }
            self.window_energy += f64::from(frame[0] * frame[0]) + f64::from(frame[1] * frame[1]);
            self.window_frames += 1;
            if self.window_frames == self.window_length {
                self.finish_window();
            }
            self.frames += 1;
            self.last_frame = *frame;
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a level needs no more than 24 bits")]
    fn finish_window(&mut self) {
        if self.window_energy > 0.0 {
            self.window_levels.push((10.0 * (self.window_energy / self.window_length as f64).log10()) as f32);
        }
        (self.window_energy, self.window_frames) = (0.0, 0);
    }

    pub(super) fn finish(mut self) -> SampleStatistics {
        self.statistics.last_peak = peak(self.last_frame);
        let mean = |channel: usize| (self.sums[channel] / self.frames.max(1) as f64).abs();
        self.statistics.dc_offset = mean(0).max(mean(1));
        self.window_levels.sort_by(f32::total_cmp);
        let noise = self.window_levels.get(self.window_levels.len() / NOISE_FRACTION);
        self.statistics.noise_level = noise.map(|level| f64::from(*level));
        self.statistics
    }
}

/// Returns the larger absolute value of both channels.
fn peak(frame: Frame) -> f64 {
    f64::from(frame[0].abs().max(frame[1].abs()))
}
