//! The fade over what is left of the ring when it runs dry, so that nothing breaks off.

use std::time::Duration;

use crate::dsp::fades::raised_cosine;
use crate::units::{Frame, Frames, Rate};

/// The last frames of the ring are never played at full gain.
const MARGIN: Duration = Duration::from_millis(5);
/// Where it is known beforehand that nothing more comes for a while, there is time for a fade that nobody starts at.
const GENTLE: Duration = Duration::from_millis(250);
/// So much has to be there before the sound comes up again. Where nothing more comes for a while beyond that, it is as much as it takes
/// to come up and go down again: a word or two that only swell and fade are no speech, and are better heard once more is there.
const REFILL: Duration = Duration::from_millis(100);

/// The gain of a ring that may run dry.
#[derive(Clone, Debug)]
pub(super) struct Starvation {
    margin: usize,
    gentle: usize,
    refill: usize,
    /// Beyond what is in the ring, nothing can be rendered yet.
    awaits: bool,
    /// The sound went down for that, and is not up again.
    gently: bool,
    /// 0 is silence, 1 unity.
    position: f32,
    /// The ring is dry, and silence is held.
    dry: Option<Dry>,
    /// While frames are withheld: how many may still be played.
    withheld: Option<usize>,
}

/// A silence that is held.
#[derive(Clone, Copy, Debug, Default)]
struct Dry {
    /// So many of its frames were lacking.
    lacked: Frames,
    /// Nothing more could be rendered: what follows of it is meant.
    awaited: bool,
}

impl Starvation {
    pub(super) fn new(rate: Rate) -> Self {
        let frames = |time| rate.frames(time).index().max(1);
        Self {
            margin: frames(MARGIN),
            gentle: frames(GENTLE),
            refill: frames(REFILL),
            awaits: false,
            gently: false,
            position: 1.0,
            dry: None,
            withheld: None,
        }
    }

    /// As if the ring had never been dry: for frames that come up out of silence anyway.
    pub(super) fn forget(&mut self) {
        self.position = 1.0;
        self.gently = false;
        self.dry = None;
    }

    /// Whether nothing can be rendered yet beyond what is in the ring.
    pub(super) fn await_more(&mut self, awaits: bool) {
        self.awaits = awaits;
        self.gently |= awaits;
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
        if self.dry.is_some() { self.refill() } else { self.reserve() }
    }

    /// The sound goes down over so many frames.
    fn reserve(&self) -> usize {
        if self.awaits { self.gentle } else { self.margin }
    }

    /// So many frames have to be there before it comes up again: enough to go down again, where that is to be expected.
    fn refill(&self) -> usize {
        if self.awaits { 2 * self.gentle } else { self.refill }
    }

    /// Whether silence is held until there is more. Notes the silence, unless it is held on purpose, or because nothing more can be
    /// rendered.
    pub(super) fn holds(&mut self, available: usize, closed: bool, wanted: usize) -> bool {
        let holds = match self.dry {
            Some(_) => available < self.refill() && !closed,
            None => available == 0 && !closed,
        };
        if holds {
            let dry = self.dry.get_or_insert_default();
            dry.awaited |= self.awaits;
            if self.withheld.is_none() && !dry.awaited {
                dry.lacked += Frames(wanted as u64);
            }
            self.position = 0.0;
        }
        holds
    }

    /// The frames that were lacking, once the silence is over.
    pub(super) fn recovered(&mut self) -> Option<Frames> {
        self.dry.take().map(|dry| dry.lacked).filter(|lacked| *lacked > Frames::ZERO)
    }

    /// Fades on what is left, or back in. `available` counts the frames from the block's first on.
    pub(super) fn apply(&mut self, block: &mut [Frame], available: usize, closed: bool) {
        if self.position >= 1.0 && (closed || available >= block.len() + self.reserve()) {
            self.gently = self.awaits;
            return;
        }
        let (step, reserve) = (1.0 / self.margin as f32, self.reserve() as f32);
        let rise = if self.gently { 1.0 / self.gentle as f32 } else { step };
        for (number, frame) in block.iter_mut().enumerate() {
            let left = (available - number - 1) as f32;
            let (wanted, allowed) = if closed { (1.0, 1.0) } else { (left / reserve, left * step) };
            let next = (self.position + rise).min(wanted).max(self.position - step);
            self.position = next.min(allowed).clamp(0.0, 1.0);
            let gain = raised_cosine(self.position);
            frame[0] *= gain;
            frame[1] *= gain;
        }
    }
}
