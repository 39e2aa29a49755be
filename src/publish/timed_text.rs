//! What is to be read while a published session plays: its words, and bells and silences in words of their own.

use crate::present::transcript;
use crate::text::{single_line, without_pronunciations};
use crate::timeline::{Cue, Segment, SegmentKind, Timeline};
use crate::units::Frames;

/// A shorter silence is not described.
const SHORTEST_DESCRIBED: f64 = 2.0;

/// A text with the time for which it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimedText {
    /// The id of the segment.
    pub(super) id: Option<String>,
    pub(super) start: Frames,
    pub(super) end: Frames,
    /// One line, without control characters.
    pub(super) text: String,
    /// Whether this is what the voice says, not a description of a bell or a silence.
    pub(super) is_spoken: bool,
}

/// Returns the texts of a timeline in order. None of them overlap.
pub(super) fn timed_texts(timeline: &Timeline) -> Vec<TimedText> {
    let mut texts = Vec::new();
    // What is told of segments that take no time belongs to the next text.
    let mut before = String::new();
    for (index, (segment, rings)) in timeline.segments.iter().zip(transcript::rings(timeline)).enumerate() {
        for mut text in texts_of_segment(timeline, index, segment, rings) {
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

fn texts_of_segment(timeline: &Timeline, index: usize, segment: &Segment, rings: usize) -> Vec<TimedText> {
    let timed = |start, end, text, is_spoken| TimedText { id: segment.id.clone(), start, end, text, is_spoken };
    let words = segment.text.as_deref().map(|text| single_line(&without_pronunciations(text)));
    if segment.kind == SegmentKind::Narration {
        return words.into_iter().map(|words| timed(segment.start, segment.end(), words, true)).collect();
    }
    let spoken_until = match &words {
        Some(_) => end_of_speech(timeline, index).unwrap_or(segment.end()).min(segment.end()),
        None => segment.start,
    };
    let mut texts: Vec<_> = words.into_iter().map(|words| timed(segment.start, spoken_until, words, true)).collect();
    let rest = segment.end().saturating_sub(spoken_until);
    let is_worth_words = segment.kind == SegmentKind::Bell || rest.seconds(timeline.rate) >= SHORTEST_DESCRIBED;
    if is_worth_words && let Some(text) = transcript::description(timeline, segment, rings) {
        texts.push(timed(spoken_until, segment.end(), text, false));
    }
    texts
}

/// The end of what is spoken at the start of a segment.
fn end_of_speech(timeline: &Timeline, index: usize) -> Option<Frames> {
    let spoken = timeline.cues.iter().find(|cue| cue.segment == index && cue.source.is_spoken());
    spoken.map(Cue::end)
}
