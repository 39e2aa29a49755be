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
/// The number of louder windows that must still be close to the noise level. Noise is steady; a short clip without a pause has no such windows.
const STEADY_WINDOWS: usize = 3;
/// The maximum difference in dB between these windows and the noise level.
const STEADY_RANGE: f32 = 6.0;

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
    /// silent, or has no pause in which noise could be measured.
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
        self.statistics.noise_level = noise_level(self.window_levels);
        self.statistics
    }
}

/// Returns the level of the noise in the pauses, from the levels of all windows.
fn noise_level(mut window_levels: Vec<f32>) -> Option<f64> {
    window_levels.sort_by(f32::total_cmp);
    let quietest = window_levels.len() / NOISE_FRACTION;
    let (level, steady) = (window_levels.get(quietest)?, window_levels.get(quietest + STEADY_WINDOWS)?);
    (steady - level <= STEADY_RANGE).then(|| f64::from(*level))
}

/// Returns the larger absolute value of both channels.
fn peak(frame: Frame) -> f64 {
    f64::from(frame[0].abs().max(frame[1].abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    /// Measures the noise of a clip of windows with these levels in dBFS.
    fn measure_noise(levels: &[f32]) -> Option<f64> {
        let mut collector = StatisticsCollector::new(Rate::new(RATE).unwrap(), false);
        for level in levels {
            let amplitude = 10.0_f32.powf(level / 20.0) / std::f32::consts::SQRT_2;
            let window: Vec<Frame> = (0..RATE / WINDOWS_PER_SECOND)
                .map(|index| if index % 2 == 0 { amplitude } else { -amplitude })
                .map(|sample| [sample; 2])
                .collect();
            collector.add(&window);
        }
        collector.finish().noise_level
    }

    fn assert_noise(levels: &[f32], expected: f64) {
        let level = measure_noise(levels).unwrap();
        assert!((level - expected).abs() < 0.5, "{level}");
    }

    #[test]
    fn noise_is_measured_in_the_pauses() {
        let sentence = [-20.0, -18.0, -25.0, -22.0, -30.0, -19.0, -24.0, -21.0];
        let pause = [-55.0, -54.5, -55.5, -55.0, -54.0, -55.0];
        assert_noise(&[&pause[..], &sentence, &pause].concat(), -55.5);
        assert_noise(&[&sentence[..], &pause, &sentence, &sentence].concat().repeat(20), -55.5);
    }

    #[test]
    fn a_short_clip_without_a_pause_has_no_noise_level() {
        // The fades, the breaks before consonants and the end of a phrase are quiet, but differ from each other.
        assert_eq!(
            measure_noise(&[-55.0, -23.0, -16.0, -26.0, -18.0, -41.0, -46.0, -24.0, -20.0, -22.0, -29.0, -51.0]),
            None
        );
        assert_eq!(measure_noise(&[-48.0, -20.0]), None);
        assert_eq!(measure_noise(&[]), None);
    }
}
