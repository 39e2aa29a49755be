//! The timed texts of a published session: its words, and descriptions of bells and silences.

use crate::present::{phrases, transcript};
use crate::text::single_line;
use crate::timeline::{Segment, SegmentKind, Timeline};
use crate::units::Frames;

/// The minimum length in seconds of a silence that is described.
const MIN_DESCRIBED_SILENCE: f64 = 2.0;

/// A text with the time range in which it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimedText {
    /// The id of the segment.
    pub(super) id: Option<String>,
    pub(super) start: Frames,
    pub(super) end: Frames,
    /// One line, without control characters.
    pub(super) text: String,
    /// Whether these are spoken words rather than a description.
    pub(super) is_spoken: bool,
}

/// Returns the texts of a timeline in order, without overlaps.
pub(super) fn timed_texts(timeline: &Timeline) -> Vec<TimedText> {
    collect(timeline, |_, text| vec![text])
}

/// Like [`timed_texts`], but words whose times are known are divided into phrases, each at its own time.
pub(super) fn timed_phrases(timeline: &Timeline) -> Vec<TimedText> {
    collect(timeline, |segment, text| if text.is_spoken { phrases_of(segment, text) } else { vec![text] })
}

fn phrases_of(segment: &Segment, text: TimedText) -> Vec<TimedText> {
    let mut parts: Vec<TimedText> = Vec::new();
    for (start, phrase) in phrases::timed(segment, phrases::FULL_WIDTH) {
        let before = parts.last_mut().map(|before| before.end = start);
        let (id, start) = if before.is_some() { (None, start) } else { (text.id.clone(), text.start) };
        parts.push(TimedText { id, start, end: text.end, text: phrase, is_spoken: true });
    }
    if parts.is_empty() { vec![text] } else { parts }
}

/// Collects the texts of all segments, after `divide` has divided each.
fn collect(timeline: &Timeline, divide: impl Fn(&Segment, TimedText) -> Vec<TimedText>) -> Vec<TimedText> {
    let mut texts = Vec::new();
    // The description of a segment without length is joined to the next text.
    let mut before = String::new();
    for (segment, rings) in timeline.segments.iter().zip(transcript::strike_counts(timeline)) {
        let own = texts_of_segment(timeline, segment, rings).into_iter();
        for mut text in own.flat_map(|text| divide(segment, text)) {
            if !before.is_empty() {
                text.text = format!("{before} {}", text.text);
                before.clear();
            }
            if text.start < text.end {
                texts.push(text);
            } else {
                before = text.text;
            }
        }
    }
    texts
}

fn texts_of_segment(timeline: &Timeline, segment: &Segment, rings: usize) -> Vec<TimedText> {
    let timed = |start, end, text, is_spoken| TimedText { id: segment.id.clone(), start, end, text, is_spoken };
    let words = segment.text.as_deref().map(single_line);
    let spoken_until = (segment.start + segment.spoken).min(segment.end());
    let description = match segment.kind {
        SegmentKind::Narration => transcript::rest_of_line(timeline, segment),
        SegmentKind::Silence if (segment.end() - spoken_until).seconds(timeline.rate) < MIN_DESCRIBED_SILENCE => None,
        SegmentKind::Silence | SegmentKind::Bell => transcript::description(timeline, segment, rings),
    };
    let Some(words) = words else {
        return description.map(|text| timed(segment.start, segment.end(), text, false)).into_iter().collect();
    };
    match description {
        Some(description) => vec![
            timed(segment.start, spoken_until, words, true),
            timed(spoken_until, segment.end(), description, false),
        ],
        None => vec![timed(segment.start, segment.end(), words, true)],
    }
}
