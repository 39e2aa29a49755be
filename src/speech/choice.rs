//! Who speaks: what the listener chose, and the engine for each voice and language that a session's lines ask for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

use super::engine::{SpeechEngine, VoiceRequest};
use super::external::ExternalEngine;
use super::synthesizer::Synthesizer;
use crate::error::Remedy;
use crate::text::escape_controls;
use crate::timeline::SpeechKey;

/// Who speaks lines that have no recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum VoiceChoice {
    /// The best engine that is installed; without any, the words are shown.
    #[default]
    Auto,
    /// Nobody: the words are shown.
    None,
    /// The engine with this name.
    Engine(String),
}

impl FromStr for VoiceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "none" => Ok(Self::None),
            name if ExternalEngine::names().any(|known| known == name) => Ok(Self::Engine(name.to_owned())),
            _ => {
                let names = ExternalEngine::names().collect::<Vec<_>>().join(", ");
                Err(format!("a voice is auto, none, or one of {names}"))
            }
        }
    }
}

/// Why the engine that the listener chose can't speak a session.
#[derive(Debug, Error)]
pub enum VoiceError {
    /// The engine does not speak the language.
    #[error("{engine} speaks English only, but the language of this session is {}", escape_controls(.language))]
    UnsupportedLanguage {
        /// The name of the engine.
        engine: String,
        /// The language of the session.
        language: String,
    },
    /// The engine or its voice is not there.
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
            Self::NotInstalled { hint, .. } => format!("{hint}; or {alternative}").into(),
        })
    }
}

/// Lines to be spoken, each with the engine and voice that will speak it.
#[derive(Debug)]
pub(crate) struct SpeechPlan {
    pub(super) lines: Vec<(SpeechKey, Arc<Synthesizer>)>,
}

impl SpeechPlan {
    /// Finds an engine for each line. Lines without one are left out; `None` if none are left.
    ///
    /// # Errors
    /// If the listener chose an engine that is not there, unless it has spoken all of these lines before.
    pub(crate) fn new(choice: &VoiceChoice, lines: Vec<SpeechKey>) -> Result<Option<Self>, VoiceError> {
        let mut texts: HashMap<VoiceRequest, Vec<&str>> = HashMap::new();
        for line in &lines {
            texts.entry(voice_request(line)).or_default().push(&line.text);
        }
        let mut synthesizers = HashMap::new();
        for (voice, texts) in texts {
            let synthesizer = match choice {
                VoiceChoice::None => None,
                VoiceChoice::Auto => best(&voice, &texts),
                VoiceChoice::Engine(name) => Some(named(name, &voice, &texts)?),
            };
            synthesizers.extend(synthesizer.map(|synthesizer| (voice, Arc::new(synthesizer))));
        }
        let with_synthesizer = |line: SpeechKey| synthesizers.get(&voice_request(&line)).map(|one| (line, one.clone()));
        let lines: Vec<_> = lines.into_iter().filter_map(with_synthesizer).collect();
        Ok(if lines.is_empty() { None } else { Some(Self { lines }) })
    }
}

fn voice_request(line: &SpeechKey) -> VoiceRequest {
    VoiceRequest { voice: line.voice.clone(), language: line.language.clone() }
}

/// Returns the best installed engine; without any, the one that has spoken most of these lines before.
fn best(voice: &VoiceRequest, texts: &[&str]) -> Option<Synthesizer> {
    let mut missing = Vec::new();
    for engine in ExternalEngine::all() {
        let Some(description) = engine.describe(voice) else { continue };
        let is_usable = engine.is_installed() && description.is_recommended;
        let synthesizer = Synthesizer::new(Box::new(engine), voice.clone(), description.identity);
        if is_usable {
            return Some(synthesizer);
        }
        missing.push(synthesizer);
    }
    let cached_lines = |one: &Synthesizer| texts.iter().filter(|text| matches!(one.recall(text), Some(Ok(_)))).count();
    let counted = missing.into_iter().rev().map(|synthesizer| (cached_lines(&synthesizer), synthesizer));
    counted.max_by_key(|(count, _)| *count).filter(|(count, _)| *count > 0).map(|(_, synthesizer)| synthesizer)
}

/// Returns the engine that was chosen by name.
fn named(name: &str, voice: &VoiceRequest, texts: &[&str]) -> Result<Synthesizer, VoiceError> {
    let not_installed = |hint: &str| VoiceError::NotInstalled { engine: name.to_owned(), hint: hint.to_owned() };
    let engine = ExternalEngine::find(name).ok_or_else(|| not_installed("install it"))?;
    if !engine.speaks(&voice.language) {
        return Err(VoiceError::UnsupportedLanguage { engine: name.to_owned(), language: voice.language.clone() });
    }
    let description = engine.describe(voice).ok_or_else(|| not_installed(engine.install_hint()))?;
    let (is_installed, hint) = (engine.is_installed(), engine.install_hint().to_owned());
    let synthesizer = Synthesizer::new(Box::new(engine), voice.clone(), description.identity);
    let is_cached = |text: &&str| synthesizer.recall(text).is_some();
    if is_installed || texts.iter().all(is_cached) { Ok(synthesizer) } else { Err(not_installed(&hint)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_choice_is_parsed_from_its_name() {
        for name in ExternalEngine::names() {
            assert_eq!(name.parse::<VoiceChoice>().unwrap(), VoiceChoice::Engine(name.to_owned()));
        }
        assert_eq!("auto".parse::<VoiceChoice>().unwrap(), VoiceChoice::Auto);
        assert!("loud".parse::<VoiceChoice>().unwrap_err().contains("espeak-ng"));
    }
}
