//! Codecs in MP4, MOV and CAF, by their four-letter names.

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_F32BE,
    CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE, CODEC_ID_PCM_MULAW, CODEC_ID_PCM_S8,
    CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32BE,
    CODEC_ID_PCM_S32LE, CODEC_ID_PCM_U8,
};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};
use symphonia::core::errors::{Error, Result};

/// The sample rates of MPEG-4 audio in hertz.
const MPEG4_RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
/// The message about unsupported forms of AAC.
pub(super) const COMPLEX_AAC: Error = Error::Unsupported("aac: too complex");
const DAMAGED: Error = Error::DecodeError("its header does not state the format");

/// The encoding of a track.
#[derive(Clone, Debug)]
pub(super) struct SampleCodec {
    pub(super) parameters: AudioCodecParameters,
    /// The frames in every packet; 0 if packets differ.
    pub(super) packet_frames: u32,
    /// The bytes of a frame of uncompressed audio; 0 for all other codecs.
    pub(super) frame_bytes: u32,
}

/// The information in a container about a track.
#[derive(Clone, Debug, Default)]
pub(super) struct SampleDescription {
    /// The name of the codec.
    pub(super) name: [u8; 4],
    pub(super) channels: u32,
    pub(super) bits: u32,
    /// In hertz.
    pub(super) rate: u32,
    /// Whether uncompressed samples are floating-point numbers, and whether they are little endian, if the name does not say.
    pub(super) is_float: bool,
    pub(super) is_little_endian: bool,
    /// The codec's configuration: the `AudioSpecificConfig` of AAC, the cookie of ALAC, and the like.
    pub(super) config: Vec<u8>,
    /// The MPEG-4 object type, if it is stated.
    pub(super) object_type: Option<u8>,
}

impl SampleDescription {
    /// Returns the codec.
    ///
    /// # Errors
    /// If it can't be decoded.
    pub(super) fn codec(&self) -> Result<SampleCodec> {
        match (&self.name, self.object_type) {
            (b"mp4a" | b"aac ", Some(0x69 | 0x6b)) | (b".mp3", _) => Ok(self.mp3()),
            (b"mp4a" | b"aac ", None | Some(0x40 | 0x66..=0x68)) => self.aac(),
            (b"mp4a", Some(0xdd)) => Err(Error::Unsupported("its sound is Vorbis in MP4; save it as Ogg")),
            (b"aach" | b"aacp" | b"aacl" | b"aace", _) => Err(COMPLEX_AAC),
            (b"alac", _) => self.alac(),
            (b"fLaC", _) => self.flac(),
            (b"Opus", _) => self.opus(),
            (b"ac-3" | b"ec-3", _) => Err(Error::Unsupported("its sound is encoded as AC-3")),
            (b"samr" | b"sawb", _) => Err(Error::Unsupported("its sound is encoded as AMR")),
            (b"ima4", _) => Err(Error::Unsupported("its sound is encoded as IMA ADPCM; save it as WAV")),
            (b"drms" | b"enca", _) => Err(Error::Unsupported("its sound is protected against copying")),
            _ => self.uncompressed(),
        }
    }

    fn with_codec(codec: AudioCodecId, rate: u32, channels: u32, packet_frames: u32) -> SampleCodec {
        let mut parameters = AudioCodecParameters::new();
        let channels = u16::try_from(channels).unwrap_or(u16::MAX);
        parameters.for_codec(codec).with_sample_rate(rate).with_channels(Channels::Discrete(channels));
        SampleCodec { parameters, packet_frames, frame_bytes: 0 }
    }

    fn mp3(&self) -> SampleCodec {
        let packet_frames = if self.rate < 32_000 { 576 } else { 1152 };
        Self::with_codec(CODEC_ID_MP3, self.rate, self.channels, packet_frames)
    }

