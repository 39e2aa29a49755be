//! The validated form of a manifest.

use std::collections::BTreeMap;
use std::time::Duration;

use super::bounds::LONGEST_PATH;
use super::codes::Code;
use super::findings::{Located, Span};
use crate::dsp::bells::Bell;
use crate::units::{Decibels, Lufs};

/// What listeners most often want to avoid. A session may have tags of its own besides.
pub const TAGS: [&str; 6] = ["touch", "breath", "body", "eyes-closed", "imagery", "pain"];

/// A session as its teacher wrote it; every number is within its range.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// What it is called.
    pub title: String,
    /// What it is, in a line.
    pub summary: Option<String>,
    /// BCP 47.
    pub language: String,
    /// Who guides.
    pub teacher: Option<String>,
    /// SPDX, or in words.
    pub license: Option<String>,
    /// Warnings that this session means to have.
    pub allow: Vec<Code>,
    /// Quiet before the first segment.
    pub settle: Duration,
    /// How loud its parts are.
    pub levels: Levels,
    /// What sounds under it all.
    pub bed: Option<Bed>,
    /// Bells of its own, by name.
    pub bells: BTreeMap<String, OwnBell>,
    /// The session itself.
    pub segments: Vec<Segment>,
    /// The gentler passage; empty where none is written.
    pub soften: Vec<Segment>,
    /// What closes a gentle exit; empty where none is written.
    pub exit: Vec<Segment>,
}

/// The levels of voice, bells and bed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// Of the narration, as heard in both ears.
    pub voice: Lufs,
    /// Added to each bell's own.
    pub bell: Decibels,
    /// Added to the bed's own.
    pub bed: Decibels,
}

impl Levels {
    /// The voice's loudness unless a session says otherwise: −21 LUFS.
    pub const VOICE: Lufs = Lufs(-21.0);
}

impl Default for Levels {
    fn default() -> Self {
        Self { voice: Self::VOICE, bell: Decibels::UNITY, bed: Decibels::UNITY }
    }
}

/// What sounds under a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Bed {
    /// One of the program's own, by its name.
    Named(String),
    /// A clip, looped.
    Clip(Located<ClipPath>),
}

/// A bell that a session brings.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnBell {
    /// Its greatest momentary loudness against the voice, in LU.
    pub level: Decibels,
    /// What it sounds like.
    pub sound: BellSound,
}

/// What a bell of one's own sounds like.
#[derive(Clone, Debug, PartialEq)]
pub enum BellSound {
    /// A recording.
    Clip(Located<ClipPath>),
    /// A table of modes.
    Modes(Box<Bell>),
}

/// A relative path to an audio file: no `..`, not absolute, separated by `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClipPath(String);

impl ClipPath {
    /// A path that stays in its folder by its spelling, or `None`. (Links are looked at when it is opened.)
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
        let forbidden = |c: char| c == '\\' || c == ':' || c.is_control();
        (text.len() <= LONGEST_PATH && !text.contains(forbidden) && text.split('/').all(plain))
            .then(|| Self(text.to_owned()))
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One segment, not yet unrolled.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Its name for `--from`, captions and recordings.
    pub id: Option<Located<String>>,
    /// The chapter that starts here.
    pub chapter: Option<String>,
    /// What happens in it.
    pub kind: Kind,
    /// Where it stands in the text.
    pub span: Span,
}

/// What happens in a segment.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A bell is struck.
    Bell(Strikes),
    /// Something is said.
    Narration(Narration),
    /// Nothing is asked.
    Silence(Silence),
    /// Parts come several times over.
    Repeat {
        /// 2 to 1000.
        times: u32,
        /// None of them a repeat.
        parts: Vec<Segment>,
    },
}

/// Strikes of a bell.
#[derive(Clone, Debug, PartialEq)]
pub struct Strikes {
    /// The bell's name: one of the program's, or of the session's own.
    pub bell: Located<String>,
    /// How many.
    pub count: u32,
    /// From strike to strike.
    pub every: Duration,
    /// From the last strike to the next segment.
    pub hold: Duration,
}

