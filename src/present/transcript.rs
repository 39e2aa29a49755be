//! A session as plain text that reads well aloud.

use std::collections::HashSet;

use crate::manifest::{Session, lint};
use crate::text::{describe_count, describe_duration, escape_controls, single_line};
use crate::timeline::{Segment, SegmentKind, Timeline};

/// The listener's options at any time, for readers who only have the words.
const CONTROLS_NOTE: &str =
    "(You can use these keys at any time: space pauses, s plays a gentler moment and then returns, q leaves gently.)";

/// The note for a fitted length, because the voice still speaks of the natural times.
const FITTED_NOTE: &str = "(At the length you chose, silences may be longer or shorter than the voice says. The times in brackets are right.)";

/// The description of an open silence.
const OPEN_SILENCE_NOTE: &str =
    "(One silence lasts until you continue with the right arrow or Enter. Its length here is only an example.)";

/// A shorter silence after a line within its segment is not described.
const MIN_DESCRIBED_SILENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// Returns the words, with descriptions of bells and silences. `fitted` is whether the session was fitted to a length.
pub(crate) fn transcript(session: &Session, timeline: &Timeline, fitted: bool) -> String {
    let mut parts = heading(session);
    parts.push(CONTROLS_NOTE.to_owned());
    if fitted && lint::speaks_of_lengths(session) {
        parts.push(FITTED_NOTE.to_owned());
    }
    if timeline.open_silence().is_some() {
        parts.push(OPEN_SILENCE_NOTE.to_owned());
    }
    parts.extend(body(session, timeline));
    parts.join("\n")
}

/// Returns the title, the summary and the teacher, one per line.
pub(crate) fn heading(session: &Session) -> Vec<String> {
    let mut parts = vec![escape_controls(&session.title)];
    parts.extend(session.summary.as_deref().map(escape_controls));
    parts.extend(session.teacher.as_deref().map(|teacher| format!("Guided by {}.", escape_controls(teacher))));
    parts
}

/// Returns the content from the first segment to the end, one line each.
pub(crate) fn body(session: &Session, timeline: &Timeline) -> Vec<String> {
    let mut parts = Vec::new();
    let mut explained = HashSet::new();
    for (segment, strike_count) in timeline.segments.iter().zip(strike_counts(timeline)) {
        if let Some(chapter) = &segment.chapter {
            parts.push(format!("\n{}", escape_controls(chapter)));
        }
        match &segment.bell {
            Some((bell, strikes)) if strike_count > 0 => {
                let gloss = gloss(session, bell).filter(|_| explained.insert(bell));
                parts.push(bell_words(bell, *strikes, gloss));
            }
            _ => {
                if segment.kind == SegmentKind::Silence {
                    parts.extend(segment.text.as_deref().map(single_line));
                }
                parts.extend(paragraph(timeline, segment, strike_count));
                parts.extend(rest_of_line(timeline, segment));
            }
        }
    }
    parts.push("(The session ends.)".to_owned());
    parts
}

/// Returns the number of strikes in each segment.
pub(crate) fn strike_counts(timeline: &Timeline) -> Vec<usize> {
    let mut counts = vec![0; timeline.segments.len()];
    for cue in timeline.cues.iter().filter(|cue| cue.source.kind() == "bell") {
        // The bell of the default closing belongs to no segment.
        if let Some(count) = counts.get_mut(cue.segment) {
            *count += 1;
        }
    }
    counts
}

/// Returns the text of a segment with this number of strikes: its words, or a description.
pub(crate) fn description(timeline: &Timeline, segment: &Segment, strike_count: usize) -> Option<String> {
    match &segment.bell {
        Some((bell, strikes)) if strike_count > 0 => Some(bell_words(bell, *strikes, None)),
        _ => paragraph(timeline, segment, strike_count),
    }
}

fn paragraph(timeline: &Timeline, segment: &Segment, strike_count: usize) -> Option<String> {
    let time = describe_duration(std::time::Duration::from_secs_f64(segment.frames.seconds(timeline.rate)));
    match segment.kind {
        SegmentKind::Narration => segment.text.as_deref().map(single_line),
        SegmentKind::Bell => Some(format!("(A silence of {time}.)")),
        SegmentKind::Silence if strike_count == 1 => Some(format!("(A silence of {time}, with a bell within it.)")),
        SegmentKind::Silence if strike_count > 1 => {
            Some(format!("(A silence of {time}, with {strike_count} bells within it.)"))
        }
        SegmentKind::Silence if segment.frames.seconds(timeline.rate) < 1.0 => None,
        SegmentKind::Silence => Some(format!("(A silence of {time}.)")),
    }
}

/// Returns the description of the silence after the words of a line with a fixed length, unless it is too short.
pub(crate) fn rest_of_line(timeline: &Timeline, segment: &Segment) -> Option<String> {
    let rest = std::time::Duration::from_secs_f64((segment.frames - segment.spoken).seconds(timeline.rate));
    let is_long = segment.kind == SegmentKind::Narration && rest >= MIN_DESCRIBED_SILENCE;
    is_long.then(|| format!("(A silence of {}.)", describe_duration(rest)))
}

fn bell_words(bell: &str, strikes: u32, gloss: Option<&str>) -> String {
    let gloss = gloss.map(|gloss| format!(" It is {gloss}.")).unwrap_or_default();
    format!("(The {} sounds {}.{gloss})", escape_controls(bell), describe_count(strikes))
}

/// Returns an explanation of a built-in bell, whose name may be unknown to the reader.
fn gloss(session: &Session, bell: &str) -> Option<&'static str> {
    match bell {
        _ if session.bells.contains_key(bell) => None,
        "inkin" => Some("a small hand bell"),
        "tingsha" => Some("a pair of small cymbals"),
        "block" => Some("a block of wood"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::manifest;
    use crate::timeline::{self, Programme, SessionFacts, Shape};
    use crate::units::Rate;

    fn transcript_of(own: &str) -> String {
        let text = format!(
            "format = 1\ntitle = \"x\"\n{own}[[segment]]\nbell = \"inkin\"\nstrikes = 2\n[[segment]]\nbell = \"bowl\"\n\
             [[segment]]\nbell = \"inkin\"\n"
        );
        let session = manifest::read(Path::new("x.toml"), &text).0.expect("a session");
        let shape = Shape::default();
        let timeline = timeline::build(&session, Programme::SESSION, &SessionFacts::default(), &shape, Rate::DEFAULT);
        transcript(&session, &timeline.expect("a timeline"), false)
    }

    #[test]
    fn an_uncommon_bell_is_explained_at_its_first_strike() {
        let bells =
            "(The inkin sounds twice. It is a small hand bell.)\n(The bowl sounds once.)\n(The inkin sounds once.)";
        assert!(transcript_of("").contains(bells), "{}", transcript_of(""));
    }

    #[test]
    fn a_custom_bell_is_not_explained() {
        let own = "[bell.inkin]\nfundamental_hz = 300\npartials = [{ ratio = 1, t60_s = 2 }]\n";
        assert!(transcript_of(own).contains("(The inkin sounds twice.)\n"), "{}", transcript_of(own));
    }
}