    fn aac(&self) -> Result<SampleCodec> {
        let config = AacConfig::parse(&self.config).ok_or(DAMAGED)?;
        // Twice the rate of the configuration indicates high-efficiency AAC that is not signalled otherwise.
        if config.object_type != 2 || config.has_extension || self.rate == 2 * config.rate {
            return Err(COMPLEX_AAC);
        }
        let mut codec = Self::with_codec(CODEC_ID_AAC, config.rate, config.channels, config.packet_frames);
        codec.parameters.with_extra_data(config.without_false_flag(&self.config).into());
        if config.channels == 0 {
            codec.parameters.channels = None;
        }
        Ok(codec)
    }

    fn alac(&self) -> Result<SampleCodec> {
        let cookie = self.config.get(..24).ok_or(DAMAGED)?;
        let number = |at: usize| u32::from_be_bytes([cookie[at], cookie[at + 1], cookie[at + 2], cookie[at + 3]]);
        let mut codec = Self::with_codec(CODEC_ID_ALAC, number(20), cookie[9].into(), number(0).min(1 << 16));
        codec.parameters.with_extra_data(self.config.clone().into());
        Ok(codec)
    }

    fn flac(&self) -> Result<SampleCodec> {
        let info = self.config.get(..34).ok_or(DAMAGED)?;
        let rate = u32::from_be_bytes([0, info[10], info[11], info[12]]) >> 4;
        let mut codec = Self::with_codec(CODEC_ID_FLAC, rate, u32::from(info[12] >> 1 & 7) + 1, 0);
        codec.parameters.with_extra_data(info.into());
        Ok(codec)
    }

    /// The Opus header in MP4 is that of Ogg in another byte order.
    fn opus(&self) -> Result<SampleCodec> {
        let &[_, channels, skip_high, skip_low, a, b, c, d, gain_high, gain_low, ref mapping @ ..] = &self.config[..]
        else {
            return Err(DAMAGED);
        };
        let mut head = b"OpusHead\x01".to_vec();
        head.extend([channels, skip_low, skip_high, d, c, b, a, gain_low, gain_high]);
        head.extend(mapping);
        let mut codec = Self::with_codec(CODEC_ID_OPUS, 48_000, channels.into(), 0);
        codec.parameters.with_extra_data(head.into());
        Ok(codec)
    }

    fn uncompressed(&self) -> Result<SampleCodec> {
        let integer = |little: bool, bits: u32| {
            Some(match (bits.div_ceil(8), little) {
                (1, _) => (CODEC_ID_PCM_S8, 1),
                (2, true) => (CODEC_ID_PCM_S16LE, 2),
                (2, false) => (CODEC_ID_PCM_S16BE, 2),
                (3, true) => (CODEC_ID_PCM_S24LE, 3),
                (3, false) => (CODEC_ID_PCM_S24BE, 3),
                (4, true) => (CODEC_ID_PCM_S32LE, 4),
                (4, false) => (CODEC_ID_PCM_S32BE, 4),
                _ => return None,
            })
        };
        let float = |little: bool, bits: u32| {
            Some(match (bits, little) {
                (32, true) => (CODEC_ID_PCM_F32LE, 4),
                (32, false) => (CODEC_ID_PCM_F32BE, 4),
                (64, true) => (CODEC_ID_PCM_F64LE, 8),
                (64, false) => (CODEC_ID_PCM_F64BE, 8),
                _ => return None,
            })
        };
        let little = self.is_little_endian;
        let codec = match &self.name {
            b"sowt" => integer(true, self.bits),
            b"twos" => integer(false, self.bits),
            b"in24" => integer(little, 24),
            b"in32" => integer(little, 32),
            b"fl32" => float(little, 32),
            b"fl64" => float(little, 64),
            b"raw " | b"NONE" => Some((CODEC_ID_PCM_U8, 1)).filter(|_| self.bits <= 8),
            b"alaw" => Some((CODEC_ID_PCM_ALAW, 1)),
            b"ulaw" => Some((CODEC_ID_PCM_MULAW, 1)),
            b"lpcm" | b"ipcm" | b"fpcm" if self.is_float => float(little, self.bits),
            b"lpcm" | b"ipcm" => integer(little, self.bits),
            _ => return Err(Error::Unsupported("its audio is compressed in an unsupported way")),
        };
        let (codec, bytes) = codec.ok_or(Error::Unsupported("its samples have an unsupported size"))?;
        let codec = Self::with_codec(codec, self.rate, self.channels, 1);
        Ok(SampleCodec { frame_bytes: bytes * self.channels.clamp(1, 256), ..codec })
    }
}

