//! What an engine wrote: looked at, cut to the speech in it, brought to its level, and put into a file.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use super::text;
use crate::dsp::fades::raised_cosine;
use crate::engine::ClipReader;
use crate::io::decode::{self, ClipBytes, Damage};
use crate::io::encode::{AudioFileWriter, BitDepth, OutputFormat, Tags};
use crate::units::{Decibels, Frame, Frames, Lufs, Rate, SILENCE};

/// An engine whose file is larger has gone astray.
const LARGEST: u64 = 512 * 1024 * 1024;
/// What lies so far below the loudest sample is silence.
const SILENT: Decibels = Decibels(-50.0);
/// So much of the silence at either end is kept, …
const MARGIN: Duration = Duration::from_millis(60);
/// … and within it the sound fades in and out.
const FADE: Duration = Duration::from_millis(10);
/// No sample comes nearer to full scale.
const CEILING: Decibels = Decibels(-1.0);
/// The fastest that is believed: 260 words a minute, …
const SHORTEST_WORD: Duration = Duration::from_millis(231);
/// … less what a few short words may save.
const SHORT_WORDS: Duration = Duration::from_millis(800);
/// The slowest: 60 words a minute, …
const LONGEST_WORD: Duration = Duration::from_secs(1);
/// … and what a word that is spelt out takes on top, for each letter beyond the longest common ones, …
const SPELT_LETTER: Duration = Duration::from_millis(600);
const COMMON_LETTERS: usize = 12;
/// … and pauses.
const PAUSES: Duration = Duration::from_secs(4);
const STRIDE: usize = 1024;

/// Why what an engine wrote is no speech: how a sentence about the engine goes on.
pub(super) type Objection = String;

/// Reads what an engine wrote, and writes the speech in it at a loudness, as heard in both ears.
pub(super) fn finish(from: &Path, to: &Path, spoken: &str, loudness: Lufs) -> Result<(), Objection> {
    let size = std::fs::metadata(from).map_err(|_| "ended well and wrote no file")?.len();
    if size == 0 {
        return Err("wrote an empty file".to_owned());
    }
    if size > LARGEST {
        return Err("wrote far more than speech can be".to_owned());
    }
    let file = std::fs::File::open(from).map_err(|error| format!("wrote a file that can't be read: {error}"))?;
    let bytes = ClipBytes::from_file(file, "speech").map_err(|_| "wrote something that is no file")?;
    let speech = Speech::measure(&bytes, spoken)?;
    speech.write(&bytes, to, loudness)
}

/// Where the speech lies in a file, and how loud it is.
struct Speech {
    rate: Rate,
    first: Frames,
    end: Frames,
    peak: f32,
    loudness: Lufs,
}

impl Speech {
    fn measure(bytes: &ClipBytes, spoken: &str) -> Result<Self, Objection> {
        let heard = decode::examine(bytes).map_err(|_| "wrote a file that is no sound")?;
        if heard.damage != Damage::None {
            return Err("wrote a file that is cut short".to_owned());
        }
        let (rate, frames) = (heard.facts.rate, heard.facts.frames);
        let peak = fold(bytes, frames, 0.0_f32, |peak, _, sample| peak.max(sample))?;
        let loudness = heard.loudness.integrated().filter(|_| peak > 0.0).ok_or("wrote nothing but silence")?;
        let threshold = peak * SILENT.amplitude() as f32;
        let nowhere = (frames.0, 0);
        let (first, last) =
            fold(
                bytes,
                frames,
                nowhere,
                |(first, last), frame, sample| {
                    if sample > threshold { (first.min(frame), frame) } else { (first, last) }
                },
            )?;
        let margin = rate.frames(MARGIN);
        let (first, end) = (Frames(first).saturating_sub(margin), (Frames(last + 1) + margin).min(frames));
        plausible(Duration::from_secs_f64((end - first).seconds(rate)), spoken)?;
        Ok(Self { rate, first, end, peak, loudness })
    }

    fn write(&self, bytes: &ClipBytes, to: &Path, loudness: Lufs) -> Result<(), Objection> {
        let fade = self.rate.frames(FADE).0.max(1) as f32;
        let frames = self.end - self.first;
        let gain = gain(loudness - self.loudness, self.peak).amplitude() as f32;
        let factor = |frame: u64| {
            let edge = frame.min(frames.0 - 1 - frame) as f32;
            if edge < fade { gain * raised_cosine(edge / fade) } else { gain }
        };
        write(bytes, to, self.rate, self.first..self.end, factor)
    }
}

