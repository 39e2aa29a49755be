//! Apple's Core Audio Format.

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_ALAC;
use symphonia::core::errors::{Error, Result};

use super::byte_cursor::ByteCursor;
use super::file_window::FileWindow;
use super::limits::MAX_PACKETS;
use super::mp4::elementary_stream;
use super::packet_reader::PlayableRange;
use super::packet_table::TablePacket;
use super::sample_codec::{SampleCodec, SampleDescription};

/// The first chunk follows the name and the version of the file.
const FIRST_CHUNK: u64 = 8;
/// The size of a chunk's header.
const HEADER_SIZE: u64 = 12;
const MAX_CHUNKS: usize = 4096;
/// The audio follows a number in its chunk.
const SOUND_HEADER_SIZE: u64 = 4;
/// The maximum size of a packet table, and of a codec's configuration, in bytes.
const MAX_TABLE_SIZE: usize = 32 * 1024 * 1024;
const MAX_COOKIE_SIZE: usize = 64 * 1024;
/// The number of frames of uncompressed audio that are read as one packet.
const UNCOMPRESSED_FRAMES: u64 = 2048;

/// The audio of a CAF file.
pub(super) struct CafSound {
    pub(super) parameters: AudioCodecParameters,
    pub(super) packets: Vec<TablePacket>,
    pub(super) range: PlayableRange,
    pub(super) is_float: bool,
}

/// The relevant chunks.
#[derive(Default)]
struct CafChunks {
    description: Vec<u8>,
    cookie: Vec<u8>,
    table: Vec<u8>,
    /// The bytes of the audio that are present.
    sound: Option<std::ops::Range<u64>>,
}

impl CafSound {
    /// Reads the file that starts at the byte `start`.
    pub(super) fn open(cursor: ByteCursor, start: u64) -> Result<(Self, FileWindow)> {
        let mut window = FileWindow::new(cursor);
        let chunks = CafChunks::read(&mut window, start);
        let sound = chunks.sound.clone().ok_or(Error::IoError(std::io::ErrorKind::UnexpectedEof.into()))?;
        let fields: &[u8; 32] =
            chunks.description.first_chunk().ok_or(Error::DecodeError("its header does not state the format"))?;
        let number = |at: usize| u32::from_be_bytes([fields[at], fields[at + 1], fields[at + 2], fields[at + 3]]);
        let description = chunks.describe(fields);
        let codec = description.codec()?;
        let is_float = codec.frame_bytes > 0 && description.is_float;
        if codec.frame_bytes > 0 {
            let packets = uncompressed(&sound, &codec);
            let frames = packets.last().map_or(0, TablePacket::end);
            let range = PlayableRange { start: 0, frames };
            return Ok((Self { parameters: codec.parameters, packets, range, is_float }, window));
        }
        let frames = if codec.packet_frames > 0 { codec.packet_frames } else { number(20) };
        let table = PacketTable::read(&chunks.table, number(16), frames);
        let mut packets = table.lay_out(&sound);
        if codec.parameters.codec == CODEC_ID_ALAC
            && let Some(last) = packets.last_mut()
            && let Some(frames) = short_alac_frames(window.at(last.offset, 8))
        {
            last.frames = last.frames.min(frames);
        }
        let total = packets.last().map_or(0, TablePacket::end);
        let last = packets.last().map_or(0, |packet| u64::from(packet.frames));
        let valid = table.priming.saturating_add(table.valid);
        // The table states the padding in the last packets. If it is smaller, the field was never filled in.
        let is_stated = table.valid > 0 && valid < total && total - valid <= table.remainder.max(2 * last);
        let end = if is_stated { valid } else { total.saturating_sub(table.remainder) };
        let start = i64::try_from(table.priming).unwrap_or(0);
        let range = PlayableRange { start, frames: end.saturating_sub(table.priming) };
        Ok((Self { parameters: codec.parameters, packets, range, is_float }, window))
    }
}

impl CafChunks {
    fn read(window: &mut FileWindow, start: u64) -> Self {
        let (mut chunks, mut position) = (Self::default(), start + FIRST_CHUNK);
        for _ in 0..MAX_CHUNKS {
            let Some(header) = window.at(position, 12).first_chunk::<12>().copied() else { break };
            let [a, b, c, d, size @ ..] = header;
            let (content, rest) = (position + HEADER_SIZE, window.file_size().saturating_sub(position + HEADER_SIZE));
            // The audio chunk may have an unknown size; it is the last chunk in that case.
            let size = u64::try_from(i64::from_be_bytes(size)).unwrap_or(u64::MAX);
            let within = |most: usize| usize::try_from(size.min(rest)).unwrap_or(most).min(most);
            match &[a, b, c, d] {
                b"desc" => chunks.description = window.at(content, within(64)).to_vec(),
                b"kuki" => chunks.cookie = window.at(content, within(MAX_COOKIE_SIZE)).to_vec(),
                b"pakt" => chunks.table = window.at(content, within(MAX_TABLE_SIZE)).to_vec(),
                b"data" => chunks.sound = Some(content + SOUND_HEADER_SIZE..content + size.min(rest)),
                _ => {}
            }
            if size > rest {
                break;
            }
            position = content + size;
        }
        chunks.sound = chunks.sound.filter(|sound| sound.start <= sound.end);
        chunks
    }

