//! Speaks lines in one voice and language, and caches the speech.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use thiserror::Error;

use super::engine::{CancelFlag, EngineError, SpeechEngine, VoiceRequest};
use super::output;
use super::readable::readable_text;
use crate::io::cache::Cache;
use crate::io::clips::LineSpeech;
use crate::io::temporary::TemporaryFolder;

/// The version of the cached speech. Changing it discards speech that was made by an earlier method.
const CACHE_VERSION: &str = "2";
/// An engine that has failed this many times without a success is not used again.
const MAX_FAILURES: usize = 3;

/// The result for a line: its speech, or the reason why there is none.
pub(crate) type SpeechResult = Result<LineSpeech, SpeechError>;

/// Why a line is not spoken.
#[derive(Debug, Error)]
pub(crate) enum SpeechError {
    /// Nothing in it can be spoken, such as emoji or dots.
    #[error("it contains nothing that can be spoken")]
    Unspeakable,
    /// The engine failed.
    #[error("{engine} {source}")]
    Engine { engine: String, source: EngineError },
    /// The engine was not run, because it is no longer installed, failed at other lines, or the line is no longer needed.
    #[error("{engine} is no longer available")]
    NotAttempted { engine: String },
    /// The thread that speaks has ended.
    #[error("{engine} could not be run")]
    WorkerLost { engine: String },
}

/// An engine with one of its voices, and their cached speech.
#[derive(Debug)]
pub(crate) struct Synthesizer {
    engine: Arc<dyn SpeechEngine>,
    voice: VoiceRequest,
    /// Everything other than the text that determines the sound.
    identity: String,
    cache: Cache,
    health: EngineHealth,
}

impl Synthesizer {
    pub(super) fn new(engine: Arc<dyn SpeechEngine>, voice: VoiceRequest, identity: String, cache: Cache) -> Self {
        Self { engine, voice, identity, cache, health: EngineHealth::default() }
    }

    /// Returns the name of the engine.
    pub(super) fn engine_name(&self) -> &str {
        self.engine.name()
    }

    /// Returns the result for a line if it does not need the engine: cached speech, or that there is nothing to speak.
    pub(super) fn recall(&self, line: &str) -> Option<SpeechResult> {
        let text = self.readable(line);
        if text.is_empty() {
            return Some(Err(SpeechError::Unspeakable));
        }
        let record = self.cache.get(&self.cache_key(&text))?;
        LineSpeech::from_record(&record).map(Ok)
    }

    /// Speaks a line, unless it is cached.
    pub(super) fn speak(&self, line: &str, cancel: &CancelFlag) -> SpeechResult {
        if let Some(result) = self.recall(line) {
            return result;
        }
        let engine = self.engine_name().to_owned();
        if !self.engine.is_installed() || self.health.has_given_up() {
            return Err(SpeechError::NotAttempted { engine });
        }
        let result = self.synthesize(&self.readable(line), cancel);
        self.health.record(&result);
        result.map_err(|source| match source {
            EngineError::Cancelled => SpeechError::NotAttempted { engine },
            source => SpeechError::Engine { engine, source },
        })
    }

    /// Removes old speech from a full cache.
    pub(super) fn trim_cache(&self) {
        self.cache.evict();
    }

    fn synthesize(&self, text: &str, cancel: &CancelFlag) -> Result<LineSpeech, EngineError> {
        let folder = TemporaryFolder::of_system()?;
        let (raw, finished) = (folder.path().join("raw.wav"), folder.path().join("speech.flac"));
        let word_times = self.engine.speak(text, &self.voice, &raw, cancel)?;
        let kept = output::process(&raw, &finished, text)?;
        let word_times = word_times.within(&kept);
        let clip = fs::read(&finished)?;
        self.cache.insert(&self.cache_key(text), &LineSpeech::record(&clip, &word_times));
        Ok(LineSpeech::new(clip, word_times))
    }

    fn readable(&self, line: &str) -> String {
        readable_text(line, self.engine.charset())
    }

    /// Returns the cache key, which contains everything that the sound depends on.
    fn cache_key(&self, text: &str) -> Vec<u8> {
        [CACHE_VERSION, self.engine_name(), &self.identity, text].join("\0").into_bytes()
    }
}

/// Tracks whether an engine is worth trying again: not after it has hung, nor if it has always failed.
#[derive(Debug, Default)]
struct EngineHealth {
    has_given_up: AtomicBool,
    failures: AtomicUsize,
    has_spoken: AtomicBool,
}

impl EngineHealth {
    fn has_given_up(&self) -> bool {
        self.has_given_up.load(Ordering::Relaxed)
    }

    fn record(&self, result: &Result<LineSpeech, EngineError>) {
        match result {
            Ok(_) => self.has_spoken.store(true, Ordering::Relaxed),
            Err(EngineError::Cancelled) => {}
            Err(EngineError::Timeout(_) | EngineError::TooMuchOutput) => self.give_up(),
            Err(_) => {
                let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
                if failures >= MAX_FAILURES && !self.has_spoken.load(Ordering::Relaxed) {
                    self.give_up();
                }
            }
        }
    }

    fn give_up(&self) {
        self.has_given_up.store(true, Ordering::Relaxed);
    }
}
