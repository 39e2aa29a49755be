//! Ogg Opus (RFC 7845), by libopus.

use std::io;

use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use opus::{Application, Bitrate, Channels};

use super::encoder::AudioEncoder;
use super::tags::{Tags, ogg_serial};
use crate::io::atomic_file::AtomicFile;
use crate::units::{Frame, Frames, Rate, SILENCE};

const BITS_PER_SECOND: i32 = 96_000;
/// Frames per packet: 20 ms at 48 kHz, the only sample rate that Opus files are written at.
const PACKET_FRAMES: usize = 960;
/// A page holds at most one second, as RFC 7845 recommends.
const PACKETS_PER_PAGE: u64 = 50;
/// The maximum size of a packet with one frame in bytes (RFC 6716, section 3.2.1).
const MAX_PACKET_SIZE: usize = 1_275;

/// Encodes Ogg Opus at 96 kbit/s.
pub(super) struct OpusEncoder {
    encoder: opus::Encoder,
    writer: PacketWriter<'static, AtomicFile>,
    serial: u32,
    /// The encoder's delay in frames, which a decoder drops at the start.
    pre_skip: u64,
    /// Frames of the next packet.
    pending: Vec<Frame>,
    packets: u64,
}

impl OpusEncoder {
    pub(super) fn new(file: AtomicFile, tags: &Tags, length: Frames) -> io::Result<Self> {
        let mut encoder = opus::Encoder::new(Rate::DEFAULT.hertz(), Channels::Stereo, Application::Audio)
            .map_err(io::Error::other)?;
        encoder.set_bitrate(Bitrate::Bits(BITS_PER_SECOND)).map_err(io::Error::other)?;
        let pre_skip = encoder.get_lookahead().map_err(io::Error::other)?;
        let pre_skip = u16::try_from(pre_skip).map_err(io::Error::other)?;
        let serial = ogg_serial(tags, length);
        let mut writer = PacketWriter::new(file);
        for header in [identification_header(pre_skip), comment_header(tags)] {
            writer.write_packet(header, serial, PacketWriteEndInfo::EndPage, 0)?;
        }
        let pending = Vec::with_capacity(PACKET_FRAMES);
        Ok(Self { encoder, writer, serial, pre_skip: u64::from(pre_skip), pending, packets: 0 })
    }

    /// Encodes the pending frames, which fill a packet. `end` is the granule position of the last packet, and `None` before it.
    fn encode_packet(&mut self, end: Option<u64>) -> io::Result<()> {
        let mut packet = vec![0; MAX_PACKET_SIZE];
        let samples = self.pending.as_flattened();
        let length = self.encoder.encode_float(samples, &mut packet).map_err(io::Error::other)?;
        packet.truncate(length);
        self.pending.clear();
        self.packets += 1;
        let end_info = match end {
            Some(_) => PacketWriteEndInfo::EndStream,
            None if self.packets.is_multiple_of(PACKETS_PER_PAGE) => PacketWriteEndInfo::EndPage,
            None => PacketWriteEndInfo::NormalPacket,
        };
        self.writer.write_packet(packet, self.serial, end_info, end.unwrap_or(self.encoded_frames()))
    }

    /// Returns the number of frames in all packets so far.
    fn encoded_frames(&self) -> u64 {
        self.packets * PACKET_FRAMES as u64
    }
}

impl AudioEncoder for OpusEncoder {
    fn write(&mut self, mut block: &[Frame]) -> io::Result<()> {
        while !block.is_empty() {
            let (fitting, rest) = block.split_at(block.len().min(PACKET_FRAMES - self.pending.len()));
            self.pending.extend(fitting.iter().map(|frame| frame.map(|sample| sample.clamp(-1.0, 1.0))));
            block = rest;
            if self.pending.len() == PACKET_FRAMES {
                self.encode_packet(None)?;
            }
        }
        Ok(())
    }

    /// The encoder's delay leaves frames to encode even if none are pending, so the last packet is always written here.
    fn finish(mut self: Box<Self>) -> io::Result<AtomicFile> {
        let end = self.encoded_frames() + self.pending.len() as u64 + self.pre_skip;
        while self.encoded_frames() < end {
            self.pending.resize(PACKET_FRAMES, SILENCE);
            let is_last = self.encoded_frames() + PACKET_FRAMES as u64 >= end;
            self.encode_packet(is_last.then_some(end))?;
        }
        Ok(self.writer.into_inner())
    }
}

/// Returns the header `OpusHead`.
fn identification_header(pre_skip: u16) -> Vec<u8> {
    const VERSION: u8 = 1;
    const CHANNELS: u8 = 2;
    const OUTPUT_GAIN: [u8; 2] = [0; 2];
    const MONO_OR_STEREO: u8 = 0;
    let mut header = b"OpusHead".to_vec();
    header.extend([VERSION, CHANNELS]);
    header.extend(pre_skip.to_le_bytes());
    header.extend(Rate::DEFAULT.hertz().to_le_bytes());
    header.extend(OUTPUT_GAIN);
    header.push(MONO_OR_STEREO);
    header
}

/// Returns the header `OpusTags`.
fn comment_header(tags: &Tags) -> Vec<u8> {
    let mut header = b"OpusTags".to_vec();
    header.extend(tags.vorbis_comment_block_with_cover(opus::version(), Rate::DEFAULT));
    header
}
