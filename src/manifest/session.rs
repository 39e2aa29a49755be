//! The validated session.

use std::collections::BTreeMap;
use std::time::Duration;

use super::bounds::MAX_PATH_BYTES;
use super::codes::Code;
use super::span::{Located, Span};
use crate::dsp::bells::Bell;
use crate::units::{Decibels, Lufs};

/// The tags that listeners most often avoid. A session may have others.
pub(crate) const TAGS: [&str; 6] = ["touch", "breath", "body", "eyes-closed", "imagery", "pain"];

/// A session as its author wrote it. Every number is within its range.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// The title, as shown in the list of sessions.
    pub title: String,
    /// A description of one line.
    pub summary: Option<String>,
    /// The spoken language, as a BCP 47 tag.
    pub language: String,
    /// The voice for lines without a recording; `None` for the listener's own choice.
    pub voice: Option<String>,
    /// The person who guides.
    pub teacher: Option<String>,
    /// The licence, as an SPDX identifier or in words.
    pub license: Option<String>,
    /// Warnings that are not reported for this session.
    pub allow: Vec<Code>,
    /// Silence before the first segment.
    pub settle: Duration,
    /// Levels of voice, bells and bed.
    pub levels: SessionLevels,
    /// The bed with which the session starts, or `None` for none.
    pub bed: Option<BedSpec>,
    /// Custom bells, by name.
    pub bells: BTreeMap<String, CustomBell>,
    /// The announcements of silences, in the order of their lengths; empty for the default ones.
    pub announcements: Vec<AnnouncementSpec>,
    /// The segments of the session, in order.
    pub segments: Vec<SegmentSpec>,
    /// The segments of the gentler passage; empty for the default one.
    pub soften: Vec<SegmentSpec>,
    /// The segments of the closing that follows a gentle exit; empty for the default one.
    pub exit: Vec<SegmentSpec>,
}

/// The levels of voice, bells and bed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SessionLevels {
    /// The integrated loudness of the narration, in both channels together.
    pub voice: Lufs,
    /// Gain added to each bell's own level.
    pub bell: Decibels,
    /// Gain added to the bed's own level.
    pub bed: Decibels,
}

impl SessionLevels {
    /// The voice's default loudness: −21 LUFS.
    pub(crate) const VOICE: Lufs = Lufs(-21.0);
}

impl Default for SessionLevels {
    fn default() -> Self {
        Self { voice: Self::VOICE, bell: Decibels::UNITY, bed: Decibels::UNITY }
    }
}

/// The continuous sound below a session.
#[derive(Clone, Debug, PartialEq)]
pub enum BedSpec {
    /// A built-in bed, by name.
    Named(String),
    /// A looped clip.
    Clip(Located<ClipPath>),
}

impl BedSpec {
    /// Returns the name of the bed, or the path of its clip. Beds with the same name are the same bed.
    #[must_use]
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Clip(clip) => clip.value.as_str(),
        }
    }
}

/// A change of the bed within a session.
#[derive(Clone, Debug, PartialEq)]
pub enum BedChange {
    /// To another bed.
    To(BedSpec),
    /// To silence.
    Off,
}

/// The announcement of silences of up to a certain length.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnouncementSpec {
    /// The longest silence it is used for; `None` for the last one, which has no limit.
    pub upto: Option<Duration>,
    /// The line.
    pub line: SpokenLine,
}

/// A custom bell.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomBell {
    /// The greatest momentary loudness of a strike relative to the voice, in LU.
    pub level: Decibels,
    /// The source of its sound.
    pub sound: BellSound,
}

/// The source of a custom bell's sound.
#[derive(Clone, Debug, PartialEq)]
pub enum BellSound {
    /// A recording.
    Clip(Located<ClipPath>),
    /// A modal model, which is synthesised.
    Modes(Box<Bell>),
}

/// A relative path to an audio file: never absolute, without `..`, separated by `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClipPath(String);

