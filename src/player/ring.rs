//! What travels through the rings.

use crate::player::transport::{Playhead, TransportEvent};
use crate::timeline::Programme;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// So many frames at most travel together.
pub(super) const BLOCK: usize = 256;

/// Counts the jumps: frames of an old generation are dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Generation(u32);

impl Generation {
    pub(super) fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// Rendered frames on their way to the device. A block never crosses the border of a segment.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) generation: Generation,
    pub(super) programme: Programme,
    pub(super) segment: u32,
    pub(super) count: usize,
    /// Nothing comes after it: the programme has rung out.
    pub(super) last: bool,
    pub(super) frames: [Frame; BLOCK],
}

impl Block {
    pub(super) fn empty(generation: Generation, place: Playhead, segment: u32) -> Self {
        Self { generation, programme: place.programme, segment, count: 0, last: false, frames: [SILENCE; BLOCK] }
    }
}

/// What the callback wants rendered.
#[derive(Clone, Copy, Debug)]
pub(super) struct RenderOrder {
    pub(super) generation: Generation,
    pub(super) place: Playhead,
    /// What plays now is still wanted up to this frame of its programme.
    pub(super) playing: Generation,
    pub(super) until: Frames,
}

/// What the playhead is held for, in silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// The session's gain.
    Gain,
    /// The speech of a line that comes next.
    Speech,
}

/// What happened in the callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayerEvent {
    /// The transport did something.
    Transport(TransportEvent),
    /// A segment of the session began, or was landed in.
    Segment(usize),
    /// So many frames of silence were held because none were there.
    Underrun(Frames),
}

/// What happened, and at which frame of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayerNotice {
    /// What.
    pub event: PlayerEvent,
    /// When.
    pub at: Frames,
}

/// How many blocks hold a time.
pub(super) fn blocks(rate: Rate, milliseconds: u64) -> usize {
    rate.frames(std::time::Duration::from_millis(milliseconds)).index().div_ceil(BLOCK)
}
