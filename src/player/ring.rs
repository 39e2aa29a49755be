//! The messages in the rings between the threads.

use std::time::Duration;

use super::transport::{Playhead, TransportEvent};
use crate::timeline::Programme;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// The maximum number of frames per block.
pub(super) const BLOCK_FRAMES: usize = 256;

/// Counts the render orders. Blocks of an earlier generation are dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Generation(u32);

impl Generation {
    pub(super) fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// Rendered frames for the device. A block ends with the segment in which it starts, unless that segment is shorter than a block.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) generation: Generation,
    pub(super) programme: Programme,
    /// The segment in which it starts.
    pub(super) segment: u32,
    pub(super) count: usize,
    /// Whether this is the last block of the programme, which has rung out.
    pub(super) is_last: bool,
    pub(super) frames: [Frame; BLOCK_FRAMES],
}

impl Block {
    pub(super) fn empty(generation: Generation, programme: Programme, segment: u32) -> Self {
        Self { generation, programme, segment, count: 0, is_last: false, frames: [SILENCE; BLOCK_FRAMES] }
    }
}

/// A request of the callback to the feeder to render from a position.
#[derive(Clone, Copy, Debug)]
pub(super) struct RenderOrder {
    pub(super) generation: Generation,
    pub(super) playhead: Playhead,
    /// The generation that is playing now.
    pub(super) playing: Generation,
    /// The frame of its programme up to which that generation is still needed.
    pub(super) until: Frames,
}

/// An event in the callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlayerEvent {
    /// An event of the transport.
    Transport(TransportEvent),
    /// This segment of the session started, or was the target of a jump.
    Segment(usize),
    /// The device had nothing to play for this many frames.
    Underrun(Frames),
}

/// A notice with its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlayerNotice {
    /// The event.
    pub event: PlayerEvent,
    /// The position of the session at that time.
    pub at: Frames,
}

/// Returns the number of blocks for a length of time.
pub(super) fn block_count(rate: Rate, time: Duration) -> usize {
    rate.frames(time).index().div_ceil(BLOCK_FRAMES)
}
