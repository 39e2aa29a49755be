//! What was learnt of the clips before the timeline is built.

use std::collections::{HashMap, HashSet};

use crate::manifest::session::ClipPath;
use crate::units::{Frames, Lufs, Rate};

/// How a timeline names a clip.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClipKey {
    /// A recording that the manifest names.
    File(ClipPath),
    /// Words that an engine speaks.
    Speech(String),
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
    /// Words whose speech is still being made.
    awaited: HashSet<String>,
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

    /// Speech of these words is being made. Until it is there, nothing that depends on how long it is can be certain.
    pub fn await_speech(&mut self, words: &str) {
        self.awaited.insert(words.to_owned());
    }

    /// The speech of these words is there; or there will be none, and they are shown.
    pub fn learn_speech(&mut self, words: &str, speech: Option<ClipFacts>) {
        self.awaited.remove(words);
        if let Some(facts) = speech {
            self.clips.insert(ClipKey::Speech(words.to_owned()), facts);
        }
    }

    /// Whether speech of these words is being made.
    #[must_use]
    pub fn awaits(&self, words: &str) -> bool {
        self.awaited.contains(words)
    }

    /// Whether any speech is being made.
    #[must_use]
    pub fn awaits_any(&self) -> bool {
        !self.awaited.is_empty()
    }
}
