//! True peaks: the signal between its samples, by four-fold oversampling as ITU-R BS.1770-4, annex 2, describes.
//!
//! Meters differ in their filters: those of the standard's length read harsh sounds up to half a decibel higher, or lower, than
//! long ones that follow the signal to the edge of its band. Both are computed here, so that no meter finds more.

use std::f64::consts::PI;

use super::smoothing::Gain;
use super::{Limiter, STRETCH};
use crate::units::{Decibels, Frame, Rate};

/// How many frames to either side a point between two samples depends on.
pub(super) const REACH: usize = 16;
const TAPS: usize = 2 * REACH;
/// The points between two samples.
const BETWEEN: usize = 3;
/// From this rate on, meters oversample two-fold.
const TWO_FOLD_HERTZ: u32 = 96_000;
/// Half the length of the meters' filters, four-fold and two-fold.
const METER_REACH: [usize; 2] = [6, 12];
/// Frames of the past that the points of a stretch depend on.
pub(super) const PAST: usize = TAPS - 1;
/// How far below the ceiling detection works, as other meters interpolate otherwise.
const MARGIN: Decibels = Decibels(0.05);
/// Bounds are computed with real numbers, samples with rounded ones.
const SAFETY: f32 = 0.9999;
/// Samples that are compared side by side.
const LANES: usize = 16;

/// Finds the true peaks of a signal, as late as they need to look ahead.
pub(super) struct Peaks {
    /// Each of an even length, its point between the two samples in the middle.
    filters: Vec<Vec<f32>>,
    ceiling: f32,
    /// Where no sample reaches this, no true peak reaches the ceiling.
    quiet: f32,
    /// By how much a true peak may exceed the greatest sample, in parts of the greatest step between samples.
    overshoot: f32,
    /// Frames since a sample last reached `quiet`.
    since_loud: usize,
}

impl Peaks {
    pub(super) fn new(rate: Rate) -> Self {
        let points = || (1..=BETWEEN).map(|point| point as f64 / (BETWEEN + 1) as f64);
        let mut exact: Vec<Vec<f64>> = points().map(|part| interpolator(REACH, part, kaiser)).collect();
        if rate.hertz() < TWO_FOLD_HERTZ {
            exact.extend(points().map(|part| interpolator(METER_REACH[0], part, hann)));
        } else {
            exact.push(interpolator(METER_REACH[1], 0.5, hann));
        }
        let ceiling = (Limiter::CEILING - MARGIN).amplitude() as f32;
        let greatest_sum = exact.iter().map(|taps| taps.iter().map(|tap| tap.abs()).sum()).fold(1.0, f64::max);
        Self {
            ceiling,
            quiet: ceiling / greatest_sum as f32 * SAFETY,
            overshoot: exact.iter().map(|taps| step_sum(taps)).fold(0.0, f64::max) as f32,
            filters: exact.iter().map(|taps| taps.iter().map(|tap| *tap as f32).collect()).collect(),
            since_loud: PAST,
        }
    }

    pub(super) fn reset(&mut self) {
        self.since_loud = PAST;
    }

    /// A first glance at a stretch: true where it and what came before are so quiet that no gain is needed.
    pub(super) fn scan(&mut self, stretch: &[Frame]) -> bool {
        let was_quiet = self.since_loud >= PAST;
        if greatest(stretch.as_flattened()) < self.quiet {
            self.since_loud = self.since_loud.saturating_add(stretch.len());
            return was_quiet;
        }
        let reaches = |frame: &Frame| frame[0].abs().max(frame[1].abs()) >= self.quiet;
        self.since_loud = stretch.iter().rev().position(reaches).unwrap_or(0);
        false
    }

    /// The gains that are needed from [`REACH`] frames before the stretch to as many before its end. The frames before the
    /// stretch are in a ring whose oldest one is at `oldest`. True where any gain is below 1.
    pub(super) fn measure(&self, ring: &[Frame], oldest: usize, stretch: &[Frame], needed: &mut [Gain]) -> bool {
        let mut planes = [[0.0_f32; PAST + STRETCH]; 2];
        let start = (oldest + ring.len() - PAST) % ring.len();
        let until_end = PAST.min(ring.len() - start);
        let parts = [&ring[start..start + until_end], &ring[..PAST - until_end], stretch];
        let mut place = 0;
        for part in parts {
            for (place, frame) in (place..).zip(part) {
                planes[0][place] = frame[0];
                planes[1][place] = frame[1];
            }
            place += part.len();
        }
        let filled = PAST + stretch.len();
        if planes.iter().all(|plane| self.stays_below(self.ceiling, &plane[..filled])) {
            return false;
        }
        let mut peaks = [0.0_f32; STRETCH];
        for plane in &planes {
            self.follow(plane, &mut peaks);
        }
        let mut any = false;
        for (needed, peak) in needed.iter_mut().zip(peaks) {
            if peak > self.ceiling {
                *needed = Gain::to_reach(self.ceiling, peak);
                any = true;
            }
        }
        any
    }

