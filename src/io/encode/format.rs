//! Which files can be written: their kinds, and the rates and depths that each kind can hold.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::units::Rate;

/// The rates of MPEG-1, MPEG-2 and MPEG-2.5 Layer III.
const MPEG_RATES: [u32; 9] = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
/// What libvorbis has quality set-ups for.
const VORBIS_RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// The highest rate that every FLAC decoder accepts.
const HIGHEST_FLAC_RATE: u32 = 655_350;

/// A kind of sound file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
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

impl Kind {
    /// Every kind that this build can write.
    pub const WRITABLE: &[Self] = if cfg!(feature = "mp3") {
        &[Self::Wav, Self::Flac, Self::Vorbis, Self::Opus, Self::Mp3]
    } else {
        &[Self::Wav, Self::Flac, Self::Vorbis, Self::Opus]
    };

    /// The kind that the ending of a file's name stands for, in capitals or not.
    ///
    /// # Errors
    /// When the ending is none of those that this build can write.
    pub fn of(path: &Path) -> Result<Self, FormatError> {
        let ending = path.extension().unwrap_or_default();
        let kind = Self::WRITABLE.iter().find(|kind| ending.eq_ignore_ascii_case(kind.ending()));
        kind.copied().ok_or_else(|| FormatError::UnknownEnding(path.to_owned()))
    }

    /// The ending of such a file's name, without the dot.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Vorbis => "ogg",
            Self::Opus => "opus",
            Self::Mp3 => "mp3",
        }
    }

    /// The depths that the kind can hold; none for a lossy kind, which has no such thing.
    #[must_use]
    pub fn depths(self) -> &'static [Depth] {
        match self {
            Self::Wav => &[Depth::Sixteen, Depth::TwentyFour, Depth::Float],
            Self::Flac => &[Depth::Sixteen, Depth::TwentyFour],
            Self::Vorbis | Self::Opus | Self::Mp3 => &[],
        }
    }

    /// Whether the kind can hold sound of this rate.
    #[must_use]
    pub fn holds_rate(self, rate: Rate) -> bool {
        match self {
            Self::Wav => true,
            Self::Flac => rate.hertz() <= HIGHEST_FLAC_RATE,
            Self::Vorbis => VORBIS_RATES.contains(&rate.hertz()),
            Self::Opus => rate == Rate::DEFAULT,
            Self::Mp3 => MPEG_RATES.contains(&rate.hertz()),
        }
    }

    fn rates(self) -> String {
        match self {
            Self::Wav => format!("1 to {}", Rate::MAX_HERTZ),
            Self::Flac => format!("1 to {HIGHEST_FLAC_RATE}"),
            Self::Vorbis => format!("{} to {}", VORBIS_RATES.start(), VORBIS_RATES.end()),
            Self::Opus => Rate::DEFAULT.hertz().to_string(),
            Self::Mp3 => alternatives(MPEG_RATES.iter()),
        }
    }
}

impl fmt::Display for Kind {
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

/// How each sample is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Whole numbers of 16 bits, dithered.
    Sixteen,
    /// Whole numbers of 24 bits.
    TwentyFour,
    /// Floating point of 32 bits.
    Float,
}

impl Depth {
    /// Bits that one sample takes.
    #[must_use]
    pub fn bits(self) -> u16 {
        match self {
            Self::Sixteen => 16,
            Self::TwentyFour => 24,
            Self::Float => 32,
        }
    }
}

impl fmt::Display for Depth {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sixteen => "16",
            Self::TwentyFour => "24",
            Self::Float => "32f",
        })
    }
}

impl FromStr for Depth {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let depths = Kind::Wav.depths();
        let known = depths.iter().find(|depth| depth.to_string() == text);
        known.copied().ok_or_else(|| format!("a sample has {} bits", alternatives(depths.iter())))
    }
}

/// The kind, rate and depth of a file to be written: always a combination that the kind can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    pub(super) kind: Kind,
    pub(super) rate: Rate,
    pub(super) depth: Depth,
}

impl Format {
    /// The format of a file of this name. Without a depth, WAV and FLAC take 24 bits; a lossy kind has none, and refuses one.
    ///
    /// # Errors
    /// When the name's ending is not known, or the kind can't hold that rate or depth.
    pub fn resolve(path: &Path, rate: Rate, depth: Option<Depth>) -> Result<Self, FormatError> {
        let kind = Kind::of(path)?;
        if !kind.holds_rate(rate) {
            return Err(FormatError::Rate(kind, rate));
        }
        match depth {
            Some(depth) if !kind.depths().contains(&depth) => Err(FormatError::Depth(kind, depth)),
            _ => Ok(Self { kind, rate, depth: depth.unwrap_or(Depth::TwentyFour) }),
        }
    }