/// The `AudioSpecificConfig` of AAC (ISO/IEC 14496-3, section 1.6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AacConfig {
    object_type: u32,
    rate: u32,
    channels: u32,
    packet_frames: u32,
    /// Whether it signals spectral band replication, which high-efficiency AAC requires.
    has_extension: bool,
    /// The position of the core-coder flag if the flag is set by mistake: the description that should follow is missing.
    false_core_flag: Option<usize>,
}

impl AacConfig {
    fn parse(config: &[u8]) -> Option<Self> {
        let mut at = 0;
        let mut read = |bits: usize| -> Option<u32> {
            let number = (at..at + bits).try_fold(0, |number, bit| {
                let byte = config.get(bit / 8)?;
                Some(number << 1 | u32::from(byte >> (7 - bit % 8) & 1))
            })?;
            at += bits;
            Some(number)
        };
        let object_type = match read(5)? {
            31 => 32 + read(6)?,
            object_type => object_type,
        };
        let rate = match read(4)? {
            15 => read(24)?,
            index => *MPEG4_RATES.get(index as usize)?,
        };
        let channels = match read(4)? {
            7 => 8,
            channels => channels,
        };
        let packet_frames = if read(1)? == 1 { 960 } else { 1024 };
        // The core coder's flag, and that of an extension.
        let (depends_on_core, has_more) = (read(1)?, read(1)?);
        let is_plain = depends_on_core == 0 && has_more == 0 && channels > 0;
        let has_extension = is_plain && read(11) == Some(0x2b7) && read(5) == Some(5) && read(1) == Some(1);
        // A core coder is described by 14 bits, the first of which was read as the second flag, and followed by that flag.
        let lacks_core = depends_on_core == 1 && read(14).is_none();
        let false_core_flag = lacks_core.then(|| at - 2);
        Some(Self { object_type, rate, channels, packet_frames, has_extension, false_core_flag })
    }

    /// Returns the bytes of this configuration, with a core-coder flag that is set by mistake cleared.
    fn without_false_flag(&self, config: &[u8]) -> Vec<u8> {
        let mut config = config.to_vec();
        if let Some(bit) = self.false_core_flag
            && let Some(byte) = config.get_mut(bit / 8)
        {
            *byte &= !(0x80 >> (bit % 8));
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_of_aac_is_read() {
        let plain = AacConfig {
            object_type: 2,
            rate: 44_100,
            channels: 2,
            packet_frames: 1024,
            has_extension: false,
            false_core_flag: None,
        };
        assert_eq!(AacConfig::parse(&[0x12, 0x10]), Some(plain));
        // Spectral band replication signalled after the configuration, and before it.
        let announced = AacConfig { rate: 22_050, has_extension: true, ..plain };
        assert_eq!(AacConfig::parse(&[0x13, 0x90, 0x56, 0xe5, 0xa0]), Some(announced));
        assert_eq!(AacConfig::parse(&[0x2b, 0x92, 0x08, 0x00]).map(|config| config.object_type), Some(5));
        assert_eq!(AacConfig::parse(&[0x12]), None);
        let with_flag = AacConfig { false_core_flag: Some(14), ..plain };
        assert_eq!(AacConfig::parse(&[0x12, 0x12]), Some(with_flag));
        assert_eq!(with_flag.without_false_flag(&[0x12, 0x12]), [0x12, 0x10]);
    }
}