impl Strikes {
    /// From the first strike to the next segment.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.every * (self.count - 1) + self.hold
    }
}

/// A spoken segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Narration {
    /// What is spoken.
    pub line: Line,
    /// On top of the session's common gain.
    pub gain: Decibels,
    /// What a listener may want to avoid.
    pub tags: Vec<String>,
    /// For a listener who avoids one of the tags; without it the time is held.
    pub instead: Option<Line>,
}

/// Words, or their recording, or both.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// Words that nobody has recorded yet.
    Words(Located<String>),
    /// A recording, and its words where they are written.
    Recorded {
        /// The words.
        say: Option<Located<String>>,
        /// The recording.
        clip: Located<ClipPath>,
    },
}

impl Line {
    /// The words, where they are written.
    #[must_use]
    pub fn words(&self) -> Option<&Located<String>> {
        match self {
            Self::Words(say) => Some(say),
            Self::Recorded { say, .. } => say.as_ref(),
        }
    }

    /// The recording, where there is one.
    #[must_use]
    pub fn clip(&self) -> Option<&Located<ClipPath>> {
        match self {
            Self::Words(_) => None,
            Self::Recorded { clip, .. } => Some(clip),
        }
    }
}

/// A silence and how far it stretches: least ≤ natural ≤ most.
#[derive(Clone, Debug, PartialEq)]
pub struct Silence {
    /// Its length unless the session is fitted.
    pub natural: Duration,
    /// How far it may shrink.
    pub least: Duration,
    /// How far it may grow.
    pub most: Duration,
    /// A bell within it.
    pub interval: Option<Interval>,
}

/// An interval bell.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    /// The bell's name.
    pub bell: Located<String>,
    /// From bell to bell; it never stretches.
    pub every: Duration,
}

impl Session {
    /// Every segment of the session, its gentler passage and its closing, parts of repeats included once.
    pub fn all_segments(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().chain(&self.soften).chain(&self.exit).flat_map(Segment::with_parts)
    }

    /// Every tag that a line has, as often as it comes.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        let narrations = self.all_segments().filter_map(|segment| match &segment.kind {
            Kind::Narration(narration) => Some(narration),
            _ => None,
        });
        narrations.flat_map(|narration| &narration.tags).map(String::as_str)
    }

    /// Every clip that the manifest names, in its order: recordings with what is said instead, bells, the bed.
    #[must_use]
    pub fn clips(&self) -> Vec<&Located<ClipPath>> {
        let bed = self.bed.iter().filter_map(|bed| match bed {
            Bed::Clip(clip) => Some(clip),
            Bed::Named(_) => None,
        });
        let bells = self.bells.values().filter_map(|bell| match &bell.sound {
            BellSound::Clip(clip) => Some(clip),
            BellSound::Modes(_) => None,
        });
        self.lines().filter_map(|(line, _)| line.clip()).chain(bells).chain(bed).collect()
    }

    /// Every line that may be spoken, `instead` included, with the segment that it stands in.
    pub fn lines(&self) -> impl Iterator<Item = (&Line, &Segment)> {
        self.all_segments().flat_map(|segment| {
            let narration = match &segment.kind {
                Kind::Narration(narration) => Some(narration),
                _ => None,
            };
            narration.into_iter().flat_map(move |one| {
                [Some(&one.line), one.instead.as_ref()].into_iter().flatten().map(move |line| (line, segment))
            })
        })
    }
}

impl Segment {
    /// The segment itself, or the parts of a repeat.
    pub fn with_parts(&self) -> std::slice::Iter<'_, Self> {
        match &self.kind {
            Kind::Repeat { parts, .. } => parts.iter(),
            _ => std::slice::from_ref(self).iter(),
        }
    }
}
