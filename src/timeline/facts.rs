//! What was learnt of the clips before the timeline is built.

use std::collections::{HashMap, HashSet};

use crate::manifest::Session;
use crate::manifest::session::{ClipPath, SpokenLine};
use crate::units::{Frames, Lufs, Rate};

/// How a timeline names a clip.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClipKey {
    /// A recording that the manifest names.
    File(ClipPath),
    /// A line that an engine speaks.
    Speech(SpeechKey),
}

/// Identifies the speech of a line. Lines that differ in any of these are different clips.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpeechKey {
    /// The voice that the line asks for; `None` for the one that the listener chose.
    pub voice: Option<String>,
    /// The language's BCP 47 tag.
    pub language: String,
    /// The words, as the manifest has them.
    pub text: String,
}

impl SpeechKey {
    /// Returns the key of a line's speech; `None` if the line has a recording.
    #[must_use]
    pub fn for_line(session: &Session, line: &SpokenLine) -> Option<Self> {
        match line {
            SpokenLine::Words(say) => Some(Self::new(&session.language, &say.value)),
            SpokenLine::Recorded { .. } => None,
        }
    }

    /// Returns the key of a text in the voice that the listener chose.
    #[must_use]
    pub fn new(language: &str, text: &str) -> Self {
        Self { voice: None, language: language.to_owned(), text: text.to_owned() }
    }
}

impl ClipKey {
    /// As a reader knows it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::File(path) => path.as_str(),
            Self::Speech(_) => "speech",
        }
    }
}

/// What a timeline has to know of a clip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClipFacts {
    /// Of its samples.
    pub rate: Rate,
    /// At that rate, after trimming what the encoder added.
    pub frames: Frames,
    /// Its greatest momentary loudness; known of clips that are bells.
    pub momentary: Option<Lufs>,
    /// Its integrated loudness; known of clips that are beds.
    pub integrated: Option<Lufs>,
}

/// The facts of all clips. Words that are not among them are shown and not spoken.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    clips: HashMap<ClipKey, ClipFacts>,
    /// Lines that are still being spoken.
    awaited: HashSet<SpeechKey>,
}

impl Facts {
    /// Those of clips that are all there.
    #[must_use]
    pub fn of(clips: HashMap<ClipKey, ClipFacts>) -> Self {
        Self { clips, awaited: HashSet::new() }
    }

    /// Of one clip.
    #[must_use]
    pub fn get(&self, key: &ClipKey) -> Option<&ClipFacts> {
        self.clips.get(key)
    }

    /// Records that a line is being spoken. Until its speech is there, nothing that depends on its length is certain.
    pub fn await_speech(&mut self, key: SpeechKey) {
        self.awaited.insert(key);
    }

    /// Records the speech of a line, or that there will be none and the words are shown.
    pub fn learn_speech(&mut self, key: SpeechKey, speech: Option<ClipFacts>) {
        self.awaited.remove(&key);
        if let Some(facts) = speech {
            self.clips.insert(ClipKey::Speech(key), facts);
        }
    }

    /// Returns whether a line is still being spoken.
    #[must_use]
    pub fn awaits(&self, key: &SpeechKey) -> bool {
        self.awaited.contains(key)
    }

    /// Whether any speech is being made.
    #[must_use]
    pub fn awaits_any(&self) -> bool {
        !self.awaited.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_in_another_voice_or_language_are_another_clip() {
        let key = SpeechKey::new("en", "Rest.");
        let other_voice = SpeechKey { voice: Some("heart".to_owned()), ..key.clone() };
        let other_language = SpeechKey { language: "de".to_owned(), ..key.clone() };
        let clip =
            |frames| ClipFacts { rate: Rate::DEFAULT, frames: Frames(frames), momentary: None, integrated: None };
        let mut facts = Facts::default();
        facts.learn_speech(key.clone(), Some(clip(1)));
        facts.learn_speech(other_voice.clone(), Some(clip(2)));
        facts.await_speech(other_language.clone());
        let frames = |key: &SpeechKey| facts.get(&ClipKey::Speech(key.clone())).map(|clip| clip.frames.0);
        assert_eq!([&key, &other_voice, &other_language].map(frames), [Some(1), Some(2), None]);
        assert!(facts.awaits(&other_language) && !facts.awaits(&key));
    }
}
