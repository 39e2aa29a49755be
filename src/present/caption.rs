//! Captions: the words, phrase by phrase, and descriptions of bells and silences, so that a session is complete for people who do not
//! hear it.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use super::phrases;
use crate::text::{describe_count, describe_duration, escape_controls, format_clock, single_line};
use crate::timeline::{Cue, Segment, SegmentKind, Timeline};
use crate::units::Frames;

/// A shorter silence has no caption; the previous words stay visible.
const MIN_CAPTIONED_SILENCE: Duration = Duration::from_secs(2);
/// The time for which a bell is described as ringing.
const RINGING_TIME: Duration = Duration::from_secs(8);
/// The maximum width of a line of plain text.
const PLAIN_WIDTH: usize = 120;

/// The caption at a frame, with control characters escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caption {
    /// For a screen: one line within the given width.
    pub(crate) line: String,
    /// For plain lines: the text at the start of a segment.
    pub(crate) opening: String,
    /// For plain lines: the further texts within the segment, numbered in order.
    pub(crate) step: Option<(usize, String)>,
}

/// Returns the caption at a frame of a timeline, for a screen of this width.
pub(crate) fn caption(timeline: &Timeline, frame: Frames, columns: usize) -> Caption {
    let number = timeline.segment_at(frame);
    let Some(segment) = timeline.segments.get(number).filter(|segment| frame < segment.end()) else {
        return ringing_out(timeline, frame, columns);
    };
    let strikes = strikes(timeline, number);
    match (segment.kind, &segment.text) {
        (SegmentKind::Narration, Some(text)) => {
            let words = single_line(text);
            Caption {
                line: phrases::phrase_at(segment, &words, frame, columns).1,
                opening: bells_without_length_before(timeline, number),
                step: Some(phrases::phrase_at(segment, &words, frame, PLAIN_WIDTH)),
            }
        }
        (SegmentKind::Bell, _) if !strikes.is_empty() => bell_caption(&strikes, frame, columns),
        _ => silence(timeline, number, segment, &strikes, frame, columns),
    }
}

/// Returns the caption in an open silence, which says how to continue.
pub(crate) fn open_caption(timeline: &Timeline, frame: Frames, columns: usize) -> Caption {
    let number = timeline.segment_at(frame);
    let wordings =
        ["(silence, for as long as you like; → or Enter continues)", "(silence; → continues)", "(→ continues)"];
    let mut caption = Caption {
        line: fitting(wordings.map(str::to_owned), columns),
        opening: "(A silence for as long as you like. →, Enter or the line next continues.)".to_owned(),
        step: None,
    };
    let strikes = timeline.cues.iter().filter(|cue| cue.segment == number && cue.source.kind() == "bell");
    let ringing = strikes.enumerate().filter(|(_, cue)| is_ringing(timeline, cue, frame)).last();
    if let Some((ringing, cue)) = ringing {
        let bell = escape_controls(&cue.name);
        caption.line = fitting([format!("(the {bell} sounds)"), format!("({bell})")], columns);
        caption.step = Some((ringing, format!("(The {bell} sounds.)")));
    }
    caption
}

/// Returns the strikes of a segment. The last one may fall on its end.
fn strikes(timeline: &Timeline, number: usize) -> Vec<&Cue> {
    let segment = &timeline.segments[number];
    let first = timeline.cues.partition_point(|cue| cue.start < segment.start);
    let end = timeline.cues.partition_point(|cue| cue.start <= segment.end());
    timeline.cues[first..end].iter().filter(|cue| cue.segment == number && cue.source.kind() == "bell").collect()
}

/// Returns the preceding bells whose segments have no length, so that only the following segment can describe them.
fn bells_without_length_before(timeline: &Timeline, number: usize) -> String {
    let before = timeline.segments[..number].iter().rev().take_while(|segment| segment.frames == Frames::ZERO);
    let mut bells: Vec<_> =
        before.filter_map(|segment| segment.bell.as_ref()).map(|(bell, _)| bell_sentence(bell, 1)).collect();
    bells.reverse();
    bells.join(" ")
}

fn bell_sentence(bell: &str, count: u32) -> String {
    format!("(The {} sounds {}.)", escape_controls(bell), describe_count(count))
}

