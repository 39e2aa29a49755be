//! Ogg Opus (RFC 7845), by libopus.

use std::io;

use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use opus::{Application, Bitrate, Channels};

use super::{Destination, Encoder, Tags, tags};
use crate::units::{Frame, Frames, Rate, SILENCE};

const BITS_PER_SECOND: i32 = 96_000;
/// Frames of 20 ms, at the one rate that Opus files are written at.
const PACKET: usize = 960;
/// So that a page holds at most a second, as RFC 7845 recommends.
const PACKETS_PER_PAGE: u64 = 50;
/// The largest packet of one stream (RFC 6716, section 3.2.1).
const LARGEST_PACKET: usize = 1_275;

/// Writes Ogg Opus at 96 kbit/s.
pub(super) struct Opus {
    encoder: opus::Encoder,
    pages: PacketWriter<'static, Destination>,
    serial: u32,
    /// Frames of the encoder's own delay, which a decoder drops.
    delay: u64,
    /// What has come and is not encoded yet: less than a packet.
    pending: Vec<Frame>,
    packets: u64,
}

impl Opus {
    pub(super) fn new(to: Destination, tags: &Tags, length: Frames) -> io::Result<Self> {
        let mut encoder = opus::Encoder::new(Rate::DEFAULT.hertz(), Channels::Stereo, Application::Audio)
            .map_err(io::Error::other)?;
        encoder.set_bitrate(Bitrate::Bits(BITS_PER_SECOND)).map_err(io::Error::other)?;
        let delay = encoder.get_lookahead().map_err(io::Error::other)?;
        let delay = u16::try_from(delay).map_err(io::Error::other)?;
        let serial = tags::serial(tags, length);
        let mut pages = PacketWriter::new(to);
        for header in [identification(delay), comments(tags)] {
            pages.write_packet(header, serial, PacketWriteEndInfo::EndPage, 0)?;
        }
        let pending = Vec::with_capacity(PACKET);
        Ok(Self { encoder, pages, serial, delay: u64::from(delay), pending, packets: 0 })
    }

    /// Encodes what is pending, which makes a whole packet. `end` is where the sound ends, if it ends in this packet.
    fn encode(&mut self, end: Option<u64>) -> io::Result<()> {
        let mut packet = vec![0; LARGEST_PACKET];
        let samples = self.pending.as_flattened();
        let length = self.encoder.encode_float(samples, &mut packet).map_err(io::Error::other)?;
        packet.truncate(length);
        self.pending.clear();
        self.packets += 1;
        let place = match end {
            Some(_) => PacketWriteEndInfo::EndStream,
            None if self.packets.is_multiple_of(PACKETS_PER_PAGE) => PacketWriteEndInfo::EndPage,
            None => PacketWriteEndInfo::NormalPacket,
        };
        self.pages.write_packet(packet, self.serial, place, end.unwrap_or(self.encoded()))
    }

    /// Frames in the packets so far.
    fn encoded(&self) -> u64 {
        self.packets * PACKET as u64
    }
}

impl Encoder for Opus {
    fn write(&mut self, mut block: &[Frame]) -> io::Result<()> {
        while !block.is_empty() {
            let (fitting, rest) = block.split_at(block.len().min(PACKET - self.pending.len()));
            self.pending.extend(fitting.iter().map(|frame| frame.map(|sample| sample.clamp(-1.0, 1.0))));
            block = rest;
            if self.pending.len() == PACKET {
                self.encode(None)?;
            }
        }
        Ok(())
    }

    /// The encoder's delay leaves something to encode even when no frame is pending, so the last packet is always written here.
    fn finish(mut self: Box<Self>) -> io::Result<Destination> {
        let end = self.encoded() + self.pending.len() as u64 + self.delay;
        while self.encoded() < end {
            self.pending.resize(PACKET, SILENCE);
            let is_last = self.encoded() + PACKET as u64 >= end;
            self.encode(is_last.then_some(end))?;
        }
        Ok(self.pages.into_inner())
    }
}

/// The header `OpusHead`.
fn identification(delay: u16) -> Vec<u8> {
    const VERSION: u8 = 1;
    const CHANNELS: u8 = 2;
    const NO_GAIN: [u8; 2] = [0; 2];
    const MONO_OR_STEREO: u8 = 0;
    let mut header = b"OpusHead".to_vec();
    header.extend([VERSION, CHANNELS]);
    header.extend(delay.to_le_bytes());
    header.extend(Rate::DEFAULT.hertz().to_le_bytes());
    header.extend(NO_GAIN);
    header.push(MONO_OR_STEREO);
    header
}

/// The header `OpusTags`.
fn comments(tags: &Tags) -> Vec<u8> {
    let mut header = b"OpusTags".to_vec();
    header.extend(tags.comment_header(opus::version(), Rate::DEFAULT));
    header
}
