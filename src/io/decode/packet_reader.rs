//! What every container yields: packets with a place in time.

/// A piece of coded sound.
pub(super) struct Packet {
    /// The frame of its first sample, encoder delay included, at the rate of the decoded samples.
    pub(super) start: i64,
    /// How many frames it lasts, as far as the container knows.
    pub(super) frames: u64,
    pub(super) data: Box<[u8]>,
}

impl Packet {
    pub(super) fn end(&self) -> i64 {
        self.start.saturating_add_unsigned(self.frames)
    }
}

/// What comes next in a container.
pub(super) enum Next {
    Packet(Packet),
    /// A packet that can't be had; there may be more behind it.
    Lost,
    /// The end; `torn` where the file breaks off within something.
    End {
        torn: bool,
    },
}

/// A container's packets, in order.
pub(super) trait Packets: Send {
    fn next(&mut self) -> Next;

    /// Moves so that the next packet starts at or before `frame`, or is the first of all.
    fn seek(&mut self, frame: i64);
}

/// The frames of a clip within the frames that its packets decode to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// The first one that is meant to be heard.
    pub(super) start: i64,
    pub(super) frames: u64,
}
