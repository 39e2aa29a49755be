//! A session as plain text that reads well aloud.

use crate::manifest::Session;
use crate::timeline::{Segment, SegmentKind, Timeline};
use crate::words::{harmless, length, one_line, times};

/// What a listener can do at any moment, for those who have nothing but the words.
const LEAVING: &str = "(While it plays: space pauses, s brings a gentler moment and then leads back, q leaves softly. Each of them is all right at any time.)";

/// The words, with bells and silences told in words of their own.
pub(super) fn transcript(session: &Session, timeline: &Timeline) -> String {
    let mut parts = vec![harmless(&session.title)];
    parts.extend(session.summary.as_deref().map(harmless));
    parts.extend(session.teacher.as_deref().map(|teacher| format!("Guided by {}.", harmless(teacher))));
    parts.push(LEAVING.to_owned());
    let mut rings = vec![0; timeline.segments.len()];
    for cue in timeline.cues.iter().filter(|cue| cue.sound.kind() == "bell") {
        rings[cue.segment] += 1;
    }
    for (segment, rings) in timeline.segments.iter().zip(rings) {
        if let Some(chapter) = &segment.chapter {
            parts.push(format!("\n{}", harmless(chapter)));
        }
        parts.extend(paragraph(timeline, segment, rings));
    }
    parts.push("(The session ends.)".to_owned());
    parts.join("\n")
}

fn paragraph(timeline: &Timeline, segment: &Segment, rings: usize) -> Option<String> {
    let time = length(std::time::Duration::from_secs_f64(segment.frames.seconds(timeline.rate)));
    match segment.kind {
        SegmentKind::Narration => segment.text.as_deref().map(one_line),
        SegmentKind::Bell if rings == 0 => Some(format!("(A silence of {time}.)")),
        SegmentKind::Bell => segment.bell.as_ref().map(|(bell, strikes)| bell_words(bell, *strikes)),
        SegmentKind::Silence if rings == 1 => Some(format!("(A silence of {time}, with a bell within it.)")),
        SegmentKind::Silence if rings > 1 => Some(format!("(A silence of {time}, with {rings} bells within it.)")),
        SegmentKind::Silence if segment.frames.seconds(timeline.rate) < 1.0 => None,
        SegmentKind::Silence => Some(format!("(A silence of {time}.)")),
    }
}

fn bell_words(bell: &str, strikes: u32) -> String {
    format!("(The {} sounds {}.)", harmless(bell), times(strikes))
}
