//! The `fmt ` chunk of a WAV file.

use symphonia::core::audio::{Channels, Position};
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_ADPCM_IMA_WAV, CODEC_ID_ADPCM_MS, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F32LE,
    CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE, CODEC_ID_PCM_MULAW, CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S16LE,
    CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32BE, CODEC_ID_PCM_S32LE, CODEC_ID_PCM_U8,
};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};
use symphonia::core::errors::{Error, Result};

use super::super::file_window::FileWindow;
use super::chunks::{ByteOrder, Chunk};
use super::sample_reader::blocks_per_packet;
use super::trailer::SampleLayout;
use super::{SampleFile, SoundBytes};

/// Format tags.
const PCM: u16 = 1;
const ADPCM_MS: u16 = 2;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const ADPCM_IMA: u16 = 0x11;
const EXTENSIBLE: u16 = 0xfffe;

/// How the samples of a WAV file are stored.
#[derive(Clone, Debug)]
pub(super) struct WaveFormat {
    codec: AudioCodecId,
    channels: Channels,
    rate: u32,
    block_size: u64,
    frames_per_block: u64,
}

impl WaveFormat {
    /// Reads the content of a `fmt ` chunk. Fields after the relevant ones are ignored.
    pub(super) fn read(window: &mut FileWindow, chunk: Chunk, order: ByteOrder) -> Result<Self> {
        const CUT: Error = Error::DecodeError("its header does not state the format completely");
        let fields: [u8; 16] = chunk.read(window, 0).ok_or(CUT)?;
        let number = |at: usize| order.u16([fields[at], fields[at + 1]]);
        let (mut tag, count, block_size, bits) = (number(0), number(2), number(12), number(14));
        let rate = order.u32([fields[4], fields[5], fields[6], fields[7]]);
        let mut mask = 0;
        if tag == EXTENSIBLE
            && let Some(bytes) = chunk.read(window, 20)
        {
            mask = order.u32(bytes);
            // The first two bytes of the sub-format are a tag.
            tag = chunk.read(window, 24).map_or(tag, |bytes| order.u16(bytes));
        }
        let container = container_bytes(block_size, count, bits);
        let codec = codec(tag, bits, container, order)?;
        let channels = channels(count, mask);
        let count = u64::from(count.max(1));
        let (block_size, frames_per_block) = match codec {
            CODEC_ID_ADPCM_MS => (u64::from(block_size), adpcm_frames(block_size, count, 7, 2)?),
            CODEC_ID_ADPCM_IMA_WAV => (u64::from(block_size), adpcm_frames(block_size, count, 4, 1)?),
            _ => (container * count, 1),
        };
        Ok(Self { codec, channels, rate, block_size, frames_per_block })
    }

    /// Describes the file with this format.
    pub(super) fn file(self, sound: SoundBytes) -> SampleFile {
        let mut parameters = AudioCodecParameters::new();
        parameters
            .for_codec(self.codec)
            .with_sample_rate(self.rate)
            .with_channels(self.channels)
            .with_frames_per_block(self.frames_per_block)
            .with_max_frames_per_packet(blocks_per_packet(self.frames_per_block) * self.frames_per_block);
        SampleFile { parameters, sound, block_size: self.block_size, frames_per_block: self.frames_per_block }
    }

    /// How the samples of the first channel are stored.
    pub(super) fn layout(&self) -> SampleLayout {
        let sample_size = self.block_size / self.channels.count().max(1) as u64;
        SampleLayout { codec: self.codec, sample_size, frame_size: self.block_size }
    }

    /// Returns the size of a block in bytes.
    pub(super) fn block_size(&self) -> u64 {
        self.block_size
    }
}

/// Returns the size of a sample in bytes. Samples of 12 or 20 bits are in the upper bits of two or three bytes.
fn container_bytes(block_size: u16, channels: u16, bits: u16) -> u64 {
    let by_bits = u64::from(bits.div_ceil(8));
    let by_block = u64::from(block_size).checked_div(u64::from(channels)).unwrap_or(0);
    let is_plausible = by_block * u64::from(channels) == u64::from(block_size) && (by_bits..=8).contains(&by_block);
    if is_plausible && by_block > 0 { by_block } else { by_bits }
}

fn codec(tag: u16, bits: u16, container: u64, order: ByteOrder) -> Result<AudioCodecId> {
    let by_order = |little, big| if order == ByteOrder::Little { little } else { big };
    Ok(match (tag, container) {
        (PCM, 1) => CODEC_ID_PCM_U8,
        (PCM, 2) => by_order(CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S16BE),
        (PCM, 3) => by_order(CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S24BE),
        (PCM, 4) => by_order(CODEC_ID_PCM_S32LE, CODEC_ID_PCM_S32BE),
        (FLOAT, 4) => by_order(CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F32BE),
        (FLOAT, 8) => by_order(CODEC_ID_PCM_F64LE, CODEC_ID_PCM_F64BE),
        (A_LAW, 1) => CODEC_ID_PCM_ALAW,
        (MU_LAW, 1) => CODEC_ID_PCM_MULAW,
        (ADPCM_MS, _) if bits == 4 => CODEC_ID_ADPCM_MS,
        (ADPCM_IMA, _) if bits == 4 => CODEC_ID_ADPCM_IMA_WAV,
        (PCM | FLOAT, _) => return Err(Error::Unsupported("its samples have an unsupported size")),
        (0x31 | 0x32, _) => return Err(Error::Unsupported("its sound is encoded as GSM 6.10")),
        (0x50, _) => return Err(Error::Unsupported("its sound is encoded as MP2")),
        (0x55, _) => return Err(Error::Unsupported("its sound is encoded as MP3; save it as an MP3 file")),
        (0x92 | 0x2000, _) => return Err(Error::Unsupported("its sound is encoded as AC-3")),
        (0xff | 0x1600 | 0xa106, _) => return Err(Error::Unsupported("its sound is encoded as AAC in a WAV file")),
        (0x160..=0x163, _) => return Err(Error::Unsupported("its sound is encoded as Windows Media Audio")),
        _ => return Err(Error::Unsupported("its audio is compressed in an unsupported way")),
    })
}

/// Returns the frames in an ADPCM block: `header` bytes and `first` samples in each channel's header, then two samples per byte.
fn adpcm_frames(block_size: u16, channels: u64, header: u64, first: u64) -> Result<u64> {
    let samples = u64::from(block_size).checked_sub(header * channels);
    let samples = samples.ok_or(Error::DecodeError("its blocks are too small"))?;
    Ok(samples * 2 / channels + first)
}

/// Returns the positions of the channels: those of the mask if their number matches, otherwise the usual ones.
fn channels(count: u16, mask: u32) -> Channels {
    let masked = Position::from_wave_channel_mask(mask).filter(|_| mask.count_ones() == u32::from(count));
    let usual = || Position::from_wave_channel_count(count.into());
    masked.or_else(usual).map_or(Channels::Discrete(count), Channels::Positioned)
}
