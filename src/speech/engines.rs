//! The available speech engines.

use std::borrow::Cow;
use std::iter;
use std::sync::Arc;

use thiserror::Error;

use super::built_in::BuiltInEngine;
use super::engine::{SpeechEngine, VoiceRequest};
use super::external::{ConfiguredEngine, ExternalEngine};
use super::heart;
use super::synthesizer::Synthesizer;
use crate::config::EngineConfig;
use crate::error::Remedy;
use crate::io::cache::Cache;
use crate::text::escape_controls;

/// The maximum size of the speech cache, in bytes: more than three hours.
const CACHE_LIMIT: u64 = 256 * 1024 * 1024;

/// Speech engines in order of preference, with the speech cache.
pub(crate) struct SpeechEngines {
    engines: Vec<Arc<dyn SpeechEngine>>,
    cache: Cache,
}

/// A voice in the list for the listener.
#[derive(Clone, Debug)]
pub(crate) struct VoiceSummary {
    /// The name for `--voice`.
    pub(crate) name: String,
    /// Its language, several separated by commas, or `mul` for very many.
    pub(crate) languages: String,
    /// Whether it runs in this process.
    pub(crate) is_built_in: bool,
    /// Whether it is ready to speak.
    pub(crate) is_installed: bool,
    /// How to install it.
    pub(crate) install_hint: String,
}

/// Why the engine chosen by the listener can't speak a session.
#[derive(Debug, Error)]
pub enum VoiceError {
    /// The engine does not speak the language.
    #[error("{engine} does not speak the language of this session, {}", escape_controls(.language))]
    UnsupportedLanguage {
        /// The name of the engine.
        engine: String,
        /// The language of the session.
        language: String,
    },
    /// Neither an engine nor a narrator of the session has this name.
    #[error("there is no voice named {}, and this session has no recordings by a narrator of that name", escape_controls(.name))]
    Unknown {
        /// The name.
        name: String,
    },
    /// The engine or its voice is not installed.
    #[error("the speech engine {engine} is not installed")]
    NotInstalled {
        /// The name of the engine.
        engine: String,
        /// How to install it.
        hint: String,
    },
}

impl Remedy for VoiceError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let alternative = "choose another one with --voice, or leave it out; with --voice none the words are shown";
        Some(match self {
            Self::UnsupportedLanguage { .. } => alternative.into(),
            Self::Unknown { .. } => "`karuna voices` lists the voices".into(),
            Self::NotInstalled { hint, .. } => format!("{hint}; or {alternative}").into(),
        })
    }
}

impl VoiceSummary {
    /// Returns the configured engines and all known voices, in the order of preference of `auto`.
    pub(crate) fn all(configured: &[EngineConfig]) -> Vec<Self> {
        let voices = SpeechEngines::with_configured(configured).engines;
        let languages = configured.iter().map(|engine| engine.languages.join(",")).map(Some).chain(iter::repeat(None));
        voices.iter().zip(languages).map(|(engine, languages)| Self::new(engine.as_ref(), languages)).collect()
    }

    fn new(engine: &dyn SpeechEngine, languages: Option<String>) -> Self {
        let default = if engine.speaks("de") { "mul" } else { "en" };
        Self {
            name: engine.name().to_owned(),
            languages: languages.filter(|languages| !languages.is_empty()).unwrap_or_else(|| default.to_owned()),
            is_built_in: engine.name() == heart::NAME,
            is_installed: engine.is_installed(),
            install_hint: engine.install_hint().to_owned(),
        }
    }
}

