//! The timeline itself.

use std::sync::Arc;
use std::time::Duration;

use super::cue::Cue;
use super::facts::ClipKey;
use super::segment::{Segment, SegmentKey};
use crate::dsp::bells::Bell;
use crate::units::{Frames, Rate};

/// The maximum length of a session.
pub(super) const MAX_LENGTH: Duration = Duration::from_hours(24);

/// The minimum length of a silence that can be skipped to.
const LONG_SILENCE: Duration = Duration::from_secs(10);

/// One programme with every segment and cue on its frame: the session, its gentler passage, or its closing.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The session's title.
    pub title: String,
    /// The sample rate of all positions.
    pub rate: Rate,
    /// The segments in order. The first starts at frame 0, and each other one where the previous one ends.
    pub segments: Vec<Segment>,
    /// The index of the silence that lasts until the listener continues, if there is one.
    pub open_segment: Option<usize>,
    /// The cues sorted by start; cues with the same start are in the manifest's order.
    pub cues: Vec<Cue>,
    /// The end of the last segment.
    pub frames: Frames,
    /// The end of the last sound, but at least the end of the last segment: the length of a render.
    pub end: Frames,
    /// Where the timeline stops being final while speech is still being synthesised; `None` once all of it is final.
    pub(crate) horizon: Option<Horizon>,
    /// The clips that cues refer to by index.
    pub clips: Vec<ClipKey>,
    /// The modal bells that cues refer to by index.
    pub bells: Vec<Arc<Bell>>,
}

/// How much of a timeline is final while the speech of some lines is still being synthesised. Everything before it is the same in every
/// later version of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Horizon {
    /// The start of the first line whose speech is pending. Positions up to and including this one are final.
    pub(crate) positions: Frames,
    /// The frame before which the rendered audio is final. A bed is ducked before speech, so this may be earlier than `positions`.
    pub(crate) audio: Frames,
}

impl Timeline {
    /// Returns the index of the segment that contains a frame. Frames after the end belong to the last segment.
    #[must_use]
    pub(crate) fn segment_at(&self, frame: Frames) -> usize {
        self.segments.partition_point(|segment| segment.start <= frame).saturating_sub(1)
    }

    /// Returns whether a segment can be skipped to: it has words, a bell, or a long silence.
    #[must_use]
    pub(crate) fn is_skip_target(&self, index: usize) -> bool {
        let Some(segment) = self.segments.get(index) else { return false };
        if segment.text.is_some() || segment.is_open || segment.frames >= self.rate.frames(LONG_SILENCE) {
            return true;
        }
        let first = self.cues.partition_point(|cue| cue.start < segment.start);
        let mut cues = self.cues[first..].iter().take_while(|cue| cue.start <= segment.end());
        cues.any(|cue| cue.segment == index && cue.source.kind() != "bed")
    }

    /// Returns the start of the first segment after a frame that can be skipped to; without one, the end of the last segment.
    #[must_use]
    pub(crate) fn next_skip_target(&self, frame: Frames) -> Frames {
        let after = self.segments.partition_point(|segment| segment.start <= frame);
        let next = (after..self.segments.len()).find(|index| self.is_skip_target(*index));
        next.map_or(self.frames, |index| self.segments[index].start)
    }

    /// Returns the start of the last segment before a frame that can be skipped to; without one, the beginning.
    #[must_use]
    pub(crate) fn skip_target_before(&self, frame: Frames) -> Frames {
        let before = self.segments.partition_point(|segment| segment.start < frame);
        let last = (0..before).rev().find(|index| self.is_skip_target(*index));
        last.map_or(Frames::ZERO, |index| self.segments[index].start)
    }

    /// Returns whether the session is divided into chapters.
    #[must_use]
    pub(crate) fn has_chapters(&self) -> bool {
        self.segments.iter().any(|segment| segment.chapter.is_some())
    }

    /// Returns the start of the first chapter after a frame, if there is one.
    #[must_use]
    pub(crate) fn next_chapter(&self, frame: Frames) -> Option<Frames> {
        let after = self.segments.partition_point(|segment| segment.start <= frame);
        self.segments[after..].iter().find(|segment| segment.chapter.is_some()).map(|segment| segment.start)
    }

    /// Returns the start of the last chapter that starts before a frame; without one, the beginning.
    #[must_use]
    pub(crate) fn chapter_before(&self, frame: Frames) -> Frames {
        let before = self.segments.partition_point(|segment| segment.start < frame);
        let last = self.segments[..before].iter().rev().find(|segment| segment.chapter.is_some());
        last.map_or(Frames::ZERO, |segment| segment.start)
    }

    /// Returns the open silence, if there is one.
    #[must_use]
    pub(crate) fn open_silence(&self) -> Option<&Segment> {
        self.segments.get(self.open_segment?)
    }

    /// Returns the length to show: up to the end of the last segment. A session without length, such as a single bell, lasts until it has
    /// rung out.
    pub(crate) fn display_length(&self) -> Frames {
        if self.frames == Frames::ZERO { self.end } else { self.frames }
    }

    /// Returns the length to show, rounded up to whole seconds.
    pub(crate) fn length_in_seconds(&self) -> Duration {
        Duration::from_secs(self.display_length().0.div_ceil(u64::from(self.rate.hertz())))
    }

    /// Returns the length up to the end of the last segment, rounded up to whole seconds.
    #[must_use]
    pub(crate) fn rounded_to_seconds(&self) -> Duration {
        Duration::from_secs(self.frames.0.div_ceil(u64::from(self.rate.hertz())))
    }

    /// Returns the last position that can be jumped to, because later ones are not final yet.
    #[must_use]
    pub(crate) fn seekable_until(&self) -> Frames {
        self.horizon.map_or(Frames(u64::MAX), |horizon| horizon.positions)
    }

    /// Returns the index of the segment with this id. The id of a repeat belongs to its first segment.
    #[must_use]
    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.segments.iter().position(|segment| segment.ids().any(|own| own == id))
    }

    /// Returns the index of the segment with this key.
    #[must_use]
    pub(crate) fn find_key(&self, key: SegmentKey) -> Option<usize> {
        self.segments.binary_search_by_key(&key, |segment| segment.key).ok()
    }
}