impl ClipPath {
    /// Returns the path if it is lexically within its folder. Links are checked when the file is opened.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_plain = |part: &str| !part.is_empty() && part != "." && part != "..";
        let is_forbidden = |c: char| c == '\\' || c == ':' || c.is_control();
        (text.len() <= MAX_PATH_BYTES && !text.contains(is_forbidden) && text.split('/').all(is_plain))
            .then(|| Self(text.to_owned()))
    }

    /// Returns the path as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One segment of a session, before repeats are unrolled.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentSpec {
    /// The name for `--from`, captions and recordings.
    pub id: Option<Located<String>>,
    /// The title of the chapter that starts here.
    pub chapter: Option<String>,
    /// The change of the bed at the start of the segment.
    pub bed: Option<BedChange>,
    /// The kind and content of the segment.
    pub content: SegmentContent,
    /// Its position in the manifest.
    pub span: Span,
}

/// The kind and content of a segment.
#[derive(Clone, Debug, PartialEq)]
pub enum SegmentContent {
    /// A bell is struck.
    Bell(StrikesSpec),
    /// A line is spoken.
    Narration(NarrationSpec),
    /// Silence, which may contain an interval bell.
    Silence(SilenceSpec),
    /// A sequence of segments is repeated.
    Repeat {
        /// The number of repetitions, 2 to 1000.
        times: u32,
        /// The repeated segments, none of which is itself a repeat.
        parts: Vec<SegmentSpec>,
    },
}

/// One or more strikes of a bell.
#[derive(Clone, Debug, PartialEq)]
pub struct StrikesSpec {
    /// The name of a built-in or custom bell.
    pub bell: Located<String>,
    /// The number of strikes.
    pub count: u32,
    /// The time between two strikes.
    pub every: Duration,
    /// The time from the last strike to the next segment.
    pub hold: Duration,
}

impl StrikesSpec {
    /// Returns the time from the first strike to the next segment.
    pub(crate) fn duration(&self) -> Duration {
        self.every * (self.count - 1) + self.hold
    }
}

/// A spoken segment.
#[derive(Clone, Debug, PartialEq)]
pub struct NarrationSpec {
    /// The spoken line.
    pub line: SpokenLine,
    /// Gain added to the session's common gain.
    pub gain: Decibels,
    /// The fixed length of the segment, unless its words last longer; `None` for the length of the words.
    pub lasts: Option<Duration>,
    /// The voice for the line without a recording, if it differs from that of the session.
    pub voice: Option<String>,
    /// The topics of this line that a listener may want to avoid.
    pub tags: Vec<String>,
    /// The line for listeners who avoid one of the tags; without it, silence of the same length replaces the line.
    pub instead: Option<SpokenLine>,
    /// The title of the chapter for these listeners, if it differs.
    pub instead_chapter: Option<String>,
}

/// A line of narration: its text, its recording, or both.
#[derive(Clone, Debug, PartialEq)]
pub enum SpokenLine {
    /// Text without a recording.
    Words(Located<String>),
    /// A recording, with or without its text.
    Recorded {
        /// The text.
        say: Option<Located<String>>,
        /// The recording.
        clip: Located<ClipPath>,
    },
}

impl SpokenLine {
    /// Returns the text, if the manifest gives it.
    pub(crate) fn words(&self) -> Option<&Located<String>> {
        match self {
            Self::Words(say) => Some(say),
            Self::Recorded { say, .. } => say.as_ref(),
        }
    }

    /// Returns the recording, if there is one.
    pub(crate) fn clip(&self) -> Option<&Located<ClipPath>> {
        match self {
            Self::Words(_) => None,
            Self::Recorded { clip, .. } => Some(clip),
        }
    }
}

