//! Segments, and how they are identified.

use std::fmt;

use serde::Serialize;

use super::word_times::WordTimes;
use crate::units::Frames;

/// A half-open range of frames; the unit of skipping.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Identifies the segment, with or without an id.
    pub key: SegmentKey,
    /// The id from the manifest; from the second iteration of a repeat on, with the iteration, as in `breath.2`.
    pub id: Option<String>,
    /// The id of the repeat that starts with this segment.
    pub repeat: Option<String>,
    /// The title of the chapter that starts here.
    pub chapter: Option<String>,
    /// The kind of the segment.
    pub kind: SegmentKind,
    /// The first frame.
    pub start: Frames,
    /// The length.
    pub frames: Frames,
    /// The words of a narration, or the announcement of a silence, as they are shown.
    pub text: Option<String>,
    /// The length of the words, from the start of the segment; zero without words.
    pub spoken: Frames,
    /// When each word is heard, from the start of the segment; empty if that is not known.
    pub(crate) word_times: WordTimes,
    /// Whether it is the open silence.
    pub is_open: bool,
    /// The name of the bell and the number of strikes, if the segment is a bell.
    pub bell: Option<(String, u32)>,
}

impl Segment {
    /// Creates a silence without length at a frame.
    pub(crate) fn empty(key: SegmentKey, start: Frames) -> Self {
        Self {
            key,
            id: None,
            repeat: None,
            chapter: None,
            kind: SegmentKind::Silence,
            start,
            frames: Frames::ZERO,
            text: None,
            spoken: Frames::ZERO,
            word_times: WordTimes::default(),
            is_open: false,
            bell: None,
        }
    }

    /// Returns the ids by which the segment can be found, without duplicates.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        let repeat = self.repeat.as_deref().filter(|repeat| self.id.as_deref() != Some(repeat));
        repeat.into_iter().chain(self.id.as_deref())
    }

    /// Returns the first frame after the segment.
    #[must_use]
    pub fn end(&self) -> Frames {
        self.start + self.frames
    }
}

/// The kind of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SegmentKind {
    /// A line is spoken, or shown as a caption.
    Narration,
    /// Nothing is said. Interval bells may sound.
    Silence,
    /// A bell is struck.
    Bell,
}

/// Identifies a segment by its position in the manifest: the number of the segment in its list and, inside a repeat, the iteration and
/// the number of the part.
///
/// A key depends only on the manifest. It is the same whatever the listener's options, the fitted length and the sample rate are, and in
/// every version of the timeline while speech is being synthesised. No two segments of a timeline share a key, and keys ascend in playing
/// order. They do not distinguish programmes: the session, the gentler passage and the closing each count from 1.
///
/// When the manifest is edited, a key keeps identifying the same position, not the same content: inserting, removing or moving a segment
/// shifts the keys of all segments after it, while changing the number of iterations of a repeat shifts none. Code that stores a key
/// should also store the segment's id or text, look for the id first, and check the text before using the key.
///
/// As text, a key consists of the numbers separated by dots, counted from 1: `4`, or `4.2.1` for the first part in the second iteration of
/// the repeat that is the fourth segment. `0` stands for segments that are not in the manifest: the settling time before the first
/// segment, and the built-in gentler passage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentKey {
    segment: u32,
    iteration: u32,
    part: u32,
}

impl SegmentKey {
    /// The settling time before the first segment, or the built-in gentler passage.
    pub(crate) const UNLISTED: Self = Self { segment: 0, iteration: 0, part: 0 };

    /// Creates the key of the segment with this index in its list.
    #[must_use]
    pub(super) fn segment(index: usize) -> Self {
        Self { segment: number(index), ..Self::UNLISTED }
    }

    /// Creates the key of a part of this repeat, in an iteration counted from 1.
    #[must_use]
    pub(super) fn part(self, iteration: u32, index: usize) -> Self {
        Self { iteration, part: number(index), ..self }
    }

    /// Parses a key from its text. Returns `None` if it is not one.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut numbers = [0; 3];
        for (index, part) in text.split('.').enumerate() {
            *numbers.get_mut(index)? = part.parse().ok()?;
        }
        let [segment, iteration, part] = numbers;
        let key = Self { segment, iteration, part };
        // Every key has exactly one spelling.
        (key.to_string() == text).then_some(key)
    }
}

/// Counts from 1. Sessions are limited to 10,000 segments.
fn number(index: usize) -> u32 {
    u32::try_from(index).map_or(u32::MAX, |index| index.saturating_add(1))
}

impl fmt::Display for SegmentKey {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let Self { segment, iteration, part } = self;
        if *iteration == 0 { write!(formatter, "{segment}") } else { write!(formatter, "{segment}.{iteration}.{part}") }
    }
}
