//! The audio formats that can be written, and the sample rates and bit depths that each supports.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use thiserror::Error;

use crate::error::Remedy;
use crate::units::Rate;

/// The sample rates of MPEG-1, MPEG-2 and MPEG-2.5 Layer III.
const MPEG_RATES: [u32; 9] = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
/// The sample rates that libvorbis has quality presets for.
const VORBIS_RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// The highest sample rate that every FLAC decoder accepts.
const MAX_FLAC_RATE: u32 = 655_350;

/// An audio file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// RIFF WAVE; RF64 beyond 4 GiB.
    Wav,
    /// Free Lossless Audio Codec.
    Flac,
    /// Ogg Vorbis, at quality 6.
    Vorbis,
    /// Ogg Opus, at 96 kbit/s.
    Opus,
    /// MPEG Layer III, at LAME's V2.
    Mp3,
}

impl FileFormat {
    /// The formats that this build can write.
    pub const WRITABLE: &[Self] = if cfg!(feature = "mp3") {
        &[Self::Wav, Self::Flac, Self::Vorbis, Self::Opus, Self::Mp3]
    } else {
        &[Self::Wav, Self::Flac, Self::Vorbis, Self::Opus]
    };

    /// Returns the format for a file name's extension, in upper or lower case.
    ///
    /// # Errors
    /// If this build writes no format with that extension.
    pub(crate) fn for_path(path: &Path) -> Result<Self, FormatError> {
        let extension = path.extension().unwrap_or_default();
        let format = Self::WRITABLE.iter().find(|format| extension.eq_ignore_ascii_case(format.extension()));
        format.copied().ok_or_else(|| FormatError::UnknownExtension(path.to_owned()))
    }

    /// Returns the file name extension, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Vorbis => "ogg",
            Self::Opus => "opus",
            Self::Mp3 => "mp3",
        }
    }

    /// Returns the bit depths that the format supports; empty for a lossy format.
    #[must_use]
    pub(crate) fn bit_depths(self) -> &'static [BitDepth] {
        match self {
            Self::Wav => &[BitDepth::Int16, BitDepth::Int24, BitDepth::Float32],
            Self::Flac => &[BitDepth::Int16, BitDepth::Int24],
            Self::Vorbis | Self::Opus | Self::Mp3 => &[],
        }
    }

    /// Whether the format supports a sample rate.
    #[must_use]
    pub(crate) fn supports_rate(self, rate: Rate) -> bool {
        match self {
            Self::Wav => true,
            Self::Flac => rate.hertz() <= MAX_FLAC_RATE,
            Self::Vorbis => VORBIS_RATES.contains(&rate.hertz()),
            Self::Opus => rate == Rate::DEFAULT,
            Self::Mp3 => MPEG_RATES.contains(&rate.hertz()),
        }
    }

    /// Returns the supported sample rates as text.
    fn rates(self) -> String {
        match self {
            Self::Wav => format!("1 to {}", Rate::MAX_HERTZ),
            Self::Flac => format!("1 to {MAX_FLAC_RATE}"),
            Self::Vorbis => format!("{} to {}", VORBIS_RATES.start(), VORBIS_RATES.end()),
            Self::Opus => Rate::DEFAULT.hertz().to_string(),
            Self::Mp3 => alternatives(MPEG_RATES.iter()),
        }
    }
}

impl fmt::Display for FileFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Wav => "WAV",
            Self::Flac => "FLAC",
            Self::Vorbis => "Ogg Vorbis",
            Self::Opus => "Opus",
            Self::Mp3 => "MP3",
        })
    }
}

/// How the samples of a lossless file are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitDepth {
    /// Integers of 16 bits, dithered.
    Int16,
    /// Integers of 24 bits.
    Int24,
    /// Floating-point numbers of 32 bits.
    Float32,
}

impl BitDepth {
    /// Returns the number of bits per sample.
    #[must_use]
    pub(crate) fn bits(self) -> u16 {
        match self {
            Self::Int16 => 16,
            Self::Int24 => 24,
            Self::Float32 => 32,
        }
    }
}

impl fmt::Display for BitDepth {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Int16 => "16",
            Self::Int24 => "24",
            Self::Float32 => "32f",
        })
    }
}

impl FromStr for BitDepth {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let depths = FileFormat::Wav.bit_depths();
        let parsed = depths.iter().find(|depth| depth.to_string() == text);
        parsed.copied().ok_or_else(|| format!("the bit depth is {}", alternatives(depths.iter())))
    }
}

/// A file format with a sample rate and bit depth that it supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputFormat {
    file_format: FileFormat,
    rate: Rate,
    bit_depth: BitDepth,
    has_constant_bit_rate: bool,
}

impl OutputFormat {
    /// Returns the format for a file name. The default bit depth of WAV and FLAC is 24; a lossy format accepts none.
    ///
    /// # Errors
    /// If the extension is unknown, or the format doesn't support the sample rate or bit depth.
    pub fn for_path(path: &Path, rate: Rate, bit_depth: Option<BitDepth>) -> Result<Self, FormatError> {
        let file_format = FileFormat::for_path(path)?;
        if !file_format.supports_rate(rate) {
            return Err(FormatError::UnsupportedRate(file_format, rate));
        }
        match bit_depth {
            Some(depth) if !file_format.bit_depths().contains(&depth) => {
                Err(FormatError::UnsupportedBitDepth(file_format, depth))
            }
            _ => {
                let bit_depth = bit_depth.unwrap_or(BitDepth::Int24);
                Ok(Self { file_format, rate, bit_depth, has_constant_bit_rate: false })
            }
        }
    }

