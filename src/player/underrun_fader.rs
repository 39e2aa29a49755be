//! Fades around the gaps where the ring runs dry.

use std::time::Duration;

use crate::dsp::fades::raised_cosine;
use crate::units::{Frame, Frames, Rate};

/// The fade before the ring runs dry, and after it. The last frames of the ring are never played at full gain.
const SHORT_FADE: Duration = Duration::from_millis(5);
/// The fade before an expected wait, long enough not to startle.
const GENTLE_FADE: Duration = Duration::from_millis(250);
/// The amount of sound in the ring at which the sound returns.
const REFILL: Duration = Duration::from_millis(100);

/// Fades the sound out before a gap in the ring, and back in after it.
#[derive(Clone, Debug)]
pub(super) struct UnderrunFader {
    short_fade: usize,
    gentle_fade: usize,
    refill: usize,
    /// Whether nothing beyond the content of the ring can be rendered yet.
    expects_wait: bool,
    /// Whether the sound faded out for an expected wait, and is not back at full gain.
    is_gentle: bool,
    /// From 0, silence, to 1, unity; the gain is its raised cosine.
    position: f32,
    /// The gap, while the ring is dry and silence is held.
    gap: Option<Gap>,
    /// The number of frames that may still be played, while the output is held on purpose.
    allowance: Option<usize>,
}

/// A silence that is held because the ring is dry.
#[derive(Clone, Copy, Debug, Default)]
struct Gap {
    /// The number of its frames that should have been available.
    missing: Frames,
    /// Whether nothing more could be rendered, so that the silence is intended from then on.
    is_expected: bool,
}

impl UnderrunFader {
    pub(super) fn new(rate: Rate) -> Self {
        let frames = |time| rate.frames(time).index().max(1);
        Self {
            short_fade: frames(SHORT_FADE),
            gentle_fade: frames(GENTLE_FADE),
            refill: frames(REFILL),
            expects_wait: false,
            is_gentle: false,
            position: 1.0,
            gap: None,
            allowance: None,
        }
    }

    /// Resets the state, because the next frames fade in anyway.
    pub(super) fn reset(&mut self) {
        self.position = 1.0;
        self.is_gentle = false;
        self.gap = None;
    }

    /// Sets whether nothing beyond the content of the ring can be rendered yet.
    pub(super) fn expect_wait(&mut self, expects: bool) {
        self.expects_wait = expects;
        self.is_gentle |= expects;
    }

    /// Reports that the device itself was silent for a while, so that the next frames fade in.
    pub(super) fn restart_from_silence(&mut self) {
        self.position = 0.0;
    }

    /// Returns how many of the available frames may be used, and whether they include the last ones of the programme. While the output is
    /// held, this acts as if the ring ran dry after a short fade.
    pub(super) fn usable_frames(&mut self, is_held: bool, available: usize, is_complete: bool) -> (usize, bool) {
        if !is_held {
            self.allowance = None;
            return (available, is_complete);
        }
        let allowance = *self.allowance.get_or_insert(self.short_fade);
        (available.min(allowance), is_complete && available <= allowance)
    }

    pub(super) fn frames_played(&mut self, frames: usize) {
        if let Some(allowance) = &mut self.allowance {
            *allowance = allowance.saturating_sub(frames);
        }
    }

    /// Returns how many frames of a new position must be in the ring before it plays: the rest of the device's block and a little more. Of a
    /// very long block, only a part that fits into the ring.
    pub(super) fn frames_before_start(&self, rest_of_block: usize) -> usize {
        2 * self.short_fade + rest_of_block.min(4 * self.refill)
    }

    pub(super) fn is_dry(&self) -> bool {
        self.gap.is_some()
    }

    /// Returns how many frames beyond the present block must be counted.
    pub(super) fn look_ahead(&self) -> usize {
        if self.gap.is_some() { self.required_refill() } else { self.fade_out() }
    }

    /// Returns the length of the next fade-out.
    fn fade_out(&self) -> usize {
        if self.expects_wait { self.gentle_fade } else { self.short_fade }
    }

    /// Returns how many frames must be in the ring before the sound returns. If another wait is expected, these are enough to fade in and out
    /// again, because a few words that only swell and fade are better heard later, together with the next ones.
    fn required_refill(&self) -> usize {
        if self.expects_wait { 2 * self.gentle_fade } else { self.refill }
    }

    /// Returns whether silence must be held until more frames are available. Counts the missing frames, unless the output is held on purpose
    /// or nothing more can be rendered.
    pub(super) fn must_hold(&mut self, available: usize, is_complete: bool, block: usize) -> bool {
        let required = if self.gap.is_some() { self.required_refill() } else { 1 };
        let must_hold = available < required && !is_complete;
        if must_hold {
            let gap = self.gap.get_or_insert_default();
            gap.is_expected |= self.expects_wait;
            if self.allowance.is_none() && !gap.is_expected {
                gap.missing += Frames(block as u64);
            }
            self.position = 0.0;
        }
        must_hold
    }

    /// Ends the gap, if there is one, and returns the number of missing frames.
    pub(super) fn end_gap(&mut self) -> Option<Frames> {
        self.gap.take().map(|gap| gap.missing).filter(|missing| *missing > Frames::ZERO)
    }

    /// Fades out over the last frames in the ring, or back in. `available` is the number of frames from the start of the block.
    pub(super) fn apply(&mut self, block: &mut [Frame], available: usize, is_complete: bool) {
        if self.position >= 1.0 && (is_complete || available >= block.len() + self.fade_out()) {
            self.is_gentle = self.expects_wait;
            return;
        }
        let (step, fade_out) = (1.0 / self.short_fade as f32, self.fade_out() as f32);
        let rise = if self.is_gentle { 1.0 / self.gentle_fade as f32 } else { step };
        for (number, frame) in block.iter_mut().enumerate() {
            let remaining = (available - number - 1) as f32;
            // The gain follows the slower of the two ramps, but reaches silence with the last frame in any case.
            let (target, limit) = if is_complete { (1.0, 1.0) } else { (remaining / fade_out, remaining * step) };
            let next = (self.position + rise).min(target).max(self.position - step);
            self.position = next.min(limit).clamp(0.0, 1.0);
            let gain = raised_cosine(self.position);
            frame[0] *= gain;
            frame[1] *= gain;
        }
    }
}
