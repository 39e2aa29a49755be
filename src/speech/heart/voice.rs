//! The voice: converts a line of text to samples.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rten::ThreadPool;

use super::acoustic::AcousticModel;
use super::error::NeuralVoiceError;
use super::files::VoiceFiles;
use super::frames::{HOP, SAMPLE_RATE};
use super::installed;
use super::noise::SpectralNoise;
use super::phonemes::{PhonemeChunk, PhonemeReader};
use super::sentences::split_sentences;
use super::symbols::{PADDING, SymbolTable};
use super::trim;
use super::vocoder::Vocoder;
use crate::io::panic_guard::catch_panic;
use crate::text::pronunciation::PronouncedText;
use crate::timeline::WordTimes;
use crate::units::Frames;

/// The maximum length of a line, in bytes.
const MAX_TEXT_BYTES: usize = 20_000;
/// The pause between the parts of a sentence that is too long to be spoken at once.
const CLAUSE_PAUSE: Duration = Duration::from_millis(300);

/// A loaded voice.
pub struct NeuralVoice {
    pool: Arc<ThreadPool>,
    /// `None` only while it is dropped.
    models: Option<Models>,
}

/// The pace of a voice, from 0.5 to 2. 1 is the pace of the recordings it was trained on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace(f32);

/// A spoken line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NeuralSpeech {
    /// One channel at [`NeuralSpeech::SAMPLE_RATE`].
    pub samples: Vec<f32>,
    /// When each word is spoken, from the durations that the network predicted.
    pub(crate) word_times: WordTimes,
}

/// A line while it is being spoken.
#[derive(Default)]
struct UnfinishedSpeech {
    samples: Vec<f32>,
    /// The ranges of the text that have been spoken, with the frames of each.
    parts: Vec<(Range<usize>, Range<Frames>)>,
}

/// All data and models of a voice.
struct Models {
    reader: PhonemeReader,
    acoustic: AcousticModel,
    vocoder: Vocoder,
}

impl Pace {
    /// A calm pace: about 115 words a minute within sentences, and about 100 with the pauses between them.
    pub const CALM: Self = Self(0.7);
}

impl NeuralSpeech {
    /// Samples per second.
    pub const SAMPLE_RATE: u32 = SAMPLE_RATE;
}

impl UnfinishedSpeech {
    fn push_pause(&mut self, pause: Duration) {
        let samples = (pause.as_secs_f64() * f64::from(SAMPLE_RATE)).round() as usize;
        self.samples.resize(self.samples.len() + samples, 0.0);
    }
}

impl NeuralVoice {
    /// Loads a voice from its installation folder. Takes a quarter of a second and about 130 MiB, which are freed when the voice is dropped.
    ///
    /// # Errors
    /// If no voice is installed there, a file of it is damaged, or a model is of another kind.
    pub fn load(folder: &Path) -> Result<Self, NeuralVoiceError> {
        Self::build(|| installed::read(folder))
    }

    pub(super) fn from_files(files: Option<VoiceFiles>) -> Result<Self, NeuralVoiceError> {
        Self::build(|| files.ok_or_else(unreadable))
    }

    fn build(files: impl FnOnce() -> Result<VoiceFiles, NeuralVoiceError> + Send) -> Result<Self, NeuralVoiceError> {
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        let load = || catch_panic(|| Models::load(files()?, &pool)).unwrap_or_else(|| Err(unreadable()));
        let models = pool.run(load)?;
        Ok(Self { pool, models: Some(models) })
    }

    /// Speaks a few words that use all models, so that an incompatible model is found before the installation.
    pub(super) fn check(&self) -> Result<(), NeuralVoiceError> {
        self.speak("Practice tonglen.", Pace::CALM).map(drop)
    }

    /// Speaks a line. A word may have a pronunciation, as in `[mettā](/mˈɛtə/)`. Sentences are followed by pauses.
    ///
    /// # Errors
    /// If the text has nothing to speak, is longer than 20,000 bytes, or the models are invalid.
    pub fn speak(&self, text: &str, pace: Pace) -> Result<NeuralSpeech, NeuralVoiceError> {
        self.speak_while(text, pace, &|| true)
    }