fn bell_caption(strikes: &[&Cue], frame: Frames, columns: usize) -> Caption {
    let count = strikes.len();
    let heard = strikes.iter().filter(|cue| cue.start <= frame).count();
    let name = &strikes[heard.saturating_sub(1)].name;
    let bell = escape_controls(name);
    let line = if count == 1 {
        fitting([format!("(the {bell} sounds)"), format!("({bell})")], columns)
    } else {
        fitting([format!("(the {bell} sounds, {heard} of {count})"), format!("({bell}, {heard} of {count})")], columns)
    };
    Caption { line, opening: bell_sentence(name, u32::try_from(count).unwrap_or(u32::MAX)), step: None }
}

fn silence(
    timeline: &Timeline,
    number: usize,
    segment: &Segment,
    strikes: &[&Cue],
    frame: Frames,
    columns: usize,
) -> Caption {
    let length = Duration::from_secs_f64(segment.frames.seconds(timeline.rate));
    let mut caption = Caption { opening: bells_without_length_before(timeline, number), ..Caption::default() };
    if length < MIN_CAPTIONED_SILENCE {
        caption.line = last_words_before(timeline, number, columns);
        return caption;
    }
    let time = describe_duration(length);
    let (suffix, bells) = match strikes.len() {
        0 => (String::new(), String::new()),
        1 => (", with a bell".to_owned(), ", with a bell within it".to_owned()),
        more => (format!(", with {more} bells"), format!(", with {more} bells within it")),
    };
    let short = format!("(silence {})", format_clock(segment.frames, timeline.rate));
    caption.line = fitting([format!("(silence, {time}{suffix})"), format!("(silence, {time})"), short], columns);
    let words = segment.text.as_deref().map(single_line);
    let opening = format!("(A silence of {time}{bells}.)");
    let before = Some(caption.opening).filter(|opening| !opening.is_empty());
    caption.opening = before.into_iter().chain(words.clone()).chain([opening]).collect::<Vec<_>>().join(" ");
    if let Some(words) = words.filter(|_| frame < segment.start + segment.spoken) {
        caption.line = phrases::phrase_at(segment, &words, frame, columns).1;
        return caption;
    }
    let ringing = strikes.iter().rposition(|cue| is_ringing(timeline, cue, frame));
    if let Some(ringing) = ringing {
        let bell = escape_controls(&strikes[ringing].name);
        caption.line = fitting([format!("(the {bell} sounds)"), format!("({bell})")], columns);
        caption.step = Some((ringing, format!("(The {bell} sounds.)")));
    }
    caption
}

/// Returns whether a bell was struck recently.
fn is_ringing(timeline: &Timeline, cue: &Cue, frame: Frames) -> bool {
    cue.start <= frame && frame < cue.start + timeline.rate.frames(RINGING_TIME)
}

/// Returns the end of the words before a short silence.
fn last_words_before(timeline: &Timeline, number: usize, columns: usize) -> String {
    let before = number.checked_sub(1).and_then(|before| timeline.segments.get(before));
    let text = before.and_then(|segment| segment.text.as_deref());
    text.map(|text| phrases::last(&single_line(text), columns)).unwrap_or_default()
}

/// Returns the caption after the last segment, and for a timeline without segments: the bell that still rings.
fn ringing_out(timeline: &Timeline, frame: Frames, columns: usize) -> Caption {
    let end = timeline.cues.partition_point(|cue| cue.start <= frame);
    let bell = timeline.cues[..end].iter().rev().find(|cue| cue.source.kind() == "bell" && frame < cue.end());
    let Some(cue) = bell else { return Caption::default() };
    let bell = escape_controls(&cue.name);
    Caption {
        line: fitting([format!("(the {bell} sounds)"), format!("({bell})")], columns),
        opening: if cue.start >= timeline.frames { bell_sentence(&cue.name, 1) } else { String::new() },
        step: None,
    }
}

