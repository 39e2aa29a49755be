//! The facts about a session's clips that its timeline depends on.

use std::collections::{HashMap, HashSet};

use super::word_times::WordTimes;
use crate::manifest::Session;
use crate::manifest::session::{ClipPath, SpokenLine};
use crate::units::{Frames, Lufs, Rate};

/// Identifies a clip.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClipKey {
    /// A recording named in the manifest.
    File(ClipPath),
    /// A recording inside the program for a default announcement, which the session does not name.
    Bundled(ClipPath),
    /// A line spoken by a speech engine.
    Speech(SpeechKey),
}

/// Identifies the speech of a line. Lines that differ in any of these are different clips.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpeechKey {
    /// The voice requested by the line; `None` for the one chosen by the listener.
    pub voice: Option<String>,
    /// The BCP 47 tag of the language.
    pub language: String,
    /// The words as the manifest has them.
    pub text: String,
}

impl SpeechKey {
    /// Returns the key of a line's speech, or `None` if the line has a recording. `voice` is the one requested by the line.
    #[must_use]
    pub(crate) fn for_line(session: &Session, voice: Option<&str>, line: &SpokenLine) -> Option<Self> {
        match line {
            SpokenLine::Words(say) => Some(Self::of_session(session, voice, &say.value)),
            SpokenLine::Recorded { .. } => None,
        }
    }

    /// Returns the key of some words in the voice requested by their line, or else by the session.
    #[must_use]
    pub(crate) fn of_session(session: &Session, voice: Option<&str>, text: &str) -> Self {
        let voice = voice.or(session.voice.as_deref()).map(str::to_owned);
        Self { voice, ..Self::new(&session.language, text) }
    }

    /// Returns the key of a text in the voice chosen by the listener.
    #[must_use]
    pub(crate) fn new(language: &str, text: &str) -> Self {
        Self { voice: None, language: language.to_owned(), text: text.to_owned() }
    }
}

impl ClipKey {
    /// Returns the display name: the path, or "speech".
    #[must_use]
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::File(path) | Self::Bundled(path) => path.as_str(),
            Self::Speech(_) => "speech",
        }
    }
}

/// The facts about a clip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClipFacts {
    /// The clip's own sample rate.
    pub rate: Rate,
    /// The length at that rate, without the padding that an encoder added.
    pub frames: Frames,
    /// The maximum momentary loudness. Known for clips that are bells.
    pub momentary: Option<Lufs>,
    /// The integrated loudness. Known for clips that are beds, and for recordings inside the program.
    pub integrated: Option<Lufs>,
}

/// The facts about all clips of a session. Lines whose speech is not among them are shown as captions only.
#[derive(Clone, Debug, Default)]
pub struct SessionFacts {
    clips: HashMap<ClipKey, ClipFacts>,
    /// The times of the words of a line's speech at the clip's own rate, where the voice knows them.
    word_times: HashMap<SpeechKey, WordTimes>,
    /// The speech that is still being synthesised.
    pending: HashSet<SpeechKey>,
}

impl SessionFacts {
    /// Creates the facts of clips that are all available.
    #[must_use]
    pub fn new(clips: HashMap<ClipKey, ClipFacts>) -> Self {
        Self { clips, ..Self::default() }
    }

    /// Returns the facts about one clip.
    #[must_use]
    pub(crate) fn get(&self, key: &ClipKey) -> Option<&ClipFacts> {
        self.clips.get(key)
    }

    /// Marks the speech of a line as being synthesised. Whatever depends on its length is not final until
    /// [`SessionFacts::set_speech`] is called.
    pub(crate) fn mark_speech_pending(&mut self, key: SpeechKey) {
        self.pending.insert(key);
    }

    /// Records the speech of a line, or with `None` that there will be none and the line is shown as a caption only.
    pub(crate) fn set_speech(&mut self, key: SpeechKey, speech: Option<ClipFacts>) {
        self.pending.remove(&key);
        if let Some(facts) = speech {
            self.clips.insert(ClipKey::Speech(key), facts);
        }
    }

    /// Records when the words of a line are heard in its speech.
    pub(crate) fn set_word_times(&mut self, key: SpeechKey, times: WordTimes) {
        self.word_times.insert(key, times);
    }

    /// Returns when the words of a clip are heard; empty if that is not known, as in recordings.
    #[must_use]
    pub(crate) fn word_times(&self, key: &ClipKey) -> WordTimes {
        match key {
            ClipKey::Speech(key) => self.word_times.get(key).cloned().unwrap_or_default(),
            ClipKey::File(_) | ClipKey::Bundled(_) => WordTimes::default(),
        }
    }

    /// Returns whether the speech of a line is being synthesised.
    #[must_use]
    pub(crate) fn is_speech_pending(&self, key: &SpeechKey) -> bool {
        self.pending.contains(key)
    }

    /// Returns whether any speech is being synthesised.
    #[must_use]
    pub(crate) fn has_pending_speech(&self) -> bool {
        !self.pending.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_is_identified_by_voice_language_and_words() {
        let key = SpeechKey::new("en", "Rest.");
        let other_voice = SpeechKey { voice: Some("heart".to_owned()), ..key.clone() };
        let other_language = SpeechKey { language: "de".to_owned(), ..key.clone() };
        let clip =
            |frames| ClipFacts { rate: Rate::DEFAULT, frames: Frames(frames), momentary: None, integrated: None };
        let mut facts = SessionFacts::default();
        facts.set_speech(key.clone(), Some(clip(1)));
        facts.set_speech(other_voice.clone(), Some(clip(2)));
        facts.mark_speech_pending(other_language.clone());
        let frames = |key: &SpeechKey| facts.get(&ClipKey::Speech(key.clone())).map(|clip| clip.frames.0);
        assert_eq!([&key, &other_voice, &other_language].map(frames), [Some(1), Some(2), None]);
        assert!(facts.is_speech_pending(&other_language) && !facts.is_speech_pending(&key));
    }
}
