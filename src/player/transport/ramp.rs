//! Gains that change per sample, along a raised cosine.

use crate::dsp::fades::raised_cosine;
use crate::units::{Decibels, Frames};

/// The transport's own gain, between silence and unity. Turned round in the middle, it goes on from where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// 0 is silence, 1 unity; the gain is the raised cosine of it.
    position: f64,
    /// Change a frame.
    slope: f64,
}

/// The part of a step that sums of steps may be wrong by.
const TOLERANCE: f64 = 1e-3;

impl Ramp {
    pub(super) fn silent() -> Self {
        Self { position: 0.0, slope: 0.0 }
    }

    pub(super) fn unity() -> Self {
        Self { position: 1.0, slope: 0.0 }
    }

    /// From here on down to silence, at the pace of a whole ramp of this length, or faster where it falls faster already: the
    /// frames of what fades are counted.
    pub(super) fn fall(&mut self, whole: Frames) {
        self.slope = self.slope.min(-1.0 / whole.0.max(1) as f64);
    }

    /// From here on up to unity, at the pace of a whole ramp of this length.
    pub(super) fn rise(&mut self, whole: Frames) {
        self.slope = 1.0 / whole.0.max(1) as f64;
    }

    /// Whether nothing is heard.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.position <= 0.0
    }

    /// Whether it neither rises nor falls.
    #[must_use]
    pub fn is_at_unity(&self) -> bool {
        self.position >= 1.0
    }

    /// Frames until it has arrived; none where it stands.
    #[must_use]
    pub fn remaining(&self) -> Frames {
        let way = if self.slope < 0.0 { self.position } else { 1.0 - self.position };
        if self.slope == 0.0 {
            Frames::ZERO
        } else {
            Frames((way / self.slope.abs() - TOLERANCE).ceil().max(0.0) as u64)
        }
    }

    /// The factor of the next frame. Moves on by one.
    #[must_use]
    pub fn advance(&mut self) -> f32 {
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

/// The listener's volume: each change takes its ramp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volume {
    from: f32,
    to: f32,
    target: Decibels,
    /// Frames since the change began.
    since: u64,
    whole: u64,
}

impl Volume {
    /// The softest volume that can be set.
    pub const MIN: Decibels = Decibels(-60.0);
    /// The loudest.
    pub const MAX: Decibels = Decibels(6.0);

    pub(super) fn new(start: Decibels, whole: Frames) -> Self {
        let amplitude = start.amplitude() as f32;
        Self { from: amplitude, to: amplitude, target: start, since: whole.0, whole: whole.0.max(1) }
    }

    pub(super) fn target(&self) -> Decibels {
        self.target
    }

    /// Sets out for another volume, from where it is.
    pub(super) fn set(&mut self, target: Decibels) {
        let target = Decibels(target.0.clamp(Self::MIN.0, Self::MAX.0));
        *self = Self { from: self.current(), to: target.amplitude() as f32, target, since: 0, whole: self.whole };
    }

    /// Whether it changes nothing, now and until it is set.
    #[must_use]
    pub fn is_unity(&self) -> bool {
        self.since >= self.whole && self.to == 1.0
    }

    fn current(&self) -> f32 {
        if self.since >= self.whole {
            return self.to;
        }
        self.from + (self.to - self.from) * raised_cosine(self.since as f32 / self.whole as f32)
    }

    /// The factor of the next frame. Moves on by one.
    #[must_use]
    pub fn advance(&mut self) -> f32 {
        let factor = self.current();
        self.since = self.since.saturating_add(1).min(self.whole);
        factor
    }
}