impl SpeechEngines {
    /// Returns the configured engines, then the known ones, with the listener's cache. Configured engines take precedence, because the
    /// listener chose them.
    pub(crate) fn with_configured(configured: &[EngineConfig]) -> Self {
        let configured =
            configured.iter().map(|engine| Arc::new(ConfiguredEngine::new(engine)) as Arc<dyn SpeechEngine>);
        let built_in: Arc<dyn SpeechEngine> = Arc::new(BuiltInEngine::new());
        let external = ExternalEngine::all().map(|engine| Arc::new(engine) as Arc<dyn SpeechEngine>);
        let engines = configured.chain(iter::once(built_in)).chain(external).collect();
        Self::new(engines, Cache::for_listener("speech", CACHE_LIMIT))
    }

    /// Returns the names of all known engines.
    pub(crate) fn known_names() -> impl Iterator<Item = &'static str> {
        iter::once(heart::NAME).chain(ExternalEngine::names())
    }

    /// Returns these engines.
    pub(super) fn new(engines: Vec<Arc<dyn SpeechEngine>>, cache: Cache) -> Self {
        Self { engines, cache }
    }

    /// Returns the best installed engine for a voice; without one, the engine with the most of these lines in the cache.
    pub(super) fn best(&self, voice: &VoiceRequest, texts: &[&str]) -> Option<Synthesizer> {
        let mut missing = Vec::new();
        for engine in &self.engines {
            let Some(description) = engine.describe(voice) else { continue };
            let is_usable = engine.is_installed() && description.is_recommended;
            let synthesizer = self.synthesizer(engine, voice, description.identity);
            if is_usable {
                return Some(synthesizer);
            }
            missing.push(synthesizer);
        }
        let cached_lines = |synthesizer: &Synthesizer| {
            texts.iter().filter(|text| matches!(synthesizer.recall(text), Some(Ok(_)))).count()
        };
        let counted = missing.into_iter().rev().map(|synthesizer| (cached_lines(&synthesizer), synthesizer));
        counted.max_by_key(|(count, _)| *count).filter(|(count, _)| *count > 0).map(|(_, synthesizer)| synthesizer)
    }

    /// Returns the requested engine; if none is requested, or it can't speak, the best one.
    pub(super) fn for_request(&self, request: &VoiceRequest, texts: &[&str]) -> Option<Synthesizer> {
        let default = VoiceRequest { voice: None, ..request.clone() };
        let named = request.voice.as_deref().and_then(|name| self.named(name, &default, texts).ok());
        named.or_else(|| self.best(&default, texts))
    }

    /// Returns whether the engine with this name is chosen for a language.
    pub(crate) fn is_best(&self, name: &str, language: &str) -> bool {
        let voice = VoiceRequest { voice: None, language: language.to_owned() };
        self.best(&voice, &[]).is_some_and(|synthesizer| synthesizer.engine_name() == name)
    }

    /// Returns the engine with a name.
    ///
    /// # Errors
    /// If it is not installed, unless its speech of all these lines is cached.
    pub(super) fn named(&self, name: &str, voice: &VoiceRequest, texts: &[&str]) -> Result<Synthesizer, VoiceError> {
        let not_installed = |hint: &str| VoiceError::NotInstalled { engine: name.to_owned(), hint: hint.to_owned() };
        let engine =
            self.engines.iter().find(|engine| engine.name() == name).ok_or_else(|| not_installed("install it"))?;
        if !engine.speaks(&voice.language) {
            return Err(VoiceError::UnsupportedLanguage { engine: name.to_owned(), language: voice.language.clone() });
        }
        let description = engine.describe(voice).ok_or_else(|| not_installed(engine.install_hint()))?;
        let synthesizer = self.synthesizer(engine, voice, description.identity);
        let is_cached = |text: &&str| synthesizer.recall(text).is_some();
        if engine.is_installed() || texts.iter().all(is_cached) {
            Ok(synthesizer)
        } else {
            Err(not_installed(engine.install_hint()))
        }
    }

    fn synthesizer(&self, engine: &Arc<dyn SpeechEngine>, voice: &VoiceRequest, identity: String) -> Synthesizer {
        Synthesizer::new(engine.clone(), voice.clone(), identity, self.cache.clone())
    }
}
