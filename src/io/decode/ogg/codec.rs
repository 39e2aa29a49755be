//! The codecs in Ogg streams.

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_FLAC, CODEC_ID_OPUS, CODEC_ID_VORBIS};
use symphonia::core::errors::{Error, Result};

use super::super::flac::FlacFrameHeader;
use super::vorbis_modes::VorbisModes;

/// The sample rate of decoded Opus, and of its granule positions, in hertz.
const OPUS_RATE: u32 = 48_000;
/// The size of FLAC's STREAMINFO block, and its offset in the first packet.
const STREAM_INFO: std::ops::Range<usize> = 17..51;

/// A codec, detected by the first packet of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OggCodec {
    Vorbis,
    Opus,
    Flac,
    /// An unsupported codec.
    Unsupported(&'static str),
    /// Not audio: a picture, subtitles or an index.
    Other,
}

impl OggCodec {
    /// Detects the codec by the first packet of a stream.
    pub(super) fn detect(packet: &[u8]) -> Self {
        let known: [(&[u8], Self); 7] = [
            (b"\x01vorbis", Self::Vorbis),
            (b"OpusHead", Self::Opus),
            (b"\x7fFLAC", Self::Flac),
            (b"Speex   ", Self::Unsupported("its sound is encoded as Speex")),
            (b"CELT    ", Self::Unsupported("its sound is encoded as CELT")),
            (b"PCM     ", Self::Unsupported("its sound is PCM in Ogg; save it as WAV")),
            (b"fLaC", Self::Unsupported("its sound is FLAC in an old form of Ogg; save it as FLAC")),
        ];
        known.iter().find(|(start, _)| packet.starts_with(start)).map_or(Self::Other, |(_, codec)| *codec)
    }

    /// Returns whether a packet is a header instead of audio.
    pub(super) fn is_header(self, packet: &[u8]) -> bool {
        match self {
            Self::Vorbis => packet.first().is_some_and(|first| first & 1 == 1),
            Self::Opus => packet.starts_with(b"OpusHead") || packet.starts_with(b"OpusTags"),
            Self::Flac => packet.first() != Some(&0xff),
            Self::Unsupported(_) | Self::Other => true,
        }
    }

    /// Returns whether a decoder needs this header besides the first one.
    pub(super) fn needs(self, packet: &[u8]) -> bool {
        self == Self::Vorbis && packet.starts_with(b"\x05vorbis")
    }
}

/// The headers of a stream.
#[derive(Clone, Debug)]
pub(super) struct StreamHeaders {
    pub(super) codec: OggCodec,
    pub(super) parameters: AudioCodecParameters,
    /// Frames to skip at the start.
    pub(super) delay: u16,
    /// The number of frames according to the headers; 0 if unknown.
    pub(super) stated: u64,
    modes: Option<VorbisModes>,
}

impl StreamHeaders {
    /// Reads the first packet of a stream, and the setup header of Vorbis.
    pub(super) fn read(codec: OggCodec, first: &[u8], setup: &[u8]) -> Result<Self> {
        const DAMAGED: Error = Error::DecodeError("its headers are damaged");
        let mut parameters = AudioCodecParameters::new();
        let (mut delay, mut stated, mut modes) = (0, 0, None);
        match codec {
            OggCodec::Vorbis => {
                modes = Some(VorbisModes::read(first, setup).ok_or(DAMAGED)?);
                let rate = first.get(12..16).and_then(|bytes| bytes.first_chunk()).ok_or(DAMAGED)?;
                parameters.for_codec(CODEC_ID_VORBIS).with_sample_rate(u32::from_le_bytes(*rate));
                parameters.with_channels(Channels::Discrete(first[11].into()));
                parameters.with_extra_data([first, setup].concat().into());
            }
            OggCodec::Opus => {
                let skip = first.get(10..12).and_then(|bytes| bytes.first_chunk()).ok_or(DAMAGED)?;
                delay = u16::from_le_bytes(*skip);
                parameters.for_codec(CODEC_ID_OPUS).with_sample_rate(OPUS_RATE).with_extra_data(first.into());
            }
            OggCodec::Flac => {
                let info = first.get(STREAM_INFO).ok_or(DAMAGED)?;
                let rate = u32::from_be_bytes([0, info[10], info[11], info[12]]) >> 4;
                stated = u64::from(info[13] & 15) << 32;
                stated |= u64::from(u32::from_be_bytes([info[14], info[15], info[16], info[17]]));
                parameters.for_codec(CODEC_ID_FLAC).with_sample_rate(rate).with_extra_data(info.into());
                parameters.with_channels(Channels::Discrete(u16::from(info[12] >> 1 & 7) + 1));
            }
            OggCodec::Unsupported(name) => return Err(Error::Unsupported(name)),
            OggCodec::Other => return Err(Error::Unsupported("it contains no sound")),
        }
        Ok(Self { codec, parameters, delay, stated, modes })
    }
}

/// Determines the lengths of successive packets.
#[derive(Clone, Debug, Default)]
pub(super) struct PacketLengths {
    /// The size of the last Vorbis block: a packet completes half of the previous block.
    last_block: Option<u32>,
}

impl PacketLengths {
    /// Returns the number of frames that the next packet decodes to, or `None` if it contains no audio.
    pub(super) fn next(&mut self, headers: &StreamHeaders, packet: &[u8]) -> Option<u64> {
        match headers.codec {
            OggCodec::Vorbis => {
                let block = headers.modes.as_ref()?.block_size(packet)?;
                let last = self.last_block.replace(block);
                Some(last.map_or(0, |last| u64::from(last + block) / 4))
            }
            OggCodec::Opus => opus_frames(packet),
            OggCodec::Flac => FlacFrameHeader::parse(packet).map(|header| header.block_size.into()),
            OggCodec::Unsupported(_) | OggCodec::Other => None,
        }
    }
}

/// Returns the number of frames in an Opus packet (RFC 6716, section 3.1).
fn opus_frames(packet: &[u8]) -> Option<u64> {
    let first = *packet.first()?;
    let config = first >> 3;
    let frame = match config {
        0..12 => [480, 960, 1920, 2880][usize::from(config % 4)],
        12..16 => [480, 960][usize::from(config % 2)],
        _ => [120, 240, 480, 960][usize::from(config % 4)],
    };
    let count = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(*packet.get(1)? & 0x3f),
    };
    Some(frame * count).filter(|frames| (1..=5760).contains(frames))
}
