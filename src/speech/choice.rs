//! The voice: the listener's choice, and the engine for each voice and language that a session's lines request.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use super::engine::VoiceRequest;
use super::engines::{SpeechEngines, VoiceError};
use super::synthesizer::Synthesizer;
use crate::config::EngineConfig;
use crate::timeline::SpeechKey;

/// The voice for lines without a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum VoiceChoice {
    /// The best installed engine; without one, the words are shown.
    #[default]
    Auto,
    /// None: the words are shown.
    None,
    /// The engine with this name. Recordings by a narrator of that name take precedence.
    Engine(String),
    /// A narrator's recordings if they exist, otherwise like `Auto`.
    Narrator(String),
}

impl VoiceChoice {
    /// Parses a choice, which may be the name of a configured engine.
    ///
    /// # Errors
    /// Returns the possible choices, as a sentence.
    pub(crate) fn parse(text: &str, configured: &[EngineConfig]) -> Result<Self, String> {
        if configured.iter().any(|engine| engine.name == text) {
            return Ok(Self::Engine(text.to_owned()));
        }
        text.parse()
    }

    /// Like [`parse`](Self::parse), for a session that may have recordings by any narrator.
    ///
    /// # Errors
    /// Returns the possible choices, as a sentence.
    pub(crate) fn parse_with_narrators(text: &str, configured: &[EngineConfig]) -> Result<Self, String> {
        let is_name = text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        match Self::parse(text, configured) {
            Err(_) if is_name => Ok(Self::Narrator(text.to_owned())),
            choice => choice,
        }
    }

    /// Returns the requested narrator.
    pub(crate) fn narrator(&self) -> Option<&str> {
        match self {
            Self::Auto | Self::None => None,
            Self::Engine(name) | Self::Narrator(name) => Some(name),
        }
    }
}

impl FromStr for VoiceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "none" => Ok(Self::None),
            name if SpeechEngines::known_names().any(|known| known == name) => Ok(Self::Engine(name.to_owned())),
            _ => {
                let names = SpeechEngines::known_names().collect::<Vec<_>>().join(", ");
                Err(format!("use auto, none, or one of {names}"))
            }
        }
    }
}

/// Lines to be spoken, each with its engine and voice.
#[derive(Debug)]
pub(crate) struct SpeechPlan {
    pub(super) lines: Vec<(SpeechKey, Arc<Synthesizer>)>,
}

impl SpeechPlan {
    /// Finds an engine for each line. Lines without one are omitted; `None` if no line is left.
    ///
    /// # Errors
    /// If the chosen engine is not available, unless its speech of all these lines is cached.
    pub(crate) fn new(
        engines: &SpeechEngines,
        choice: &VoiceChoice,
        lines: Vec<SpeechKey>,
    ) -> Result<Option<Self>, VoiceError> {
        let mut texts: HashMap<VoiceRequest, Vec<&str>> = HashMap::new();
        for line in &lines {
            texts.entry(voice_request(line)).or_default().push(&line.text);
        }
        let mut synthesizers = HashMap::new();
        for (voice, texts) in texts {
            let synthesizer = match choice {
                VoiceChoice::None => None,
                VoiceChoice::Auto | VoiceChoice::Narrator(_) => engines.for_request(&voice, &texts),
                VoiceChoice::Engine(name) => {
                    let default = VoiceRequest { voice: None, ..voice.clone() };
                    Some(engines.named(name, &default, &texts)?)
                }
            };
            synthesizers.extend(synthesizer.map(|synthesizer| (voice, Arc::new(synthesizer))));
        }
        let with_synthesizer =
            |line: SpeechKey| synthesizers.get(&voice_request(&line)).map(|synthesizer| (line, synthesizer.clone()));
        let lines: Vec<_> = lines.into_iter().filter_map(with_synthesizer).collect();
        Ok(if lines.is_empty() { None } else { Some(Self { lines }) })
    }
}

impl SpeechPlan {
    /// Returns the engine name of each line.
    pub(crate) fn engine_names(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(_, synthesizer)| synthesizer.engine_name())
    }

    /// Returns the first requested voice that is unavailable, and the engine that replaces it.
    pub(crate) fn replaced_voice(&self) -> Option<(&str, &str)> {
        let voices = self.lines.iter().filter_map(|(line, synthesizer)| Some((line.voice.as_deref()?, synthesizer)));
        let mut voices = voices.map(|(requested, synthesizer)| (requested, synthesizer.engine_name()));
        voices.find(|(requested, used)| requested != used)
    }
}

fn voice_request(line: &SpeechKey) -> VoiceRequest {
    VoiceRequest { voice: line.voice.clone(), language: line.language.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_choice_is_parsed_from_its_name() {
        for name in SpeechEngines::known_names() {
            assert_eq!(name.parse::<VoiceChoice>().unwrap(), VoiceChoice::Engine(name.to_owned()));
        }
        assert_eq!("auto".parse::<VoiceChoice>().unwrap(), VoiceChoice::Auto);
        assert!("loud".parse::<VoiceChoice>().unwrap_err().contains("espeak-ng"));
        let with_narrators = |name: &str| VoiceChoice::parse_with_narrators(name, &[]);
        assert_eq!(with_narrators("anna"), Ok(VoiceChoice::Narrator("anna".to_owned())));
        assert_eq!(with_narrators("auto"), Ok(VoiceChoice::Auto));
        for name in ["", "../anna", "anna/x", ".", "a b"] {
            assert!(with_narrators(name).is_err(), "{name}");
        }
    }
}
