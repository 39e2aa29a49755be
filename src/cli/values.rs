//! Parsers of option values, each with a message that shows how the value is written.

use std::time::Duration;

use clap::ValueEnum;

use crate::config::{LEVEL_CHANGE, VOLUME};
use crate::manifest::{Code, SETTLE, duration, suggest};
use crate::playback::StartPosition;
use crate::timeline::LevelChange;
use crate::units::{Decibels, Rate};

/// The kinds of sound that have a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SoundKind {
    /// The narration.
    Voice,
    /// The bells.
    Bell,
    /// The background sound.
    Bed,
}

/// The minimum rate of a rendered session in hertz.
const MIN_RATE: u32 = 8_000;
/// The maximum rate of a rendered session in hertz.
const MAX_RATE: u32 = 192_000;

pub(super) fn rate(text: &str) -> Result<Rate, String> {
    text.parse()
        .ok()
        .filter(|hertz| (MIN_RATE..=MAX_RATE).contains(hertz))
        .and_then(Rate::new)
        .ok_or_else(|| format!("a rate is a number of hertz from {MIN_RATE} to {MAX_RATE}, such as 48000"))
}

pub(super) fn web_address(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}?#".contains(c);
    if !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("write an address such as https://example.org/sits/".to_owned())
}

pub(super) fn code(text: &str) -> Result<Code, String> {
    Code::parse(text).ok_or_else(|| {
        let near = suggest::nearest(text, Code::ALL.iter().map(|code| code.name()));
        near.map_or_else(|| "docs/findings.md lists all codes".to_owned(), |near| format!("did you mean {near}?"))
    })
}

#[expect(clippy::unnecessary_wraps, reason = "clap expects a result of every parser")]
pub(super) fn start(text: &str) -> Result<StartPosition, std::convert::Infallible> {
    Ok(duration::parse(text).map_or_else(|| StartPosition::Segment(text.to_owned()), StartPosition::Time))
}

pub(super) fn length(text: &str) -> Result<Duration, String> {
    duration::parse(text).ok_or_else(|| "write a length such as 20m, 1h or 7m30s".to_owned())
}

/// Parses the length of the silence before a session.
pub(crate) fn settling_time(text: &str) -> Result<Duration, String> {
    duration::parse(text)
        .filter(|time| SETTLE.contains(time))
        .ok_or_else(|| "write a time of up to 10m, such as 30s or 1m30s".to_owned())
}

pub(super) fn volume(text: &str) -> Result<Decibels, String> {
    text.parse()
        .ok()
        .filter(|volume| VOLUME.contains(volume))
        .map(Decibels)
        .ok_or_else(|| "a volume is a number of decibels from -60 to 6".to_owned())
}

pub(super) fn level(text: &str) -> Result<(SoundKind, LevelChange), String> {
    let help = "write a change in dB from -60 to 12, such as voice=-3, or turn a part off, as in bed=off";
    let (kind, change) = text.split_once('=').ok_or(help)?;
    let kind = SoundKind::from_str(kind, false).map_err(|_| help)?;
    let change = match change {
        "off" => LevelChange::Off,
        number => {
            LevelChange::By(number.parse().ok().filter(|by| LEVEL_CHANGE.contains(by)).map(Decibels).ok_or(help)?)
        }
    };
    Ok((kind, change))
}