/// What was wanted, but for the ceiling.
fn gain(wanted: Decibels, peak: f32) -> Decibels {
    let room = CEILING.0 - 20.0 * f64::from(peak).log10();
    Decibels(wanted.0.min(room))
}

/// Writes a stretch of a clip, each frame multiplied by a factor of its own.
fn write(
    bytes: &ClipBytes,
    to: &Path,
    rate: Rate,
    stretch: Range<Frames>,
    factor: impl Fn(u64) -> f32,
) -> Result<(), Objection> {
    let failed = |error: &dyn std::fmt::Display| format!("spoke, but {error}");
    let format = OutputFormat::for_path(to, rate, Some(BitDepth::Int16))
        .map_err(|error| format!("wrote sound at an odd rate: {error}"))?;
    let frames = stretch.end - stretch.start;
    let mut file = AudioFileWriter::create(to, format, &Tags::default(), frames).map_err(|error| failed(&error))?;
    let mut clip = decode::open(bytes).map_err(|error| failed(&error))?;
    clip.seek(stretch.start);
    let mut block = [SILENCE; STRIDE];
    let mut at = Frames::ZERO;
    while at < frames {
        let part = &mut block[..(frames - at).index().min(STRIDE)];
        clip.read(part);
        for (frame, number) in part.iter_mut().zip(at.0..) {
            let factor = factor(number);
            *frame = frame.map(|sample| sample * factor);
        }
        file.write(part).map_err(|error| failed(&error))?;
        at += Frames(part.len() as u64);
    }
    file.finish().map_err(|error| failed(&error))
}

/// Saves speech that was made at one loudness into a FLAC file, at another.
pub(super) fn save(speech: &ClipBytes, to: &Path, made: Lufs, wanted: Lufs) -> Result<(), Objection> {
    if made == wanted {
        let whole = speech.read_whole().map_err(|error| error.to_string())?;
        return std::fs::write(to, whole).map_err(|error| error.to_string());
    }
    let facts = decode::probe(speech).map_err(|error| error.to_string())?;
    let peak = fold(speech, facts.frames, 0.0_f32, |peak, _, sample| peak.max(sample))?;
    let factor = gain(wanted - made, peak).amplitude() as f32;
    write(speech, to, facts.rate, Frames::ZERO..facts.frames, |_| factor)
}

/// Goes through a clip with the greater of both channels, without its sign.
fn fold<T>(
    bytes: &ClipBytes,
    frames: Frames,
    start: T,
    mut step: impl FnMut(T, u64, f32) -> T,
) -> Result<T, Objection> {
    let mut clip: Box<dyn ClipReader> = decode::open(bytes).map_err(|error| error.to_string())?;
    let mut block = [SILENCE; STRIDE];
    let (mut value, mut at) = (start, 0);
    while at < frames.0 {
        let part = &mut block[..usize::try_from(frames.0 - at).unwrap_or(STRIDE).min(STRIDE)];
        clip.read(part);
        for frame in part.iter() {
            value = step(value, at, greatest(*frame));
            at += 1;
        }
    }
    Ok(value)
}

fn greatest(frame: Frame) -> f32 {
    frame[0].abs().max(frame[1].abs())
}

/// Whether speech of this length can be that of these words.
fn plausible(length: Duration, spoken: &str) -> Result<(), Objection> {
    let words = u32::try_from(text::words(spoken)).unwrap_or(u32::MAX);
    let letters: usize =
        spoken.split_whitespace().map(|word| word.chars().count().saturating_sub(COMMON_LETTERS)).sum();
    let spelt = SPELT_LETTER.saturating_mul(u32::try_from(letters).unwrap_or(u32::MAX));
    let longest = PAUSES + LONGEST_WORD.saturating_mul(words) + spelt;
    let shortest = SHORTEST_WORD.saturating_mul(words).saturating_sub(SHORT_WORDS);
    if length < shortest {
        return Err(format!("wrote {:.1} s for {words} words, too little to be all of them", length.as_secs_f64()));
    }
    if length > longest {
        return Err(format!("wrote {:.1} s for {words} words, far too much", length.as_secs_f64()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_to_two_hundred_and_sixty_words_a_minute_are_believed() {
        let ten = "one two three four five six seven eight nine ten";
        let holds = |seconds: f64| plausible(Duration::from_secs_f64(seconds), ten).is_ok();
        assert!(holds(4.6) && holds(2.4) && holds(10.0));
        assert!(!holds(1.0) && !holds(15.0));
    }

    #[test]
    fn a_single_short_word_may_be_short() {
        assert!(plausible(Duration::from_millis(300), "Rest.").is_ok());
        assert!(plausible(Duration::from_mins(1), "Rest.").is_err());
    }
}