    fn describe(&self, fields: &[u8; 32]) -> SampleDescription {
        const FLOAT: u32 = 1;
        const LITTLE_ENDIAN: u32 = 2;
        let number = |at: usize| u32::from_be_bytes([fields[at], fields[at + 1], fields[at + 2], fields[at + 3]]);
        let rate = fields.first_chunk().map_or(0.0, |bytes| f64::from_be_bytes(*bytes));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the conversion saturates")]
        let rate = rate.round() as u32;
        let name = [fields[8], fields[9], fields[10], fields[11]];
        let mut description = SampleDescription {
            name,
            rate,
            channels: number(24),
            bits: number(28),
            is_float: number(12) & FLOAT != 0,
            is_little_endian: number(12) & LITTLE_ENDIAN != 0,
            ..SampleDescription::default()
        };
        description.config = match &name {
            b"aac " => elementary_stream(&self.cookie).map_or(self.cookie.as_slice(), |(_, config)| config).to_vec(),
            // An old variant wraps the cookie in two boxes.
            b"alac" if self.cookie.get(4..8) == Some(b"frma") => self.cookie.get(24..).unwrap_or_default().to_vec(),
            _ => self.cookie.clone(),
        };
        description
    }
}

/// Returns the number of frames in an ALAC packet that is shorter than the others.
fn short_alac_frames(packet: &[u8]) -> Option<u32> {
    const HAS_SIZE: u64 = 1 << 44;
    let head = u64::from_be_bytes(*packet.first_chunk()?);
    (head & HAS_SIZE != 0).then_some(u32::try_from(head >> 9 & u64::from(u32::MAX)).unwrap_or(u32::MAX))
}

fn uncompressed(sound: &std::ops::Range<u64>, codec: &SampleCodec) -> Vec<TablePacket> {
    let frame_bytes = u64::from(codec.frame_bytes);
    let total = (sound.end - sound.start) / frame_bytes;
    let packet = |number: u64| {
        let start = number * UNCOMPRESSED_FRAMES;
        let frames = UNCOMPRESSED_FRAMES.min(total - start);
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        TablePacket {
            offset: sound.start + start * frame_bytes,
            size: narrow(frames * frame_bytes),
            frames: narrow(frames),
            start,
        }
    };
    (0..total.div_ceil(UNCOMPRESSED_FRAMES).min(MAX_PACKETS as u64)).map(packet).collect()
}

/// The packet table.
struct PacketTable {
    /// The number of valid frames; 0 if unknown.
    valid: u64,
    /// The padding at the start and at the end, in frames.
    priming: u64,
    remainder: u64,
    /// The sizes and frames of packets; the last entry repeats if all are equal.
    packets: Vec<(u32, u32)>,
    same: Option<(u32, u32)>,
}

impl PacketTable {
    /// Reads a packet table for packets of this size and number of frames; 0 if they differ.
    fn read(bytes: &[u8], size: u32, frames: u32) -> Self {
        let number = |at: usize| {
            bytes.get(at..at + 8).and_then(|bytes| bytes.first_chunk()).map(|bytes| i64::from_be_bytes(*bytes))
        };
        let short = |at: usize| {
            bytes.get(at..at + 4).and_then(|bytes| bytes.first_chunk()).map(|bytes| i32::from_be_bytes(*bytes))
        };
        let positive = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0);
        let count = positive(number(0)).min(MAX_PACKETS as u64);
        let mut packets = Vec::new();
        let mut rest = bytes.get(24..).unwrap_or_default();
        if size == 0 || frames == 0 {
            while (packets.len() as u64) < count {
                let mut field = |fixed: u32| if fixed > 0 { Some(fixed) } else { variable_number(&mut rest) };
                let (Some(size), Some(frames)) = (field(size), field(frames)) else { break };
                packets.push((size, frames));
            }
        }
        Self {
            valid: positive(number(8)),
            priming: positive(short(16).map(i64::from)),
            remainder: positive(short(20).map(i64::from)),
            packets,
            same: (size > 0 && frames > 0).then_some((size, frames)),
        }
    }

    /// Returns the packets with their positions in the file and in time.
    fn lay_out(&self, sound: &std::ops::Range<u64>) -> Vec<TablePacket> {
        let (mut offset, mut start) = (sound.start, 0);
        let mut packets = Vec::new();
        let mut add = |(size, frames): (u32, u32)| {
            packets.push(TablePacket { offset, size, frames, start });
            offset = offset.saturating_add(size.into());
            start += u64::from(frames);
        };
        match self.same {
            Some((size, frames)) => {
                let count = (sound.end - sound.start) / u64::from(size);
                (0..count.clamp(1, MAX_PACKETS as u64)).for_each(|_| add((size, frames)));
            }
            None => self.packets.iter().copied().for_each(add),
        }
        packets
    }
}

/// Reads a number with seven bits in each byte, the highest first.
fn variable_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0_u32;
    for _ in 0..5 {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number = number.checked_mul(128)? | u32::from(first & 0x7f);
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
