//! Fades around the gaps of a ring that runs dry, so that nothing breaks off.

use std::time::Duration;

use crate::dsp::fades::raised_cosine;
use crate::units::{Frame, Frames, Rate};

/// The fade before the ring runs dry, and after. The last frames of the ring are never played at full gain.
const SHORT_FADE: Duration = Duration::from_millis(5);
/// The fade before a wait that is known beforehand: long enough to startle nobody.
const GENTLE_FADE: Duration = Duration::from_millis(250);
/// How much has to be in the ring before the sound comes back.
const REFILL: Duration = Duration::from_millis(100);

/// The gain of a ring that may run dry.
#[derive(Clone, Debug)]
pub(super) struct Starvation {
    short_fade: usize,
    gentle_fade: usize,
    refill: usize,
    /// Nothing can be rendered yet beyond what is in the ring.
    expects_wait: bool,
    /// The sound faded out for an expected wait, and is not back at full gain.
    is_gentle: bool,
    /// From 0, silence, to 1, unity; the gain is its raised cosine.
    position: f32,
    /// The gap, while the ring is dry and silence is held.
    gap: Option<Gap>,
    /// How many more frames may be played, while the output is held on purpose.
    allowance: Option<usize>,
}

/// A silence that is held because the ring is dry.
#[derive(Clone, Copy, Debug, Default)]
struct Gap {
    /// How many of its frames should have been there.
    missing: Frames,
    /// Nothing more could be rendered: from then on the silence is intended.
    is_expected: bool,
}

impl Starvation {
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

    /// Forgets that the ring was dry: what comes next fades in anyway.
    pub(super) fn reset(&mut self) {
        self.position = 1.0;
        self.is_gentle = false;
        self.gap = None;
    }

    /// Notes whether nothing can be rendered yet beyond what is in the ring.
    pub(super) fn expect_wait(&mut self, expects: bool) {
        self.expects_wait = expects;
        self.is_gentle |= expects;
    }

    /// The device itself was silent for a while: what it plays next fades in.
    pub(super) fn restart_from_silence(&mut self) {
        self.position = 0.0;
    }

    /// How many of the available frames may be used, and whether they include the last ones of the programme. While the output is held,
    /// it is as if the ring ran dry after one short fade.
    pub(super) fn limit(&mut self, is_held: bool, available: usize, is_complete: bool) -> (usize, bool) {
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

    /// How many frames of a new place have to be in the ring before it plays: the rest of the device's block and a little more. Of a very
    /// long block only a part, which fits into the ring.
    pub(super) fn frames_before_start(&self, rest_of_block: usize) -> usize {
        2 * self.short_fade + rest_of_block.min(4 * self.refill)
    }

    pub(super) fn is_dry(&self) -> bool {
        self.gap.is_some()
    }

    /// How many frames beyond the present block have to be counted.
    pub(super) fn look_ahead(&self) -> usize {
        if self.gap.is_some() { self.required_refill() } else { self.fade_out() }
    }

    /// The length of the next fade-out.
    fn fade_out(&self) -> usize {
        if self.expects_wait { self.gentle_fade } else { self.short_fade }
    }

    /// How much has to be in the ring before the sound comes back. Where another wait is to be expected, enough to fade in and out again: a
    /// word or two that only swell and fade are better heard later, together with the next.
    fn required_refill(&self) -> usize {
        if self.expects_wait { 2 * self.gentle_fade } else { self.refill }
    }

    /// Whether silence has to be held until more frames are there. Counts the missing frames, unless the output is held on purpose or
    /// nothing more can be rendered.
    pub(super) fn hold(&mut self, available: usize, is_complete: bool, block: usize) -> bool {
        let required = if self.gap.is_some() { self.required_refill() } else { 1 };
        let holds = available < required && !is_complete;
        if holds {
            let gap = self.gap.get_or_insert_default();
            gap.is_expected |= self.expects_wait;
            if self.allowance.is_none() && !gap.is_expected {
                gap.missing += Frames(block as u64);
            }
            self.position = 0.0;
        }
        holds
    }

    /// Ends the gap, if there is one, and returns how many frames were missing.
    pub(super) fn end_of_dryness(&mut self) -> Option<Frames> {
        self.gap.take().map(|gap| gap.missing).filter(|missing| *missing > Frames::ZERO)
    }

    /// Fades out over the last frames in the ring, or back in. `available` counts the frames from the first of the block on.
    pub(super) fn apply(&mut self, block: &mut [Frame], available: usize, is_complete: bool) {
        if self.position >= 1.0 && (is_complete || available >= block.len() + self.fade_out()) {
            self.is_gentle = self.expects_wait;
            return;
        }
        let (step, fade_out) = (1.0 / self.short_fade as f32, self.fade_out() as f32);
        let rise = if self.is_gentle { 1.0 / self.gentle_fade as f32 } else { step };
        for (number, frame) in block.iter_mut().enumerate() {
            let after = (available - number - 1) as f32;
            // The gain follows the gentler of two slopes, but reaches silence with the last frame in any case.
            let (target, limit) = if is_complete { (1.0, 1.0) } else { (after / fade_out, after * step) };
            let next = (self.position + rise).min(target).max(self.position - step);
            self.position = next.min(limit).clamp(0.0, 1.0);
            let gain = raised_cosine(self.position);
            frame[0] *= gain;
            frame[1] *= gain;
        }
    }
}
