//! What was learnt of the clips before the timeline is built.

use std::collections::HashMap;

use crate::manifest::session::ClipPath;
use crate::units::{Frames, Loudness, Rate};

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
    pub momentary: Option<Loudness>,
    /// Its integrated loudness; known of clips that are beds.
    pub integrated: Option<Loudness>,
}

/// The facts of all clips. Words that are not among them are shown and not spoken.
#[derive(Clone, Debug, Default)]
pub struct Facts(pub HashMap<ClipKey, ClipFacts>);

impl Facts {
    /// Of one clip.
    #[must_use]
    pub fn get(&self, key: &ClipKey) -> Option<&ClipFacts> {
        self.0.get(key)
    }
}