    /// The greatest true peak of the first frames of a plane that begins with the past, or `least` where none exceeds it.
    pub(super) fn greatest(&self, plane: &[f32; PAST + STRETCH], frames: usize, least: f32) -> f32 {
        if self.stays_below(least, &plane[..PAST + frames]) {
            return least;
        }
        let mut peaks = [0.0_f32; STRETCH];
        self.follow(plane, &mut peaks);
        peaks[..frames].iter().fold(least, |greatest, peak| greatest.max(*peak))
    }

    /// Whether samples and steps are so small that no true peak reaches a ceiling.
    fn stays_below(&self, ceiling: f32, plane: &[f32]) -> bool {
        let mut step = 0.0_f32;
        for (next, sample) in plane[1..].iter().zip(plane) {
            let size = (next - sample).abs();
            step = if size > step { size } else { step };
        }
        greatest(plane) + self.overshoot * step < ceiling * SAFETY
    }

    /// Raises the peaks to those of one ear: at each sample, and between it and the next.
    fn follow(&self, plane: &[f32; PAST + STRETCH], peaks: &mut [f32; STRETCH]) {
        for (peak, sample) in peaks.iter_mut().zip(&plane[REACH - 1..]) {
            *peak = peak.max(sample.abs());
        }
        for filter in &self.filters {
            raise(peaks, &plane[REACH - filter.len() / 2..], filter);
        }
    }
}

/// Raises the peaks to what a filter finds, which begins at each frame of the plane.
fn raise(peaks: &mut [f32; STRETCH], plane: &[f32], filter: &[f32]) {
    let mut found = [0.0_f32; STRETCH];
    for (tap, factor) in filter.iter().enumerate() {
        for (sum, sample) in found.iter_mut().zip(&plane[tap..tap + STRETCH]) {
            *sum += factor * sample;
        }
    }
    for (peak, value) in peaks.iter_mut().zip(found) {
        *peak = peak.max(value.abs());
    }
}

/// The greatest magnitude.
fn greatest(samples: &[f32]) -> f32 {
    let mut most = [0.0_f32; LANES];
    let (whole, rest) = samples.as_chunks::<LANES>();
    for lanes in whole {
        for (most, sample) in most.iter_mut().zip(lanes) {
            let size = sample.abs();
            *most = if size > *most { size } else { *most };
        }
    }
    most.iter().chain(rest).fold(0.0, |most, sample| most.max(sample.abs()))
}

/// The factors by which the samples around make up the point at `part` of the way from one to the next: a sine cardinal under a
/// window, which is a function of the place from −1 to 1. The sample before the point is the last one of the first half.
fn interpolator(reach: usize, part: f64, window: impl Fn(f64) -> f64) -> Vec<f64> {
    let tap = |tap: usize| {
        let distance = tap as f64 - (reach - 1) as f64 - part;
        (PI * distance).sin() / (PI * distance) * window(distance / reach as f64)
    };
    let sum: f64 = (0..2 * reach).map(tap).sum();
    (0..2 * reach).map(|index| tap(index) / sum).collect()
}

fn hann(place: f64) -> f64 {
    0.5 + 0.5 * (PI * place).cos()
}

fn kaiser(place: f64) -> f64 {
    const SHAPE: f64 = 6.0;
    bessel(SHAPE * (1.0 - place * place).max(0.0).sqrt()) / bessel(SHAPE)
}

/// The modified Bessel function of the first kind and order nought, by its series.
fn bessel(x: f64) -> f64 {
    const TERMS: u32 = 30;
    let (mut term, mut sum) = (1.0, 1.0);
    for index in 1..=TERMS {
        term *= (x / (2.0 * f64::from(index))).powi(2);
        sum += term;
    }
    sum
}

/// How far an interpolated point can lie from the nearer sample, in parts of the greatest step between samples: the filter less
/// that sample has the sum nought, so it is a filter on the steps, whose factors are its running sums.
fn step_sum(taps: &[f64]) -> f64 {
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
    fn an_interpolated_sine_is_the_sine() {
        for point in 1..=BETWEEN {
            let part = point as f64 / 4.0;
            let taps = interpolator(REACH, part, kaiser);
            for frequency in [0.01, 0.1, 0.25, 0.35, 0.42] {
                let wave = |place: f64| (2.0 * PI * frequency * place + 0.7).sin();
                let found: f64 = (0..TAPS).map(|tap| taps[tap] * wave(tap as f64 - (REACH - 1) as f64)).sum();
                assert!((found - wave(part)).abs() < 0.004, "{frequency} at {part}: {found} for {}", wave(part));
            }
        }
    }

    #[test]
    fn the_bounds_are_useful() {
        let peaks = Peaks::new(Rate::DEFAULT);
        assert!(peaks.quiet > 0.25, "{}", peaks.quiet);
        assert!(peaks.overshoot < 1.5, "{}", peaks.overshoot);
    }
}
