//! From a [`Session`](crate::manifest::Session) and a listener's wishes to every segment and every cue on its frame. No decoding, no clock.
//!
//! Segments are half-open frame ranges that adjoin without hole or overlap. Cues are what sounds; they may overlap.

mod build;
pub mod facts;
mod fault;
pub mod fit;
mod levels;
mod position;
mod programme;
pub mod shape;
mod unroll;

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

pub use build::{build, build_all, range};
pub use facts::{ClipFacts, ClipKey, Facts, SpeechKey};
pub use fault::Fault;
pub use programme::{Programme, Programmes};
pub use shape::{LevelChange, Shape};

use crate::dsp::bells::Bell;
use crate::units::{Decibels, Frames, Rate};

/// What no session lasts longer than.
const LONGEST: Duration = Duration::from_hours(24);

/// A programme on its frames: the session, its gentler passage or its closing.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// What the session is called.
    pub title: String,
    /// Frames a second of all its positions.
    pub rate: Rate,
    /// In order, from frame 0, each beginning where the one before ends.
    pub segments: Vec<Segment>,
    /// By their start; those of one start in the order of the manifest.
    pub cues: Vec<Cue>,
    /// The end of the last segment.
    pub frames: Frames,
    /// When everything has rung out: what a render holds.
    pub end: Frames,
    /// Up to where it is certain, while speech is still being made; `None` where all of it is.
    pub horizon: Option<Horizon>,
    /// The clips that cues name by their number.
    pub clips: Vec<ClipKey>,
    /// The modal bells that cues name by their number.
    pub bells: Vec<Arc<Bell>>,
}

/// Up to where a timeline is certain while the speech of some lines is still being made: of every later version, all before is the
/// same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// Where the first line begins whose speech is awaited. Each place up to here, this one included, stays what it is.
    pub places: Frames,
    /// The sum of all that sounds is certain before this frame.
    pub sound: Frames,
}

/// The unit of skipping.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Its own name.
    pub id: Option<String>,
    /// That of the repeat which begins with it.
    pub repeat: Option<String>,
    /// The chapter that starts here.
    pub chapter: Option<String>,
    /// What happens in it.
    pub kind: SegmentKind,
    /// Its first frame.
    pub start: Frames,
    /// How long it is.
    pub frames: Frames,
    /// The words of a narration.
    pub text: Option<String>,
    /// In a bell's segment its name, and how many strikes.
    pub bell: Option<(String, u32)>,
}

impl Segment {
    /// The names by which it is found, each once.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let repeat = self.repeat.as_deref().filter(|repeat| self.id.as_deref() != Some(repeat));
        repeat.into_iter().chain(self.id.as_deref())
    }

    /// The first frame after it.
    #[must_use]
    pub fn end(&self) -> Frames {
        self.start + self.frames
    }
}

/// What happens in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SegmentKind {
    /// Something is said, or shown.
    Narration,
    /// Nothing is asked.
    Silence,
    /// A bell is struck.
    Bell,
}

/// One sounding thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// The number of its segment.
    pub segment: usize,
    /// What it is, as a reader knows it: a clip's path, a bell's or bed's name.
    pub source: String,
    /// What sounds.
    pub sound: Sound,
    /// Its first frame.
    pub start: Frames,
    /// How long it sounds, its tail included.
    pub frames: Frames,
    /// What its samples are multiplied by, without the session's common gain.
    pub gain: Decibels,
}

impl Cue {
    /// The first frame after it.
    #[must_use]
    pub fn end(&self) -> Frames {
        self.start + self.frames
    }

    /// What the source's samples are multiplied by, the session's common gain included where it applies.
    #[must_use]
    pub fn whole_gain(&self, voice: Decibels) -> Decibels {
        if self.sound.takes_common_gain() { self.gain + voice } else { self.gain }
    }
}

/// What a cue sounds like. Clips and bells go by their number in the timeline.
#[derive(Clone, Debug, PartialEq)]
pub enum Sound {
    /// A recording of narration, under the session's common gain.
    Voice(usize),
    /// Words that an engine speaks: at the voice's level as they are.
    Speech(usize),
    /// A bell that is a clip.
    BellClip(usize),
    /// A strike of a modal bell.
    Strike(usize),
    /// One of the program's own beds, by name.
    Bed(String),
    /// A bed that is a clip, looped.
    BedClip(usize),
}

impl Sound {
    /// Whether someone speaks.
    #[must_use]
    pub fn is_voice(&self) -> bool {
        matches!(self, Self::Voice(_) | Self::Speech(_))
    }

    /// Whether the session's common gain applies.
    #[must_use]
    pub fn takes_common_gain(&self) -> bool {
        matches!(self, Self::Voice(_))
    }

    /// Its kind in `show --json`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Voice(_) | Self::Speech(_) => "clip",
            Self::BellClip(_) | Self::Strike(_) => "bell",
            Self::Bed(_) | Self::BedClip(_) => "bed",
        }
    }
}

impl Timeline {
    /// The number of the segment that holds a frame; the last one for frames beyond.
    #[must_use]
    pub fn segment_at(&self, frame: Frames) -> usize {
        self.segments.partition_point(|segment| segment.start <= frame).saturating_sub(1)
    }

    /// How long it lasts, to the end of its last segment, as it is told: in whole seconds, a begun one counted.
    #[must_use]
    pub fn whole_seconds(&self) -> Duration {
        Duration::from_secs(self.frames.0.div_ceil(u64::from(self.rate.hertz())))
    }

    /// The last place that can be gone to: none is certain beyond.
    #[must_use]
    pub fn reach(&self) -> Frames {
        self.horizon.map_or(Frames(u64::MAX), |horizon| horizon.places)
    }

    /// The number of the segment with this id, or of the first of the repeat with it.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<usize> {
        self.segments.iter().position(|segment| segment.ids().any(|own| own == id))
    }
}

#[cfg(test)]
mod tests;
