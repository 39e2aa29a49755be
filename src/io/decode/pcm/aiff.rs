//! The chunks of an AIFF or AIFF-C file.

use symphonia::core::audio::{Channels, layouts};
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_ADPCM_IMA_QT, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_MULAW,
    CODEC_ID_PCM_S8, CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE,
    CODEC_ID_PCM_S32BE, CODEC_ID_PCM_S32LE, CODEC_ID_PCM_U8,
};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};
use symphonia::core::errors::{Error, Result};

use super::super::file_window::FileWindow;
use super::chunks::{self, ByteOrder, Chunk};
use super::sample_reader::blocks_per_packet;
use super::{SampleFile, SoundBytes};

/// The first chunk follows the name, the size and the form of the file.
const FIRST_CHUNK: u64 = 12;
/// The audio follows two numbers in its chunk.
const SOUND_HEADER_SIZE: u64 = 8;
/// The size of a block of IMA ADPCM in one channel, and the number of frames in it.
const IMA_BLOCK: (u64, u64) = (34, 64);

/// The content of the `COMM` chunk.
struct CommonChunk {
    channels: u16,
    frames: u32,
    bits: u16,
    rate: u32,
    compression: [u8; 4],
}

impl CommonChunk {
    /// Reads the relevant fields; any further ones are ignored.
    fn read(window: &mut FileWindow, chunk: Chunk) -> Option<Self> {
        let fields: [u8; 18] = chunk.read(window, 0)?;
        let number = |at: usize| u16::from_be_bytes([fields[at], fields[at + 1]]);
        let compression = chunk.read(window, 18).unwrap_or(*b"NONE");
        Some(Self {
            channels: number(0),
            frames: u32::from_be_bytes([fields[2], fields[3], fields[4], fields[5]]),
            bits: number(6),
            rate: extended_to_integer(fields[8..18].try_into().ok()?),
            compression,
        })
    }

    fn codec(&self) -> Result<AudioCodecId> {
        let bytes = self.bits.div_ceil(8);
        let plain = |codecs: [AudioCodecId; 4]| codecs.get(usize::from(bytes).wrapping_sub(1)).copied();
        let codec = match &self.compression {
            b"NONE" | b"none" | b"twos" => {
                plain([CODEC_ID_PCM_S8, CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S32BE])
            }
            b"sowt" | b"SOWT" => plain([CODEC_ID_PCM_S8, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32LE]),
            b"raw " | b"RAW " => Some(CODEC_ID_PCM_U8),
            b"in24" | b"IN24" => Some(CODEC_ID_PCM_S24BE),
            b"in32" | b"IN32" => Some(CODEC_ID_PCM_S32BE),
            b"42ni" => Some(CODEC_ID_PCM_S24LE),
            b"23ni" | b"23NI" => Some(CODEC_ID_PCM_S32LE),
            b"fl32" | b"FL32" => Some(CODEC_ID_PCM_F32BE),
            b"fl64" | b"FL64" => Some(CODEC_ID_PCM_F64BE),
            b"alaw" | b"ALAW" => Some(CODEC_ID_PCM_ALAW),
            b"ulaw" | b"ULAW" => Some(CODEC_ID_PCM_MULAW),
            b"ima4" => Some(CODEC_ID_ADPCM_IMA_QT),
            _ => return Err(Error::Unsupported("its audio is compressed in an unsupported way")),
        };
        codec.ok_or(Error::Unsupported("its samples have an unsupported size"))
    }
}

