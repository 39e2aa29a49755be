//! Reads blocks of samples as packets.

use super::super::file_window::FileWindow;
use super::super::packet_reader::{AudioPacket, NextPacket, PacketReader};
use super::SampleFile;

/// The number of frames in a packet, rounded to blocks.
pub(super) const PACKET_FRAMES: u64 = 2048;

/// Reads the samples of a file.
pub(in super::super) struct SampleReader {
    window: FileWindow,
    start: u64,
    /// The number of blocks that exist.
    blocks: u64,
    block_size: u64,
    frames_per_block: u64,
    /// The next block.
    position: u64,
    is_truncated: bool,
}

impl SampleReader {
    pub(in super::super) fn new(window: FileWindow, file: &SampleFile) -> Self {
        let SampleFile { sound, block_size, frames_per_block, .. } = *file;
        Self {
            window,
            start: sound.start,
            blocks: sound.available / block_size,
            block_size,
            frames_per_block,
            position: 0,
            is_truncated: sound.stated.is_some_and(|stated| stated > sound.available),
        }
    }

    fn blocks_per_packet(&self) -> u64 {
        blocks_per_packet(self.frames_per_block)
    }
}

/// Returns the number of blocks in a packet.
pub(super) fn blocks_per_packet(frames_per_block: u64) -> u64 {
    (PACKET_FRAMES / frames_per_block).max(1)
}

impl PacketReader for SampleReader {
    fn next_packet(&mut self) -> NextPacket {
        let end = NextPacket::End { is_truncated: self.is_truncated };
        let blocks = self.blocks_per_packet().min(self.blocks - self.position);
        let Ok(size) = usize::try_from(blocks * self.block_size) else { return end };
        let data: Box<[u8]> = self.window.at(self.start + self.position * self.block_size, size).into();
        if size == 0 || data.len() < size {
            return end;
        }
        self.window.audio_found();
        let start = (self.position * self.frames_per_block).cast_signed();
        self.position += blocks;
        NextPacket::Packet(AudioPacket { start, frames: blocks * self.frames_per_block, data })
    }

    fn seek(&mut self, frame: i64) {
        let block = u64::try_from(frame).unwrap_or(0) / self.frames_per_block;
        let packet = block.min(self.blocks) / self.blocks_per_packet();
        self.position = packet * self.blocks_per_packet();
    }
}
