//! Checks the output of an engine, trims it to the speech, normalises its loudness, and writes it as FLAC.

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use thiserror::Error;

use super::readable::count_words;
use crate::dsp::fades::raised_cosine;
use crate::engine::ClipReader;
use crate::error::reason;
use crate::io::decode::{self, ClipBytes, ClipDecoder, DecodeError};
use crate::io::encode::{AudioFileWriter, BitDepth, EncodeError, FormatError, OutputFormat, Tags};
use crate::manifest::session::SessionLevels;
use crate::units::{Decibels, Frame, Frames, Lufs, Rate, SILENCE};

/// The loudness of all generated speech, in both channels together.
pub(crate) const SPEECH_LOUDNESS: Lufs = SessionLevels::VOICE;

/// The maximum file size for any line.
const MAX_FILE_SIZE: u64 = 512 * 1024 * 1024;
/// The size allowed in addition to the words, for a header and silence.
const BASE_FILE_SIZE: u64 = 16 * 1024 * 1024;
/// The maximum size of a second of speech: stereo, 48 kHz, 32 bit.
const MAX_BYTES_PER_SECOND: u64 = 48_000 * 2 * 4;

/// Samples this far below the loudest one count as silence.
const SILENCE_THRESHOLD: Decibels = Decibels(-50.0);
/// The silence kept at either end.
const MARGIN: Duration = Duration::from_millis(60);
/// The length of the fades within that silence.
const FADE: Duration = Duration::from_millis(10);
/// The maximum sample peak.
const CEILING: Decibels = Decibels(-1.0);

/// The minimum time for each word: 260 words per minute is the fastest plausible speech.
const MIN_TIME_PER_WORD: Duration = Duration::from_millis(231);
/// The time subtracted from the minimum, because a few short words may be faster.
const SHORT_WORDS_ALLOWANCE: Duration = Duration::from_millis(800);
/// The maximum time for each word: 60 words per minute is the slowest plausible speech.
const MAX_TIME_PER_WORD: Duration = Duration::from_secs(1);
/// The time added to the maximum for any text.
const BASE_ALLOWANCE: Duration = Duration::from_secs(4);
/// The time added to the maximum for the pause after each sentence.
const SENTENCE_PAUSE: Duration = Duration::from_millis(1500);
/// The time added to the maximum for each letter of a word beyond [`COMMON_WORD_LETTERS`], because it may be spelt out.
const SPELT_LETTER: Duration = Duration::from_millis(600);
/// The length of common words, in letters.
const COMMON_WORD_LETTERS: usize = 12;

const BLOCK: usize = 1024;