/// Reads the headers of the file that starts at the byte `start`.
pub(super) fn read(window: &mut FileWindow, start: u64) -> Result<SampleFile> {
    let (mut common, mut sound) = (None, None);
    chunks::walk(window, start + FIRST_CHUNK, ByteOrder::Big, *b"SSND", |window, chunk| {
        match &chunk.name {
            b"COMM" if common.is_none() => common = CommonChunk::read(window, chunk),
            b"SSND" if sound.is_none() => sound = Some(chunk),
            _ => {}
        }
        common.is_none() || sound.is_none()
    });
    let common = common.ok_or(Error::DecodeError("its header does not state the format"))?;
    let sound = sound.ok_or(Error::IoError(std::io::ErrorKind::UnexpectedEof.into()))?;
    let codec = common.codec()?;
    let count = u64::from(common.channels.max(1));
    let (block_size, frames_per_block) = match codec {
        CODEC_ID_ADPCM_IMA_QT => (IMA_BLOCK.0 * count, IMA_BLOCK.1),
        _ => (bytes_per_sample(codec) * count, 1),
    };
    let sound = sound_bytes(window, sound, &common, block_size);
    let mut parameters = AudioCodecParameters::new();
    parameters
        .for_codec(codec)
        .with_sample_rate(common.rate)
        .with_channels(channels(common.channels))
        .with_frames_per_block(frames_per_block)
        .with_max_frames_per_packet(blocks_per_packet(frames_per_block) * frames_per_block);
    Ok(SampleFile { parameters, sound, block_size, frames_per_block })
}

fn sound_bytes(window: &mut FileWindow, chunk: Chunk, common: &CommonChunk, block_size: u64) -> SoundBytes {
    let offset = chunk.read(window, 0).map_or(0, |bytes| u64::from(u32::from_be_bytes(bytes)));
    let start = chunk.start.saturating_add(SOUND_HEADER_SIZE).saturating_add(offset);
    let rest = window.file_size().saturating_sub(start);
    let size = chunk.size.saturating_sub(SOUND_HEADER_SIZE).saturating_sub(offset);
    let is_unknown = chunk.size <= SOUND_HEADER_SIZE || chunk.size >= 0x7fff_f000;
    if is_unknown && size != rest {
        return SoundBytes { start, available: rest, stated: None };
    }
    // For compressed audio, blocks are counted.
    let stated = u64::from(common.frames).saturating_mul(block_size);
    // A chunk may end with an incomplete block, and a count of zero was never filled in.
    let stated = if stated == 0 || size < stated { size } else { stated };
    SoundBytes { start, available: rest.min(size), stated: Some(stated) }
}

fn bytes_per_sample(codec: AudioCodecId) -> u64 {
    match codec {
        CODEC_ID_PCM_S16BE | CODEC_ID_PCM_S16LE => 2,
        CODEC_ID_PCM_S24BE | CODEC_ID_PCM_S24LE => 3,
        CODEC_ID_PCM_S32BE | CODEC_ID_PCM_S32LE | CODEC_ID_PCM_F32BE => 4,
        CODEC_ID_PCM_F64BE => 8,
        _ => 1,
    }
}

fn channels(count: u16) -> Channels {
    match count {
        1 => layouts::CHANNEL_LAYOUT_MONO,
        2 => layouts::CHANNEL_LAYOUT_STEREO,
        3 => layouts::CHANNEL_LAYOUT_3P0,
        _ => Channels::Discrete(count),
    }
}

/// Rounds an 80-bit floating-point number, as sample rates are stored; 0 if it is out of range.
fn extended_to_integer(bytes: [u8; 10]) -> u32 {
    const EXPONENT_OF_ONE: u32 = 16383;
    let [high, low, mantissa @ ..] = bytes;
    let exponent = u32::from(u16::from_be_bytes([high & 0x7f, low]));
    let mantissa = u64::from_be_bytes(mantissa);
    let shift = exponent.checked_sub(EXPONENT_OF_ONE).filter(|exponent| *exponent < 32).map(|exponent| 63 - exponent);
    let Some(shift) = shift.filter(|_| high & 0x80 == 0) else { return 0 };
    let rounded = (mantissa >> shift) + (mantissa >> (shift - 1) & 1);
    u32::try_from(rounded).unwrap_or(0)
}
