//! A place in a session that can be found again after changes of the manifest.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::timeline::{Segment, SegmentKey, SegmentKind, Timeline};
use crate::units::Frames;

/// The number of digest bytes that identify the words of a line.
const DIGEST_BYTES: usize = 8;

/// The line at which a session resumes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// The key of the segment.
    key: String,
    /// The id of the segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// A digest of its words, so that the stored file contains none of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
}

impl Place {
    /// Returns the segment at which a session resumes that was left at a frame: the line that was heard, or the last one before a silence or
    /// a bell. `None` before the first line, so that the session starts from the beginning.
    pub(crate) fn segment_left_at(timeline: &Timeline, frame: Frames) -> Option<&Segment> {
        let heard = timeline.segments.get(..=timeline.segment_at(frame))?;
        heard.iter().rev().find(|segment| segment.kind == SegmentKind::Narration)
    }

    /// Describes a segment so that it can be found again.
    pub(crate) fn of(segment: &Segment) -> Self {
        let words = segment.text.as_deref().map(digest);
        Self { key: segment.key.to_string(), id: segment.id.clone(), words }
    }

    /// Finds the segment by its id, or else by its position in the manifest if its words are the same, or else by its words alone. `None` if
    /// it no longer exists.
    pub(crate) fn find(&self, timeline: &Timeline) -> Option<SegmentKey> {
        let by_id = || Some(timeline.segments[timeline.find(self.id.as_deref()?)?].key);
        by_id().or_else(|| self.find_by_key(timeline)).or_else(|| self.find_by_words(timeline))
    }

    fn find_by_key(&self, timeline: &Timeline) -> Option<SegmentKey> {
        let segment = &timeline.segments[timeline.find_key(SegmentKey::parse(&self.key)?)?];
        let is_same = segment.kind == SegmentKind::Narration && self.has_words_of(segment);
        // The id is gone, so a line without words at the same position is another one.
        let is_known = self.words.is_some() || self.id.is_none();
        Some(segment.key).filter(|_| is_same && is_known)
    }

    /// Finds the only line with these words.
    fn find_by_words(&self, timeline: &Timeline) -> Option<SegmentKey> {
        self.words.as_ref()?;
        let mut same = timeline.segments.iter().filter(|segment| self.has_words_of(segment));
        let first = same.next()?;
        same.next().is_none().then_some(first.key)
    }

    fn has_words_of(&self, segment: &Segment) -> bool {
        segment.text.as_deref().map(digest) == self.words
    }
}

fn digest(words: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(words.trim().as_bytes())[..DIGEST_BYTES])
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::manifest;
    use crate::timeline::{self, Programme, SessionFacts, Shape};
    use crate::units::Rate;

    fn timeline(segments: &str, shape: &Shape) -> Timeline {
        let text = format!("format = 1\ntitle = \"x\"\n{segments}");
        let session = manifest::read(Path::new("x.toml"), &text).0.expect("a session");
        timeline::build(&session, Programme::SESSION, &SessionFacts::default(), shape, Rate::DEFAULT)
            .expect("a timeline")
    }

    const SESSION: &str = "[[segment]]\nbell = \"bowl\"\n[[segment]]\nid = \"a\"\nsay = \"One.\"\ntags = [\"breath\"]\n[[segment]]\nsilence = \"1m\"\n\
        [[segment]]\nsay = \"Two.\"\n[[segment]]\nbell = \"bowl\"\n";

    /// Returns the index of the segment at which the session resumes.
    fn left_in(timeline: &Timeline, segment: usize) -> Option<usize> {
        let frame = timeline.segments[segment].start + Frames(1);
        let segment = Place::segment_left_at(timeline, frame)?;
        timeline.find_key(segment.key)
    }

    #[test]
    fn a_session_resumes_at_the_current_line_or_the_previous_one() {
        let timeline = timeline(SESSION, &Shape::default());
        let places: Vec<_> = (0..5).map(|segment| left_in(&timeline, segment)).collect();
        assert_eq!(places, [None, Some(1), Some(1), Some(3), Some(3)]);
        assert!(Place::segment_left_at(&timeline, Frames(u64::MAX)).is_some(), "after the end, too");
    }

    #[test]
    fn avoided_lines_are_not_resumed_at() {
        let shape = Shape { avoid: vec!["breath".to_owned()], ..Shape::default() };
        assert_eq!(left_in(&timeline(SESSION, &shape), 2), None);
    }

    #[test]
    fn a_place_is_found_in_a_changed_manifest() {
        let before = timeline(SESSION, &Shape::default());
        let (first, second) = (Place::of(&before.segments[1]), Place::of(&before.segments[3]));
        let find = |place: &Place, segments: &str| {
            let after = timeline(segments, &Shape::default());
            place.find(&after).and_then(|key| after.find_key(key))
        };
        assert_eq!((find(&first, SESSION), find(&second, SESSION)), (Some(1), Some(3)));
        let more = format!("[[segment]]\nsay = \"New.\"\n{SESSION}");
        assert_eq!((find(&first, &more), find(&second, &more)), (Some(2), Some(4)));
        let other_words = SESSION.replace("One.", "Another one.").replace("Two.", "Three.");
        assert_eq!((find(&first, &other_words), find(&second, &other_words)), (Some(1), None));
        let without_id = SESSION.replace("id = \"a\"\n", "");
        assert_eq!(find(&first, &without_id), Some(1), "its words are the same");
        let twice = format!("{more}[[segment]]\nsay = \"Two.\"\n");
        assert_eq!(find(&second, &twice), None, "two lines have these words");
    }
}
