//! The interface of container readers: packets with a position in time.

/// The number of consecutive corrupt packets after which the rest of a file is abandoned.
pub(super) const MAX_CORRUPT_PACKETS: u32 = 1000;

/// A packet of encoded audio.
pub(super) struct AudioPacket {
    /// The position of its first frame at the sample rate of the decoded audio, including the encoder delay.
    pub(super) start: i64,
    /// Its length in frames, if the container states it.
    pub(super) frames: u64,
    pub(super) data: Box<[u8]>,
}

impl AudioPacket {
    pub(super) fn end(&self) -> i64 {
        self.start.saturating_add_unsigned(self.frames)
    }
}

/// The result of reading the next packet.
pub(super) enum NextPacket {
    Packet(AudioPacket),
    /// A packet could not be read. More may follow.
    Corrupt,
    /// There are no more packets.
    End {
        /// Whether the file ends within an element.
        is_truncated: bool,
    },
}

/// Reads the packets of a file in order.
pub(super) trait PacketReader: Send {
    fn next_packet(&mut self) -> NextPacket;

    /// Seeks so that the next packet starts at or before `frame` or is the first of all.
    fn seek(&mut self, frame: i64);
}

/// The valid part of the decoded audio.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlayableRange {
    /// The first frame.
    pub(super) start: i64,
    /// The number of frames.
    pub(super) frames: u64,
}
