//! Packets whose positions in the file are known, as listed by MP4 and CAF.

use super::file_window::FileWindow;
use super::packet_reader::{AudioPacket, NextPacket, PacketReader};

/// A packet: its bytes in the file, and its position in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TablePacket {
    pub(super) offset: u64,
    pub(super) size: u32,
    /// The number of frames.
    pub(super) frames: u32,
    /// The first frame.
    pub(super) start: u64,
}

impl TablePacket {
    /// Returns the frame after the packet.
    pub(super) fn end(&self) -> u64 {
        self.start.saturating_add(self.frames.into())
    }
}

/// Reads the packets of a table.
pub(super) struct PacketTableReader {
    window: FileWindow,
    /// Sorted by their position in time.
    packets: Vec<TablePacket>,
    /// The index of the next packet.
    position: usize,
}

impl PacketTableReader {
    pub(super) fn new(window: FileWindow, packets: Vec<TablePacket>) -> Self {
        Self { window, packets, position: 0 }
    }
}

impl PacketReader for PacketTableReader {
    fn next_packet(&mut self) -> NextPacket {
        let Some(packet) = self.packets.get(self.position) else { return NextPacket::End { is_truncated: false } };
        self.position += 1;
        let end = packet.offset.saturating_add(packet.size.into());
        let Some(size) = usize::try_from(packet.size).ok().filter(|_| end <= self.window.file_size()) else {
            // The next packet in time may be elsewhere in the file.
            let is_last = self.position == self.packets.len();
            return if is_last { NextPacket::End { is_truncated: true } } else { NextPacket::Corrupt };
        };
        let data: Box<[u8]> = self.window.at(packet.offset, size).into();
        if data.len() < size {
            return NextPacket::End { is_truncated: true };
        }
        self.window.audio_found();
        let start = i64::try_from(packet.start).unwrap_or(i64::MAX);
        NextPacket::Packet(AudioPacket { start, frames: packet.frames.into(), data })
    }

    fn seek(&mut self, frame: i64) {
        let frame = u64::try_from(frame).unwrap_or(0);
        self.position = self.packets.partition_point(|packet| packet.start <= frame).saturating_sub(1);
    }
}
