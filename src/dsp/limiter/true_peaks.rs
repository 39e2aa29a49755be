//! True peaks: the peaks of the signal between its samples, found by fourfold oversampling as in ITU-R BS.1770-4, annex 2.
//!
//! Meters differ in their filters. Filters of the length in the standard read harsh sounds up to half a decibel higher or lower than long
//! ones, which are accurate up to the edge of the band. Both are computed here, so that no meter reads higher.

use std::f64::consts::PI;

use super::gain_smoothing::FixedPointGain;
use crate::units::{Decibels, Frame, Rate};

/// The highest true peak in the output of the limiter.
pub(super) const CEILING: Decibels = Decibels(-1.0);
/// The maximum number of frames that are processed at once.
pub(super) const BLOCK: usize = 128;
/// How many frames on either side a point between two samples depends on.
pub(super) const HALF_WIDTH: usize = 16;
const TAPS: usize = 2 * HALF_WIDTH;
/// The number of interpolated points between two samples.
const POINTS: usize = 3;
/// The sample rate from which meters oversample twofold only.
const TWOFOLD_HERTZ: u32 = 96_000;
/// Half the length of the meters' filters, for fourfold and for twofold oversampling.
const METER_HALF_WIDTHS: [usize; 2] = [6, 12];
/// The number of frames before a block that its points depend on.
pub(super) const HISTORY: usize = TAPS - 1;
/// How far below the ceiling the detector works, since other meters interpolate differently.
const MARGIN: Decibels = Decibels(0.05);
/// Accounts for rounding errors in the samples, which the bounds don't include.
const SAFETY: f32 = 0.9999;
/// Samples that are compared side by side in vector code.
const LANES: usize = 16;

/// Finds the true peaks of a signal, delayed by [`HALF_WIDTH`] frames.
pub(super) struct TruePeakDetector {
    /// Interpolation filters of even length. Each yields a point between the two samples in its middle.
    filters: Vec<Vec<f32>>,
    ceiling: f32,
    /// If no sample reaches this level, no true peak reaches the ceiling.
    quiet: f32,
    /// The greatest amount by which a true peak can exceed the largest sample, relative to the largest step between samples.
    overshoot: f32,
    /// Frames since a sample last reached `quiet`.
    since_loud: usize,
}

impl TruePeakDetector {
    pub(super) fn new(rate: Rate) -> Self {
        let points = || (1..=POINTS).map(|point| point as f64 / (POINTS + 1) as f64);
        let mut exact: Vec<Vec<f64>> = points().map(|fraction| interpolator(HALF_WIDTH, fraction, kaiser)).collect();
        if rate.hertz() < TWOFOLD_HERTZ {
            exact.extend(points().map(|fraction| interpolator(METER_HALF_WIDTHS[0], fraction, hann)));
        } else {
            exact.push(interpolator(METER_HALF_WIDTHS[1], 0.5, hann));
        }
        let ceiling = (CEILING - MARGIN).amplitude() as f32;
        let max_sum = exact.iter().map(|taps| taps.iter().map(|tap| tap.abs()).sum()).fold(1.0, f64::max);
        Self {
            ceiling,
            quiet: ceiling / max_sum as f32 * SAFETY,
            overshoot: exact.iter().map(|taps| max_deviation(taps)).fold(0.0, f64::max) as f32,
            filters: exact.iter().map(|taps| taps.iter().map(|tap| *tap as f32).collect()).collect(),
            since_loud: HISTORY,
        }
    }

    pub(super) fn reset(&mut self) {
        self.since_loud = HISTORY;
    }

    /// Returns whether a block and the frames before it are so quiet that no gain is needed. This is a quick check before
    /// [`TruePeakDetector::measure`].
    pub(super) fn scan(&mut self, block: &[Frame]) -> bool {
        let was_quiet = self.since_loud >= HISTORY;
        if max_magnitude(block.as_flattened()) < self.quiet {
            self.since_loud = self.since_loud.saturating_add(block.len());
            return was_quiet;
        }
        let reaches = |frame: &Frame| frame[0].abs().max(frame[1].abs()) >= self.quiet;
        self.since_loud = block.iter().rev().position(reaches).unwrap_or(0);
        false
    }

    /// Computes the gains that are needed from [`HALF_WIDTH`] frames before the block to [`HALF_WIDTH`] frames before its end. The frames before
    /// the block are in a ring buffer whose oldest frame is at `oldest`. Returns whether any gain is below 1.
    pub(super) fn measure(
        &self,
        ring: &[Frame],
        oldest: usize,
        block: &[Frame],
        needed: &mut [FixedPointGain],
    ) -> bool {
        let mut channels = [[0.0_f32; HISTORY + BLOCK]; 2];
        let start = (oldest + ring.len() - HISTORY) % ring.len();
        let until_end = HISTORY.min(ring.len() - start);
        let parts = [&ring[start..start + until_end], &ring[..HISTORY - until_end], block];
        let mut index = 0;
        for part in parts {
            for (index, frame) in (index..).zip(part) {
                channels[0][index] = frame[0];
                channels[1][index] = frame[1];
            }
            index += part.len();
        }
        let filled = HISTORY + block.len();
        if channels.iter().all(|samples| self.stays_below(self.ceiling, &samples[..filled])) {
            return false;
        }
        let mut peaks = [0.0_f32; BLOCK];
        for samples in &channels {
            self.raise_to_channel(samples, &mut peaks);
        }
        let mut any = false;
        for (needed, peak) in needed.iter_mut().zip(peaks) {
            if peak > self.ceiling {
                *needed = FixedPointGain::to_reach(self.ceiling, peak);
                any = true;
            }
        }
        any
    }

