//! The voice: from a line of text to samples.

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

/// The longest text that is spoken as one line, in bytes.
const LONGEST_TEXT: usize = 20_000;
/// The pause where a sentence is too long to be spoken at once.
const CLAUSE_PAUSE: Duration = Duration::from_millis(300);

/// A loaded voice.
pub struct NeuralVoice {
    pool: Arc<ThreadPool>,
    /// `None` only while it is dropped.
    models: Option<Models>,
}

/// How fast a voice speaks, from 0.5 to 2. 1 is the pace of the recordings that it learnt from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace(f32);

/// A line that was spoken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NeuralSpeech {
    /// One channel at [`NeuralSpeech::SAMPLE_RATE`].
    pub samples: Vec<f32>,
    /// When each word is spoken, in their order.
    pub words: Vec<TimedWord>,
}

/// When a word is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedWord {
    /// The word's place in the text without its pronunciations, in bytes. Punctuation belongs to the word that it touches.
    pub place: Range<usize>,
    /// The samples during which it sounds.
    pub samples: Range<usize>,
}

/// All that a voice needs to speak.
struct Models {
    reader: PhonemeReader,
    acoustic: AcousticModel,
    vocoder: Vocoder,
}

impl Pace {
    /// A calm pace: about 115 words a minute within sentences, and about 100 with the pauses between them.
    pub const CALM: Self = Self(0.7);

    /// Returns a pace, held within 0.5 and 2.
    #[must_use]
    pub fn new(pace: f32) -> Self {
        Self(if pace.is_nan() { Self::CALM.0 } else { pace.clamp(0.5, 2.0) })
    }
}

impl NeuralSpeech {
    /// Samples per second.
    pub const SAMPLE_RATE: u32 = SAMPLE_RATE;

    /// Returns the number of the sample at which the word begins that stands at this byte of the text, or the next one after it.
    #[must_use]
    pub fn start_of(&self, byte: usize) -> Option<usize> {
        self.words.iter().find(|word| word.place.end > byte).map(|word| word.samples.start)
    }

    fn push_pause(&mut self, pause: Duration) {
        let samples = (pause.as_secs_f64() * f64::from(SAMPLE_RATE)).round() as usize;
        self.samples.resize(self.samples.len() + samples, 0.0);
    }
}

impl NeuralVoice {
    /// Loads a voice from the folder that it was installed in. Takes a quarter of a second and about 130 MiB, which are free again
    /// once the voice is dropped.
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

    /// Speaks a few words that need all models, so that a model of another kind is found before it is installed.
    pub(super) fn check(&self) -> Result<(), NeuralVoiceError> {
        self.speak("Practice tonglen.", Pace::CALM).map(drop)
    }

    /// Speaks a line. A word may carry its pronunciation, as in `[mettā](/mˈɛtə/)`. Sentences are followed by pauses.
    ///
    /// # Errors
    /// If there is nothing in the text that can be spoken, it is longer than 20,000 bytes, or the models are not sound.
    pub fn speak(&self, text: &str, pace: Pace) -> Result<NeuralSpeech, NeuralVoiceError> {
        self.speak_while(text, pace, &|| true)
    }

    /// As [`speak`](Self::speak), given up between two sentences once the line is no longer needed.
    ///
    /// # Errors
    /// As [`speak`](Self::speak), and when it is given up.
    pub fn speak_while(
        &self,
        text: &str,
        pace: Pace,
        is_needed: &(dyn Fn() -> bool + Sync),
    ) -> Result<NeuralSpeech, NeuralVoiceError> {
        if text.len() > LONGEST_TEXT {
            return Err(NeuralVoiceError::TextTooLong(text.len()));
        }
        let models = self.models.as_ref().ok_or_else(unreadable)?;
        let speak = || catch_panic(|| models.speak(text, pace, is_needed)).unwrap_or_else(|| Err(unreadable()));
        self.pool.run(speak)
    }
}

/// The error for a panic in one of the libraries.
fn unreadable() -> NeuralVoiceError {
    NeuralVoiceError::unusable("something in it can't be computed")
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
        let reader = PhonemeReader::load(symbols, files.speller, &files.alphabet, pool.clone())?;
        Ok(Self { reader, acoustic, vocoder: Vocoder::new() })
    }

    fn speak(&self, text: &str, pace: Pace, is_needed: &dyn Fn() -> bool) -> Result<NeuralSpeech, NeuralVoiceError> {
        let text = PronouncedText::parse(text);
        let mut noise = SpectralNoise::for_text(&text.shown);
        let mut speech = NeuralSpeech::default();
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
        if speech.samples.is_empty() { Err(NeuralVoiceError::NothingToSpeak) } else { Ok(speech) }
    }

    fn append(
        &self,
        chunk: &PhonemeChunk,
        pace: Pace,
        noise: &mut SpectralNoise,
        speech: &mut NeuralSpeech,
    ) -> Result<(), NeuralVoiceError> {
        let padded: Vec<i32> = [&[PADDING], chunk.numbers.as_slice(), &[PADDING]].concat();
        let frames = self.acoustic.predict(&padded, pace.0)?;
        let samples = self.vocoder.synthesize(&frames, noise);
        let audible = trim::audible(&samples);
        let start = speech.samples.len();
        speech.samples.extend_from_slice(&samples[audible.clone()]);
        trim::fade_edges(&mut speech.samples[start..]);
        // The padding before the first phoneme is one entry of the ends, so entry n is where phoneme n begins.
        let place =
            |number: usize| start + (frames.ends()[number] * HOP).clamp(audible.start, audible.end) - audible.start;
        let timed = chunk.words.iter().map(|(place_in_text, numbers)| TimedWord {
            place: place_in_text.clone(),
            samples: place(numbers.start)..place(numbers.end),
        });
        speech.words.extend(timed);
        Ok(())
    }
}