    /// Returns the file format.
    #[must_use]
    pub(crate) fn file_format(self) -> FileFormat {
        self.file_format
    }

    /// Returns the sample rate.
    #[must_use]
    pub(crate) fn rate(self) -> Rate {
        self.rate
    }

    /// Sets a constant bit rate of 128 kbit/s for MP3; other encoders ignore it.
    #[must_use]
    pub(crate) fn with_constant_bit_rate(self) -> Self {
        Self { has_constant_bit_rate: true, ..self }
    }

    /// Returns whether an MP3 has a constant bit rate.
    #[cfg(feature = "mp3")]
    pub(super) fn has_constant_bit_rate(self) -> bool {
        self.has_constant_bit_rate
    }

    /// Returns the bit depth, which a lossy encoder ignores.
    pub(super) fn bit_depth(self) -> BitDepth {
        self.bit_depth
    }
}

/// Why no file can be written with the requested name, sample rate or bit depth.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// The file name has no extension of a supported format.
    #[error("{} doesn't end in the extension of a supported audio format", .0.display())]
    UnknownExtension(PathBuf),
    /// The format doesn't support this sample rate.
    #[error("{0} doesn't support a sample rate of {1}")]
    UnsupportedRate(FileFormat, Rate),
    /// The format doesn't support this bit depth.
    #[error("{0} doesn't support samples of {1} bits")]
    UnsupportedBitDepth(FileFormat, BitDepth),
}

impl Remedy for FormatError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let help = match self {
            Self::UnknownExtension(_) => {
                let extensions = FileFormat::WRITABLE.iter().map(|format| format!(".{}", format.extension()));
                format!("end the name in {}", alternatives(extensions))
            }
            Self::UnsupportedRate(format, _) => format!("use --rate {}", format.rates()),
            Self::UnsupportedBitDepth(format, _) if format.bit_depths().is_empty() => {
                format!("leave out --bits: {format} is lossy and has no bit depth")
            }
            Self::UnsupportedBitDepth(format, _) => format!("use --bits {}", alternatives(format.bit_depths().iter())),
        };
        Some(help.into())
    }
}

/// Lists items as `a, b or c`.
fn alternatives<T: ToString>(items: impl ExactSizeIterator<Item = T>) -> String {
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => items.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn for_path(name: &str, hertz: u32, depth: Option<BitDepth>) -> Result<OutputFormat, FormatError> {
        OutputFormat::for_path(Path::new(name), Rate::new(hertz).unwrap(), depth)
    }

    fn help(error: &FormatError) -> String {
        error.help().unwrap().into_owned()
    }

    #[test]
    fn the_extension_is_case_insensitive() {
        assert_eq!(FileFormat::for_path(Path::new("a.FlaC")), Ok(FileFormat::Flac));
        assert_eq!(FileFormat::for_path(Path::new("x.mp3/b.opus")), Ok(FileFormat::Opus));
    }

    #[test]
    fn an_unknown_extension_names_the_supported_ones() {
        for name in ["a.aac", "wav", "", "…/.wav"] {
            let error = FileFormat::for_path(Path::new(name)).map(drop);
            let help = help(&error.expect_err(name));
            assert!(help.starts_with("end the name in .wav, .flac, .ogg"), "{help}");
        }
    }

    #[test]
    fn the_default_bit_depth_is_24() {
        assert_eq!(for_path("a.wav", 48_000, None).unwrap().bit_depth, BitDepth::Int24);
        assert_eq!(for_path("a.wav", 48_000, Some(BitDepth::Float32)).unwrap().bit_depth, BitDepth::Float32);
    }

    #[test]
    fn an_unsupported_rate_or_depth_names_the_supported_ones() {
        let refused = |name, hertz, depth| help(&for_path(name, hertz, depth).unwrap_err());
        assert_eq!(refused("a.flac", 48_000, Some(BitDepth::Float32)), "use --bits 16 or 24");
        assert_eq!(refused("a.opus", 44_100, None), "use --rate 48000");
        assert_eq!(refused("a.ogg", 7_999, None), "use --rate 8000 to 192000");
        assert_eq!(
            refused("a.ogg", 48_000, Some(BitDepth::Int16)),
            "leave out --bits: Ogg Vorbis is lossy and has no bit depth"
        );
    }

    #[test]
    #[cfg(feature = "mp3")]
    fn mp3_supports_the_rates_of_mpeg() {
        assert!(for_path("a.mp3", 44_100, None).is_ok());
        let help = help(&for_path("a.mp3", 96_000, None).unwrap_err());
        assert!(help.ends_with("32000, 44100 or 48000"), "{help}");
    }

    #[test]
    fn bit_depths_round_trip_through_text() {
        for depth in FileFormat::Wav.bit_depths() {
            assert_eq!(depth.to_string().parse(), Ok(*depth));
        }
        assert_eq!("32".parse::<BitDepth>(), Err("the bit depth is 16, 24 or 32f".to_owned()));
    }
}