    /// Returns the maximum true peak of the first `frames` samples after the past, or `minimum` if none exceeds it.
    pub(super) fn maximum(&self, samples: &[f32; HISTORY + BLOCK], frames: usize, minimum: f32) -> f32 {
        if self.stays_below(minimum, &samples[..HISTORY + frames]) {
            return minimum;
        }
        let mut peaks = [0.0_f32; BLOCK];
        self.raise_to_channel(samples, &mut peaks);
        peaks[..frames].iter().fold(minimum, |maximum, peak| maximum.max(*peak))
    }

    /// Returns whether the samples and the steps between them are so small that no true peak reaches a ceiling.
    fn stays_below(&self, ceiling: f32, samples: &[f32]) -> bool {
        let mut step = 0.0_f32;
        for (next, sample) in samples[1..].iter().zip(samples) {
            let size = (next - sample).abs();
            step = if size > step { size } else { step };
        }
        max_magnitude(samples) + self.overshoot * step < ceiling * SAFETY
    }

    /// Raises the peaks to those of one channel, at each sample and between it and the next.
    fn raise_to_channel(&self, samples: &[f32; HISTORY + BLOCK], peaks: &mut [f32; BLOCK]) {
        for (peak, sample) in peaks.iter_mut().zip(&samples[HALF_WIDTH - 1..]) {
            *peak = peak.max(sample.abs());
        }
        for filter in &self.filters {
            raise_to_filtered(peaks, &samples[HALF_WIDTH - filter.len() / 2..], filter);
        }
    }
}

/// Raises the peaks to the output of a filter, which starts at each of the samples in turn.
fn raise_to_filtered(peaks: &mut [f32; BLOCK], samples: &[f32], filter: &[f32]) {
    let mut filtered = [0.0_f32; BLOCK];
    for (tap, factor) in filter.iter().enumerate() {
        for (sum, sample) in filtered.iter_mut().zip(&samples[tap..tap + BLOCK]) {
            *sum += factor * sample;
        }
    }
    for (peak, value) in peaks.iter_mut().zip(filtered) {
        *peak = peak.max(value.abs());
    }
}

/// Returns the largest magnitude.
fn max_magnitude(samples: &[f32]) -> f32 {
    let mut maxima = [0.0_f32; LANES];
    let (whole, rest) = samples.as_chunks::<LANES>();
    for lanes in whole {
        for (maximum, sample) in maxima.iter_mut().zip(lanes) {
            let size = sample.abs();
            *maximum = if size > *maximum { size } else { *maximum };
        }
    }
    maxima.iter().chain(rest).fold(0.0, |maximum, sample| maximum.max(sample.abs()))
}

/// Returns the filter that interpolates the point at a fraction of the way from one sample to the next: a sinc function times a window,
/// which is a function of the position from −1 to 1. The sample before the point is the last one of the first half.
fn interpolator(reach: usize, fraction: f64, window: impl Fn(f64) -> f64) -> Vec<f64> {
    let tap = |tap: usize| {
        let distance = tap as f64 - (reach - 1) as f64 - fraction;
        (PI * distance).sin() / (PI * distance) * window(distance / reach as f64)
    };
    let sum: f64 = (0..2 * reach).map(tap).sum();
    (0..2 * reach).map(|index| tap(index) / sum).collect()
}

fn hann(position: f64) -> f64 {
    0.5 + 0.5 * (PI * position).cos()
}

fn kaiser(position: f64) -> f64 {
    const SHAPE: f64 = 6.0;
    bessel(SHAPE * (1.0 - position * position).max(0.0).sqrt()) / bessel(SHAPE)
}

/// Returns the modified Bessel function of the first kind and order zero, by its power series.
fn bessel(x: f64) -> f64 {
    const TERMS: u32 = 30;
    let (mut term, mut sum) = (1.0, 1.0);
    for index in 1..=TERMS {
        term *= (x / (2.0 * f64::from(index))).powi(2);
        sum += term;
    }
    sum
}

/// Returns how far an interpolated point can lie from the nearer sample, relative to the largest step between samples. The filter minus
/// that sample sums to zero, so it is a filter on the steps, whose coefficients are the running sums.
fn max_deviation(taps: &[f64]) -> f64 {
    let reach = taps.len() / 2;
    let nearer = if taps[reach - 1] >= taps[reach] { reach - 1 } else { reach };
    let mut running = 0.0;
    let mut total = 0.0;
    for (tap, factor) in taps.iter().enumerate() {
        running += factor - if tap == nearer { 1.0 } else { 0.0 };
        total += f64::abs(running);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interpolated_sine_matches_the_sine() {
        for point in 1..=POINTS {
            let fraction = point as f64 / 4.0;
            let taps = interpolator(HALF_WIDTH, fraction, kaiser);
            for frequency in [0.01, 0.1, 0.25, 0.35, 0.42] {
                let wave = |position: f64| (2.0 * PI * frequency * position + 0.7).sin();
                let found: f64 = (0..TAPS).map(|tap| taps[tap] * wave(tap as f64 - (HALF_WIDTH - 1) as f64)).sum();
                assert!(
                    (found - wave(fraction)).abs() < 0.004,
                    "{frequency} at {fraction}: {found} for {}",
                    wave(fraction)
                );
            }
        }
    }

    #[test]
    fn the_bounds_are_tight_enough_to_skip_quiet_blocks() {
        let detector = TruePeakDetector::new(Rate::DEFAULT);
        assert!(detector.quiet > 0.25, "{}", detector.quiet);
        assert!(detector.overshoot < 1.5, "{}", detector.overshoot);
    }
}