/// Returns the first wording that fits, or else the last one, truncated.
fn fitting<const COUNT: usize>(wordings: [String; COUNT], columns: usize) -> String {
    let fits = wordings.iter().position(|wording| wording.width() <= columns);
    wordings.into_iter().nth(fits.unwrap_or(COUNT - 1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::manifest;
    use crate::timeline::{self, Programme, SessionFacts, Shape};
    use crate::units::Rate;

    const SESSION: &str = r#"
        [[segment]]
        bell = "bowl"
        strikes = 3
        every = "5s"
        hold = "0s"
        [[segment]]
        bell = "inkin"
        hold = "0s"
        [[segment]]
        say = """Let the feet find
            the floor. Rest one hand somewhere warm."""
        [[segment]]
        silence = "1s"
        [[segment]]
        silence = "1m"
        bell = "gong"
        every = "20s"
        [[segment]]
        silence = "1h30m"
    "#;

    /// Returns the captions at a second of a programme, on screens of 80 and of 19 columns.
    fn read(programme: Programme, shape: &Shape, second: f64) -> [Caption; 2] {
        let text = format!("format = 1\ntitle = \"x\"\n{SESSION}");
        let session = manifest::read(Path::new("x.toml"), &text).0.unwrap();
        let timeline = timeline::build(&session, programme, &SessionFacts::default(), shape, Rate::DEFAULT).unwrap();
        let frame = Rate::DEFAULT.frames(Duration::from_secs_f64(second));
        [80, 19].map(|columns| caption(&timeline, frame, columns))
    }

    fn lines(second: f64) -> [String; 2] {
        read(Programme::SESSION, &Shape::default(), second).map(|caption| caption.line)
    }

    fn captions_at(second: f64) -> (String, Option<(usize, String)>) {
        let [caption, _] = read(Programme::SESSION, &Shape::default(), second);
        (caption.opening, caption.step)
    }

    #[test]
    fn captions_give_the_number_of_strikes() {
        assert_eq!(lines(0.0), ["(the bowl sounds, 1 of 3)", "(bowl, 1 of 3)"]);
        assert_eq!(lines(9.9)[0], "(the bowl sounds, 2 of 3)");
        assert_eq!(captions_at(0.0), ("(The bowl sounds three times.)".to_owned(), None));
    }

    #[test]
    fn words_are_shown_by_phrase_and_after_bells_without_length() {
        assert_eq!(lines(10.1), ["Let the feet find the floor.", "Let the feet find"]);
        assert_eq!(lines(14.5), ["Rest one hand somewhere warm.", "somewhere warm."]);
        assert_eq!(lines(14.9)[1], "somewhere warm.");
        let (opening, step) = captions_at(10.1);
        assert_eq!(opening, "(The inkin sounds once.)");
        assert_eq!(step.unwrap(), (0, "Let the feet find the floor. Rest one hand somewhere warm.".to_owned()));
    }

    #[test]
    fn a_short_silence_keeps_the_words_visible() {
        assert_eq!(lines(15.5)[1], "somewhere warm.");
        assert_eq!(captions_at(15.5), (String::new(), None));
    }

    #[test]
    fn silences_are_described_with_their_length_and_bells() {
        assert_eq!(lines(16.5), ["(silence, 1 minute, with 2 bells)", "(silence, 1 minute)"]);
        assert_eq!(captions_at(16.5), ("(A silence of 1 minute, with 2 bells within it.)".to_owned(), None));
        assert_eq!(lines(36.5), ["(the gong sounds)", "(the gong sounds)"]);
        assert_eq!(captions_at(36.5).1, Some((0, "(The gong sounds.)".to_owned())));
        assert_eq!(captions_at(56.5).1, Some((1, "(The gong sounds.)".to_owned())));
        assert_eq!(lines(50.0)[1], "(silence, 1 minute)");
        assert_eq!(lines(100.0), ["(silence, 1 hour and 30 minutes)", "(silence 1:30:00)"]);
    }

    #[test]
    fn a_bell_that_does_not_sound_is_a_silence() {
        let shape = Shape { no_bell: true, ..Shape::default() };
        let [caption, _] = read(Programme::SESSION, &shape, 0.0);
        assert_eq!(caption.line, "(silence, 10 seconds)");
    }

    #[test]
    fn default_passages_are_described_too() {
        let [soften, _] = read(Programme::SOFTEN, &Shape::default(), 0.1);
        assert_eq!(soften.line, "(the inkin sounds)");
        assert_eq!(soften.opening, "(A silence of 30 seconds, with a bell within it.)");
        let [closing, _] = read(Programme::CLOSING, &Shape::default(), 0.1);
        assert_eq!((closing.line.as_str(), closing.opening.as_str()), ("(the bowl sounds)", "(The bowl sounds once.)"));
    }
}