/// A silence and the range within which fitting may scale it: least ≤ natural ≤ most.
#[derive(Clone, Debug, PartialEq)]
pub struct SilenceSpec {
    /// The length in a session that is not fitted.
    pub natural: Duration,
    /// The shortest length.
    pub least: Duration,
    /// The longest length.
    pub most: Duration,
    /// The bell that rings at regular intervals within it.
    pub interval: Option<IntervalBell>,
    /// Whether its length is announced, within its own time.
    pub is_announced: bool,
    /// Whether it lasts until the listener continues. In that case `natural` is its length if nobody does, and it never stretches.
    pub is_open: bool,
}

/// A bell that rings at regular intervals within a silence.
#[derive(Clone, Debug, PartialEq)]
pub struct IntervalBell {
    /// The bell's name.
    pub bell: Located<String>,
    /// The time between two strikes, which fitting never scales.
    pub every: Duration,
    /// The maximum variation of each interval: less than half of `every`.
    pub vary: Duration,
}

impl Session {
    /// Iterates over the segments of the session, the gentler passage and the closing. The parts of a repeat are included once.
    pub(crate) fn all_segments(&self) -> impl Iterator<Item = &SegmentSpec> {
        self.segments.iter().chain(&self.soften).chain(&self.exit).flat_map(SegmentSpec::parts_or_self)
    }

    /// Iterates over the tags of all lines, including duplicates.
    pub(crate) fn tags(&self) -> impl Iterator<Item = &str> {
        let narrations = self.all_segments().filter_map(SegmentSpec::narration);
        narrations.flat_map(|narration| &narration.tags).map(String::as_str)
    }

    /// Returns every clip named by the session: first those of lines, including `instead` and announcements, then those of bells and beds.
    #[must_use]
    pub fn clips(&self) -> Vec<&Located<ClipPath>> {
        let beds = self.beds().filter_map(|bed| match bed {
            BedSpec::Clip(clip) => Some(clip),
            BedSpec::Named(_) => None,
        });
        let bells = self.bells.values().filter_map(|bell| match &bell.sound {
            BellSound::Clip(clip) => Some(clip),
            BellSound::Modes(_) => None,
        });
        self.lines().filter_map(|(line, _)| line.clip()).chain(bells).chain(beds).collect()
    }

    /// Iterates over every bed, including duplicates.
    pub(crate) fn beds(&self) -> impl Iterator<Item = &BedSpec> {
        let changes =
            self.segments.iter().flat_map(SegmentSpec::repeat_and_parts).filter_map(|segment| match &segment.bed {
                Some(BedChange::To(bed)) => Some(bed),
                _ => None,
            });
        self.bed.iter().chain(changes)
    }

    /// Iterates over every line that may be spoken, including `instead`, with its segment; then over the session's own announcements.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&SpokenLine, Option<&SegmentSpec>)> {
        let of_segments = self.all_segments().flat_map(|segment| {
            let lines = segment.narration().map(|narration| [Some(&narration.line), narration.instead.as_ref()]);
            lines.into_iter().flatten().flatten().map(move |line| (line, Some(segment)))
        });
        of_segments.chain(self.announcements.iter().map(|announcement| (&announcement.line, None)))
    }
}

impl SegmentSpec {
    /// Iterates over the parts of a repeat, or returns the segment itself if it is not a repeat.
    pub(crate) fn parts_or_self(&self) -> std::slice::Iter<'_, Self> {
        match &self.content {
            SegmentContent::Repeat { parts, .. } => parts.iter(),
            _ => std::slice::from_ref(self).iter(),
        }
    }

    /// Iterates over the segment and, if it is a repeat, its parts.
    pub(super) fn repeat_and_parts(&self) -> impl Iterator<Item = &Self> {
        let parts = match &self.content {
            SegmentContent::Repeat { parts, .. } => parts.as_slice(),
            _ => &[],
        };
        std::iter::once(self).chain(parts)
    }

    fn narration(&self) -> Option<&NarrationSpec> {
        match &self.content {
            SegmentContent::Narration(narration) => Some(narration),
            _ => None,
        }
    }
}