    /// Like [`speak`](Self::speak), but stops between two sentences once it is cancelled.
    ///
    /// # Errors
    /// Like [`speak`](Self::speak), and if it is cancelled.
    pub(crate) fn speak_while(
        &self,
        text: &str,
        pace: Pace,
        is_needed: &(dyn Fn() -> bool + Sync),
    ) -> Result<NeuralSpeech, NeuralVoiceError> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(NeuralVoiceError::TextTooLong(text.len()));
        }
        let models = self.models.as_ref().ok_or_else(unreadable)?;
        let speak = || catch_panic(|| models.speak(text, pace, is_needed)).unwrap_or_else(|| Err(unreadable()));
        self.pool.run(speak)
    }
}

/// Returns the error for a panic in one of the libraries.
fn unreadable() -> NeuralVoiceError {
    NeuralVoiceError::unusable("one of its operations failed")
}

impl Drop for NeuralVoice {
    fn drop(&mut self) {
        let models = self.models.take();
        self.pool.run(move || drop(models));
    }
}

impl fmt::Debug for NeuralVoice {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.debug_struct("NeuralVoice").finish_non_exhaustive()
    }
}

impl Models {
    fn load(files: VoiceFiles, pool: &Arc<ThreadPool>) -> Result<Self, NeuralVoiceError> {
        let symbols = SymbolTable::parse(&files.symbols)?;
        let acoustic = AcousticModel::load(files.acoustic, pool.clone())?;
        let reader = PhonemeReader::load(symbols, files.letter_to_sound, &files.alphabet, pool.clone())?;
        Ok(Self { reader, acoustic, vocoder: Vocoder::new() })
    }

    fn speak(&self, text: &str, pace: Pace, is_needed: &dyn Fn() -> bool) -> Result<NeuralSpeech, NeuralVoiceError> {
        let text = PronouncedText::parse(text);
        let mut noise = SpectralNoise::for_text(&text.shown);
        let mut speech = UnfinishedSpeech::default();
        let mut pause = None;
        for sentence in split_sentences(&text.shown) {
            for chunk in self.reader.read(&text, sentence.range.clone())? {
                if !is_needed() {
                    return Err(NeuralVoiceError::Cancelled);
                }
                if let Some(pause) = pause.replace(CLAUSE_PAUSE) {
                    speech.push_pause(pause);
                }
                self.append(&chunk, pace, &mut noise, &mut speech)?;
            }
            pause = pause.map(|_| sentence.pause);
        }
        if speech.samples.is_empty() {
            return Err(NeuralVoiceError::NothingToSpeak);
        }
        Ok(NeuralSpeech { samples: speech.samples, word_times: WordTimes::of_parts(&text.shown, speech.parts) })
    }

    fn append(
        &self,
        chunk: &PhonemeChunk,
        pace: Pace,
        noise: &mut SpectralNoise,
        speech: &mut UnfinishedSpeech,
    ) -> Result<(), NeuralVoiceError> {
        let padded: Vec<i32> = [&[PADDING], chunk.numbers.as_slice(), &[PADDING]].concat();
        let frames = self.acoustic.predict(&padded, pace.0)?;
        let samples = self.vocoder.synthesize(&frames, noise);
        let audible = trim::audible(&samples);
        let start = speech.samples.len();
        speech.samples.extend_from_slice(&samples[audible.clone()]);
        trim::fade_edges(&mut speech.samples[start..]);
        // The first of the ends belongs to the padding before the first phoneme, so entry n is the start of phoneme n. The sound of the
        // first phoneme begins within that padding.
        let sample = |number: usize| match number {
            0 => start,
            _ => start + (frames.ends()[number] * HOP).clamp(audible.start, audible.end) - audible.start,
        };
        let frame = |number: usize| Frames(sample(number) as u64);
        let spoken =
            chunk.words.iter().map(|(range, numbers)| (range.clone(), frame(numbers.start)..frame(numbers.end)));
        speech.parts.extend(spoken);
        Ok(())
    }
}