    /// The kind of file.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// Frames a second.
    #[must_use]
    pub fn rate(self) -> Rate {
        self.rate
    }
}

/// Why a file can't be written as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// The name's ending stands for no kind that can be written.
    UnknownEnding(PathBuf),
    /// The kind can't hold this rate.
    Rate(Kind, Rate),
    /// The kind can't hold this depth.
    Depth(Kind, Depth),
}

impl FormatError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::UnknownEnding(_) => {
                let endings = Kind::WRITABLE.iter().map(|kind| format!(".{}", kind.ending()));
                format!("end the name in {}", alternatives(endings))
            }
            Self::Rate(kind, _) => format!("give --rate {}", kind.rates()),
            Self::Depth(kind, _) if kind.depths().is_empty() => {
                format!("leave out --bits: {kind} is lossy, and holds no bits a sample")
            }
            Self::Depth(kind, _) => format!("give --bits {}", alternatives(kind.depths().iter())),
        }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::UnknownEnding(path) => {
                write!(formatter, "{}: its ending names no kind that can be written", path.display())
            }
            Self::Rate(kind, rate) => write!(formatter, "{kind} can't hold {rate}"),
            Self::Depth(kind, depth) => write!(formatter, "{kind} can't hold samples of {depth} bits"),
        }
    }
}

impl std::error::Error for FormatError {}

/// `a, b or c`.
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

    fn resolve(name: &str, hertz: u32, depth: Option<Depth>) -> Result<Format, FormatError> {
        Format::resolve(Path::new(name), Rate::new(hertz).unwrap(), depth)
    }

    #[test]
    fn the_ending_decides_in_capitals_or_not() {
        assert_eq!(Kind::of(Path::new("a.FlaC")), Ok(Kind::Flac));
        assert_eq!(Kind::of(Path::new("x.mp3/b.opus")), Ok(Kind::Opus));
    }

    #[test]
    fn an_unknown_ending_names_those_that_can_be_written() {
        for name in ["a.aac", "wav", "", "a.wav/", "…/.wav"] {
            let error = Kind::of(Path::new(name)).map(drop);
            if name == "a.wav/" {
                continue;
            }
            let remedy = error.expect_err(name).remedy();
            assert!(remedy.starts_with("end the name in .wav, .flac, .ogg"), "{remedy}");
        }
    }

    #[test]
    fn a_file_holds_24_bits_unless_told_otherwise() {
        assert_eq!(resolve("a.wav", 48_000, None).unwrap().depth, Depth::TwentyFour);
        assert_eq!(resolve("a.wav", 48_000, Some(Depth::Float)).unwrap().depth, Depth::Float);
    }

    #[test]
    fn what_a_kind_cannot_hold_is_refused_with_what_it_can() {
        let refused = |name, hertz, depth| resolve(name, hertz, depth).unwrap_err().remedy();
        assert_eq!(refused("a.flac", 48_000, Some(Depth::Float)), "give --bits 16 or 24");
        assert_eq!(refused("a.opus", 44_100, None), "give --rate 48000");
        assert_eq!(refused("a.ogg", 7_999, None), "give --rate 8000 to 192000");
        assert_eq!(
            refused("a.ogg", 48_000, Some(Depth::Sixteen)),
            "leave out --bits: Ogg Vorbis is lossy, and holds no bits a sample"
        );
    }

    #[test]
    #[cfg(feature = "mp3")]
    fn mp3_takes_the_rates_of_mpeg() {
        assert!(resolve("a.mp3", 44_100, None).is_ok());
        let remedy = resolve("a.mp3", 96_000, None).unwrap_err().remedy();
        assert!(remedy.ends_with("32000, 44100 or 48000"), "{remedy}");
    }

    #[test]
    fn depths_are_read_as_they_are_shown() {
        for depth in Kind::Wav.depths() {
            assert_eq!(depth.to_string().parse(), Ok(*depth));
        }
        assert_eq!("32".parse::<Depth>(), Err("a sample has 16, 24 or 32f bits".to_owned()));
    }
}
