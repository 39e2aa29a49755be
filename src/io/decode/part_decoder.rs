//! One part of a clip, open for reading: a stream of packets in one format.

use super::audio_track::AudioTrack;
use super::packet_decoder::{DecodedPacket, PacketDecoder};
use super::read_monitor::ReadMonitor;
use crate::engine::ClipReader;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// A part of a clip that is open for reading.
pub(super) struct PartDecoder {
    packets: PacketDecoder,
    rate: Rate,
    is_mono: bool,
    frames: Frames,
    /// The first valid frame, among all decoded frames.
    start: i64,
    /// The next frame to read, counted from `start`.
    position: u64,
    /// The frames of the last decoded packet, and the position of the first among all decoded frames.
    block: Vec<Frame>,
    block_start: i64,
    has_ended: bool,
    is_truncated: bool,
    monitor: ReadMonitor,
}

impl PartDecoder {
    /// Opens a part at its first frame. `frames` are the valid frames at `rate`.
    pub(super) fn new(track: AudioTrack, rate: Rate, frames: Frames, monitor: &ReadMonitor) -> Self {
        Self {
            rate,
            is_mono: track.channels == 1,
            frames,
            start: track.range.start,
            packets: PacketDecoder::new(track.reader, track.parameters, track.decoder, rate.hertz()),
            position: 0,
            block: Vec::new(),
            block_start: i64::MIN,
            has_ended: false,
            is_truncated: false,
            monitor: monitor.clone(),
        }
    }

    /// Decodes the next packet and returns its frames within the clip with their position, or `None` at the end. For reading a
    /// clip once from start to end.
    pub(super) fn next_block(&mut self) -> Option<(u64, &[Frame])> {
        self.decode_packet();
        if self.has_ended {
            return None;
        }
        let offset = self.block_start.saturating_sub(self.start);
        let skipped = usize::try_from(offset.saturating_neg()).unwrap_or(0).min(self.block.len());
        let position = u64::try_from(offset).unwrap_or(0).min(self.frames.0);
        let remaining = Frames(self.frames.0 - position).index();
        let block = &self.block[skipped..];
        Some((position, &block[..block.len().min(remaining)]))
    }

    /// Returns whether the file ends within an element. Known once the clip has been read to its end.
    pub(super) fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    fn decode_packet(&mut self) {
        match self.packets.decode_next(&mut self.block) {
            DecodedPacket::Frames { start } => self.block_start = start,
            DecodedPacket::Corrupt => {}
            DecodedPacket::End { is_truncated } => (self.has_ended, self.is_truncated) = (true, is_truncated),
        }
    }

    /// Fills the start of a buffer from the decoded block or with silence, and returns the number of frames. Returns 0 if the next packet must
    /// be decoded first.
    fn read_available(&mut self, buffer: &mut [Frame]) -> usize {
        let remaining = self.frames.saturating_sub(Frames(self.position)).index();
        if remaining == 0 || self.has_ended {
            buffer.fill(SILENCE);
            return buffer.len();
        }
        let wanted = remaining.min(buffer.len());
        let position = self.start.saturating_add_unsigned(self.position);
        let ahead = self.block_start.saturating_sub(position);
        if !self.block.is_empty() && ahead > 0 {
            let gap = usize::try_from(ahead).unwrap_or(usize::MAX).min(wanted);
            buffer[..gap].fill(SILENCE);
            return gap;
        }
        let passed = usize::try_from(ahead.saturating_neg()).unwrap_or(usize::MAX);
        let available = self.block.get(passed..).unwrap_or_default();
        let count = available.len().min(wanted);
        buffer[..count].copy_from_slice(&available[..count]);
        count
    }
}

impl ClipReader for PartDecoder {
    fn rate(&self) -> Rate {
        self.rate
    }

    fn frames(&self) -> Frames {
        self.frames
    }

    fn is_mono(&self) -> bool {
        self.is_mono
    }

    fn seek(&mut self, frame: Frames) {
        if frame.0 == self.position {
            return;
        }
        let frame = frame.0.min(self.frames.0);
        self.position = frame;
        let position = self.start.saturating_add_unsigned(frame);
        let block = self.block_start..self.block_start.saturating_add_unsigned(self.block.len() as u64);
        if frame < self.frames.0 && !block.contains(&position) {
            self.packets.seek(position);
            self.block.clear();
            self.has_ended = false;
        }
    }

    fn read(&mut self, block: &mut [Frame]) {
        let mut filled = 0;
        while filled < block.len() {
            let count = self.read_available(&mut block[filled..]);
            filled += count;
            self.position = self.position.saturating_add(count as u64);
            if count == 0 {
                self.decode_packet();
            }
        }
    }

    fn first_error(&self) -> Option<&str> {
        self.monitor.message()
    }
}