/// Why the output of an engine is not speech of the text. The message is appended to the engine's name.
#[derive(Debug, Error)]
pub(crate) enum OutputError {
    #[error("finished without writing a file")]
    Missing,
    #[error("wrote an empty file")]
    Empty,
    #[error("wrote a file that can't be read: {}", reason(.0))]
    Unreadable(#[source] io::Error),
    #[error("wrote a file that is not audio")]
    NotAudio(#[source] DecodeError),
    #[error("wrote a file that is cut short")]
    CutShort,
    #[error("wrote nothing but silence")]
    Silent,
    #[error("wrote {:.1} s for {words} words, which is too short to be all of them", .length.as_secs_f64())]
    TooShort { length: Duration, words: u32 },
    #[error("wrote {:.1} s for {words} words, which is far too long", .length.as_secs_f64())]
    TooLong { length: Duration, words: u32 },
    #[error("spoke, but {0}")]
    Save(#[from] SaveError),
}

/// Why speech could not be written to a file.
#[derive(Debug, Error)]
pub(crate) enum SaveError {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The path is that of a temporary file, so it is not shown.
    #[error("{}", without_path(.0))]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("it can't be written: {}", reason(.0))]
    Io(#[from] io::Error),
}

fn without_path(error: &EncodeError) -> String {
    match error {
        EncodeError::Write(error) => format!("it {}", error.problem()),
        EncodeError::WrongLength { .. } => error.to_string(),
    }
}

/// Returns the maximum size in bytes of an engine's file with speech of this text.
pub(super) fn max_file_size(text: &str) -> u64 {
    let (_, longest) = plausible_lengths(text);
    let speech = longest.as_secs().saturating_mul(MAX_BYTES_PER_SECOND);
    speech.saturating_add(BASE_FILE_SIZE).min(MAX_FILE_SIZE)
}

/// Reads an engine's output for a text, and writes its speech to a FLAC file at [`SPEECH_LOUDNESS`]. Returns the part of the output that
/// is in that file.
pub(super) fn process(raw: &Path, finished: &Path, text: &str) -> Result<Range<Frames>, OutputError> {
    let file = File::open(raw).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => OutputError::Missing,
        _ => OutputError::Unreadable(error),
    })?;
    if file.metadata().is_ok_and(|file| file.is_file() && file.len() == 0) {
        return Err(OutputError::Empty);
    }
    let bytes = ClipBytes::from_file(file, "speech").map_err(OutputError::Unreadable)?;
    let speech = SpeechExtent::measure(&bytes)?;
    speech.check_length(text)?;
    speech.write(&bytes, finished)?;
    Ok(speech.frames)
}

/// Saves finished speech to a FLAC file at another loudness, or softer if it would exceed full scale.
pub(crate) fn save(speech: &ClipBytes, path: &Path, loudness: Lufs) -> Result<(), SaveError> {
    if loudness == SPEECH_LOUDNESS {
        return Ok(fs::write(path, speech.read_all()?)?);
    }
    let properties = decode::probe(speech)?;
    let peak = fold_peaks(speech, properties.frames, 0.0_f32, |peak, _, sample| peak.max(sample))?;
    let gain = limited_gain(loudness - SPEECH_LOUDNESS, peak).amplitude() as f32;
    write(speech, path, properties.rate, Frames::ZERO..properties.frames, |_| gain)
}

/// The range of the speech in a file, and its loudness.
struct SpeechExtent {
    rate: Rate,
    frames: Range<Frames>,
    peak: f32,
    loudness: Lufs,
}

impl SpeechExtent {
    fn measure(bytes: &ClipBytes) -> Result<Self, OutputError> {
        let analysis = decode::analyse(bytes).map_err(OutputError::NotAudio)?;
        if analysis.damage.is_loss() {
            return Err(OutputError::CutShort);
        }
        let (rate, length) = (analysis.properties.rate, analysis.properties.frames);
        let peak = fold_peaks(bytes, length, 0.0_f32, |peak, _, sample| peak.max(sample)).map_err(SaveError::from)?;
        let loudness = analysis.loudness.integrated().filter(|_| peak > 0.0).ok_or(OutputError::Silent)?;
        let threshold = peak * SILENCE_THRESHOLD.amplitude() as f32;
        let widen = |(first, last): (u64, u64), frame, sample| {
            if sample > threshold { (first.min(frame), frame) } else { (first, last) }
        };
        let (first, last) = fold_peaks(bytes, length, (length.0, 0), widen).map_err(SaveError::from)?;
        let margin = rate.frames(MARGIN);
        let frames = Frames(first).saturating_sub(margin)..(Frames(last + 1) + margin).min(length);
        Ok(Self { rate, frames, peak, loudness })
    }

    fn check_length(&self, text: &str) -> Result<(), OutputError> {
        let length = Duration::from_secs_f64((self.frames.end - self.frames.start).seconds(self.rate));
        check_length(length, text)
    }

    fn write(&self, bytes: &ClipBytes, path: &Path) -> Result<(), SaveError> {
        let fade = self.rate.frames(FADE).0.max(1) as f32;
        let frames = self.frames.end - self.frames.start;
        let gain = limited_gain(SPEECH_LOUDNESS - self.loudness, self.peak).amplitude() as f32;
        let faded = |frame: u64| {
            let edge = frame.min(frames.0 - 1 - frame) as f32;
            if edge < fade { gain * raised_cosine(edge / fade) } else { gain }
        };
        write(bytes, path, self.rate, self.frames.clone(), faded)
    }
}

/// Returns the gain, reduced so that the peak stays below the ceiling.
fn limited_gain(gain: Decibels, peak: f32) -> Decibels {
    let headroom = CEILING.0 - 20.0 * f64::from(peak).log10();
    Decibels(gain.0.min(headroom))
}

/// Writes a range of a clip to a FLAC file, each frame multiplied by its own gain.
fn write(
    bytes: &ClipBytes,
    path: &Path,
    rate: Rate,
    range: Range<Frames>,
    gain: impl Fn(u64) -> f32,
) -> Result<(), SaveError> {
    let format = OutputFormat::for_path(path, rate, Some(BitDepth::Int16))?;
    let frames = range.end - range.start;
    let mut file = AudioFileWriter::create(path, format, &Tags::default(), frames)?;
    let mut clip = ClipDecoder::open(bytes)?;
    clip.seek(range.start);
    let mut block = [SILENCE; BLOCK];
    let mut position = Frames::ZERO;
    while position < frames {
        let part = &mut block[..(frames - position).index().min(BLOCK)];
        clip.read(part);
        for (frame, number) in part.iter_mut().zip(position.0..) {
            let gain = gain(number);
            *frame = frame.map(|sample| sample * gain);
        }
        file.write(part)?;
        position += Frames(part.len() as u64);
    }
    Ok(file.finish()?)
}

/// Folds over a clip with the index of each frame and the larger magnitude of its two channels.
fn fold_peaks<T>(
    bytes: &ClipBytes,
    frames: Frames,
    start: T,
    mut step: impl FnMut(T, u64, f32) -> T,
) -> Result<T, DecodeError> {
    let mut clip = ClipDecoder::open(bytes)?;
    let mut block = [SILENCE; BLOCK];
    let (mut value, mut position) = (start, 0);
    while position < frames.0 {
        let part = &mut block[..usize::try_from(frames.0 - position).unwrap_or(BLOCK).min(BLOCK)];
        clip.read(part);
        for frame in part.iter() {
            value = step(value, position, peak(*frame));
            position += 1;
        }
    }
    Ok(value)
}

fn peak(frame: Frame) -> f32 {
    frame[0].abs().max(frame[1].abs())
}

/// Returns the shortest and the longest plausible time for a text.
fn plausible_lengths(text: &str) -> (Duration, Duration) {
    let words = word_count(text);
    let letters: usize =
        text.split_whitespace().map(|word| word.chars().count().saturating_sub(COMMON_WORD_LETTERS)).sum();
    let spelt = SPELT_LETTER.saturating_mul(u32::try_from(letters).unwrap_or(u32::MAX));
    let sentences = u32::try_from(text.matches(['.', '?', '!', '…', '\n']).count()).unwrap_or(u32::MAX);
    let longest = BASE_ALLOWANCE
        .saturating_add(SENTENCE_PAUSE.saturating_mul(sentences))
        .saturating_add(MAX_TIME_PER_WORD.saturating_mul(words))
        .saturating_add(spelt);
    (MIN_TIME_PER_WORD.saturating_mul(words).saturating_sub(SHORT_WORDS_ALLOWANCE), longest)
}

fn check_length(length: Duration, text: &str) -> Result<(), OutputError> {
    let (shortest, longest) = plausible_lengths(text);
    let words = word_count(text);
    if length < shortest {
        return Err(OutputError::TooShort { length, words });
    }
    if length > longest {
        return Err(OutputError::TooLong { length, words });
    }
    Ok(())
}

fn word_count(text: &str) -> u32 {
    u32::try_from(count_words(text)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_60_to_260_words_a_minute_are_plausible() {
        let ten = "one two three four five six seven eight nine ten";
        let is_plausible = |seconds: f64| check_length(Duration::from_secs_f64(seconds), ten).is_ok();
        assert!(is_plausible(4.6) && is_plausible(2.4) && is_plausible(10.0));
        assert!(!is_plausible(1.0) && !is_plausible(15.0));
    }

    #[test]
    fn a_single_short_word_may_be_short() {
        assert!(check_length(Duration::from_millis(300), "Rest.").is_ok());
        assert!(check_length(Duration::from_mins(1), "Rest.").is_err());
    }
}
