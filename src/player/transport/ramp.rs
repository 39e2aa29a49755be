//! Gains that change from sample to sample, along a raised cosine.

use std::time::Duration;

use crate::dsp::fades::raised_cosine;
use crate::units::{Decibels, Frames, Rate};

/// The length of each of the transport's ramps, between silence and full gain.
#[derive(Clone, Copy, Debug)]
pub(super) struct FadeLengths {
    /// The fade of a pause and of a resume.
    pub(super) pause: Frames,
    /// The fade-out of a jump.
    pub(super) jump_out: Frames,
    /// The fade-in after a jump, and a change of volume.
    pub(super) jump_in: Frames,
    /// The fade-out of a gentle exit.
    pub(super) exit: Frames,
    /// The fade-out of a stop.
    pub(super) stop: Frames,
}

impl FadeLengths {
    pub(super) fn new(rate: Rate) -> Self {
        let milliseconds = |count| rate.frames(Duration::from_millis(count));
        Self {
            pause: milliseconds(250),
            jump_out: milliseconds(150),
            jump_in: milliseconds(100),
            exit: milliseconds(2000),
            stop: milliseconds(100),
        }
    }
}

/// The transport's own gain, between silence and unity. A reversed ramp continues from its present gain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ramp {
    /// From 0, silence, to 1, unity; the gain is its raised cosine.
    position: f64,
    /// The change per frame.
    slope: f64,
}

/// The rounding error to expect in a sum of steps, as a fraction of a step.
const TOLERANCE: f64 = 1e-3;

impl Ramp {
    pub(super) fn silent() -> Self {
        Self { position: 0.0, slope: 0.0 }
    }

    pub(super) fn unity() -> Self {
        Self { position: 1.0, slope: 0.0 }
    }

    /// Ramps down to silence, at the pace of a whole ramp of this length. A faster ramp in progress keeps its pace, because its frames have
    /// already been counted.
    pub(super) fn fall(&mut self, length: Frames) {
        self.slope = self.slope.min(-1.0 / length.0.max(1) as f64);
    }

    /// Ramps up to unity, at the pace of a whole ramp of this length.
    pub(super) fn rise(&mut self, length: Frames) {
        self.slope = 1.0 / length.0.max(1) as f64;
    }

    /// Returns whether the gain is zero.
    #[must_use]
    pub(super) fn is_silent(&self) -> bool {
        self.position <= 0.0
    }

    /// Returns whether the gain is one.
    #[must_use]
    pub(super) fn is_at_unity(&self) -> bool {
        self.position >= 1.0
    }

    /// Returns the remaining frames of the ramp; zero without one.
    #[must_use]
    pub(super) fn remaining(&self) -> Frames {
        let distance = if self.slope < 0.0 { self.position } else { 1.0 - self.position };
        if self.slope == 0.0 {
            Frames::ZERO
        } else {
            Frames((distance / self.slope.abs() - TOLERANCE).ceil().max(0.0) as u64)
        }
    }

    /// Returns the gain of the next frame, and advances by one frame.
    #[must_use]
    pub(super) fn advance(&mut self) -> f32 {
        if self.slope == 0.0 {
            return if self.is_silent() { 0.0 } else { 1.0 };
        }
        self.position = (self.position + self.slope).clamp(0.0, 1.0);
        if self.remaining() == Frames::ZERO {
            self.position = if self.slope < 0.0 { 0.0 } else { 1.0 };
            self.slope = 0.0;
        }
        raised_cosine(self.position as f32)
    }
}

/// The listener's volume. Each change is a cubic curve that starts with the slope of the previous one, so that the volume changes
/// smoothly while a key is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Volume {
    from: f32,
    /// The slope at the start of the change, for its whole length.
    slope: f32,
    to: f32,
    target: Decibels,
    /// The frames since the change started.
    elapsed: u64,
    /// The length of a change, in frames.
    length: u64,
}

impl Volume {
    /// The lowest volume that can be set.
    pub(crate) const MIN: Decibels = Decibels(-60.0);
    /// The highest volume that can be set.
    pub(crate) const MAX: Decibels = Decibels(6.0);

    pub(super) fn new(start: Decibels, length: Frames) -> Self {
        let amplitude = start.amplitude() as f32;
        Self { from: amplitude, slope: 0.0, to: amplitude, target: start, elapsed: length.0, length: length.0.max(1) }
    }

    pub(super) fn target(&self) -> Decibels {
        self.target
    }

    /// Starts a change to another volume, from the present one.
    pub(super) fn set(&mut self, target: Decibels) {
        let target = Decibels(target.0.clamp(Self::MIN.0, Self::MAX.0));
        let (from, to) = (self.current(), target.amplitude() as f32);
        let slope = continued_slope(self.current_slope(), to - from);
        *self = Self { from, slope, to, target, elapsed: 0, length: self.length };
    }

    /// Returns whether the gain is one, and no change is in progress.
    #[must_use]
    pub(super) fn is_unity(&self) -> bool {
        self.elapsed >= self.length && self.to == 1.0
    }

    fn current(&self) -> f32 {
        if self.elapsed >= self.length {
            return self.to;
        }
        let time = self.elapsed as f32 / self.length as f32;
        let (square, rest) = (time * time, 1.0 - time);
        self.from + (self.to - self.from) * square * (3.0 - 2.0 * time) + self.slope * time * rest * rest
    }

    fn current_slope(&self) -> f32 {
        if self.elapsed >= self.length {
            return 0.0;
        }
        let time = self.elapsed as f32 / self.length as f32;
        let rest = 1.0 - time;
        (self.to - self.from) * 6.0 * time * rest + self.slope * rest * (1.0 - 3.0 * time)
    }

    /// Returns the gain of the next frame, and advances by one frame.
    #[must_use]
    pub(super) fn advance(&mut self) -> f32 {
        let gain = self.current();
        self.elapsed = self.elapsed.saturating_add(1).min(self.length);
        gain
    }
}

/// Returns how much of a slope a change over `distance` can start with, without overshooting its target.
fn continued_slope(slope: f32, distance: f32) -> f32 {
    if slope * distance <= 0.0 { 0.0 } else { slope.signum() * slope.abs().min(3.0 * distance.abs()) }
}
