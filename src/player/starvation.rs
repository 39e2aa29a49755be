//! The fade over what is left of the ring when it runs dry, so that nothing breaks off.

use std::time::Duration;

use crate::sound::fades::raised_cosine;
use crate::units::{Frame, Frames, Rate};

/// The last frames of the ring are never played at full gain.
const MARGIN: Duration = Duration::from_millis(5);
/// So much has to be there before the sound comes up again.
const REFILL: Duration = Duration::from_millis(100);

/// The gain of a ring that may run dry.
#[derive(Clone, Debug)]
pub(super) struct Starvation {
    margin: usize,
    refill: usize,
    /// 0 is silence, 1 unity.
    position: f32,
    /// The ring is dry; frames of silence held so far.
    dry: Option<Frames>,
    /// While frames are withheld: how many may still be played.
    withheld: Option<usize>,
}

impl Starvation {
    pub(super) fn new(rate: Rate) -> Self {
        let frames = |time| rate.frames(time).index().max(1);
        Self { margin: frames(MARGIN), refill: frames(REFILL), position: 1.0, dry: None, withheld: None }
    }

    /// As if the ring had never been dry: for frames that come up out of silence anyway.
    pub(super) fn forget(&mut self) {
        self.position = 1.0;
        self.dry = None;
    }

    /// The device ran dry before it asked again: what it plays next comes up out of silence.
    pub(super) fn rise_again(&mut self) {
        self.position = 0.0;
    }

    /// What is to be taken as available. While frames are withheld it is as if the ring ran dry within the margin.
    pub(super) fn limit(&mut self, withholds: bool, available: usize, closed: bool) -> (usize, bool) {
        if !withholds {
            self.withheld = None;
            return (available, closed);
        }
        let left = *self.withheld.get_or_insert(self.margin);
        (available.min(left), closed && available <= left)
    }

    /// So many frames were played.
    pub(super) fn passed(&mut self, frames: usize) {
        if let Some(left) = &mut self.withheld {
            *left = left.saturating_sub(frames);
        }
    }

    /// How many frames of another place have to be there before it is gone to: what is left of the device's block, and a
    /// little more. Of a very long block only a part, so that it need not all fit into the ring.
    pub(super) fn enough(&self, left: usize) -> usize {
        2 * self.margin + left.min(4 * self.refill)
    }

    pub(super) fn is_dry(&self) -> bool {
        self.dry.is_some()
    }

    /// How many frames have to be looked for ahead.
    pub(super) fn look_ahead(&self) -> usize {
        if self.dry.is_some() { self.refill } else { self.margin }
    }

    /// Whether silence is held until there is more. Notes the silence, unless it is held on purpose.
    pub(super) fn holds(&mut self, available: usize, closed: bool, wanted: usize) -> bool {
        let holds = match self.dry {
            Some(_) => available < self.refill && !closed,
            None => available == 0 && !closed,
        };
        if holds {
            let held = self.dry.unwrap_or_default();
            self.dry = Some(if self.withheld.is_some() { held } else { held + Frames(wanted as u64) });
            self.position = 0.0;
        }
        holds
    }

    /// The frames of silence held, once it is over.
    pub(super) fn recovered(&mut self) -> Option<Frames> {
        self.dry.take().filter(|held| *held > Frames::ZERO)
    }

    /// Fades on what is left, or back in. `available` counts the frames from the block's first on.
    pub(super) fn apply(&mut self, block: &mut [Frame], available: usize, closed: bool) {
        if self.position >= 1.0 && (closed || available >= block.len() + self.margin) {
            return;
        }
        let step = 1.0 / self.margin as f32;
        for (number, frame) in block.iter_mut().enumerate() {
            let left = (available - number - 1) as f32 * step;
            let allowed = if closed { 1.0 } else { left.min(1.0) };
            self.position = (self.position + step).min(allowed).clamp(0.0, 1.0);
            let gain = raised_cosine(self.position);
            frame[0] *= gain;
            frame[1] *= gain;
        }
    }
}
