//! Warnings about problems for a listener that are visible in the text of a manifest.

pub(crate) mod hints;
mod language;
mod marks;
mod phrases;
mod position;
pub(crate) mod recordings;
pub(crate) mod sameness;
mod spoken_length;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::time::Duration;

use self::language::LintLanguage;
use self::position::span_of_words;
use super::codes::Code;
use super::findings::{Findings, excerpt};
use super::session::{IntervalBell, SegmentContent, SegmentSpec, Session, SpokenLine};
use super::span::Span;

/// A longer silence needs a bell or an announcement.
const LONG_SILENCE: Duration = Duration::from_secs(90);
/// An interval bell rings only if this much of the silence remains after it.
const REST_AFTER_BELL: Duration = Duration::from_secs(10);
/// The time within which a listener should hear that they may stop.
const BEGINNING: Duration = Duration::from_mins(2);
/// The estimated length of a spoken word.
const WORD_LENGTH: Duration = Duration::from_millis(460);
/// The maximum number of words in a line that count towards its estimated length.
const MAX_WORDS: u32 = 100_000;
/// The number of repetitions of a repeat that are checked. Longer repeats are past the beginning of a session anyway.
const MAX_REPETITIONS: u32 = 8;

/// Checks the wording and structure of a session. `unread_segments` are the positions of unreadable segments; warnings that these might
/// contradict are not reported.
pub(super) fn check_session(session: &Session, unread_segments: &[usize], findings: &mut Findings) {
    let unread = UnreadSegments(unread_segments);
    let language = LintLanguage::of(&session.language);
    check_silences(session, &unread, language, findings);
    check_ending(session, &unread, findings);
    session.lines().for_each(|(line, _)| check_marks(line, findings));
    if let Some(language) = language {
        check_spoken_lengths(session, language, findings);
        check_freedom_to_stop(session, &unread, language, findings);
        for (line, segment) in session.lines() {
            check_pressing_words(line, language, findings);
            if let Some(segment) = segment {
                check_tags(line, segment, language, findings);
            }
        }
    }
}

/// The positions in the original text of segments that could not be read.
struct UnreadSegments<'starts>(&'starts [usize]);

impl UnreadSegments<'_> {
    fn any_within(&self, range: Range<usize>) -> bool {
        self.0.iter().any(|start| range.contains(start))
    }
}

/// Reports long silences that are neither announced nor interrupted by a bell.
fn check_silences(
    session: &Session,
    unread: &UnreadSegments,
    language: Option<&LintLanguage>,
    findings: &mut Findings,
) {
    for segments in [&session.segments, &session.soften, &session.exit] {
        let mut is_announced = false;
        let mut last_line = 0;
        for segment in segments.iter().flat_map(SegmentSpec::parts_or_self) {
            let at = findings.original_start(&segment.span);
            match &segment.content {
                SegmentContent::Narration(narration) => {
                    is_announced = announces_silence(&narration.line, language);
                    last_line = at;
                }
                SegmentContent::Silence(silence) => {
                    let rings = |bell: &IntervalBell| bell.every + bell.vary + REST_AFTER_BELL <= silence.natural;
                    let has_bell = silence.interval.as_ref().is_some_and(rings);
                    let is_long = silence.natural > LONG_SILENCE && !has_bell && !silence.is_open;
                    if is_long && !is_announced && !silence.is_announced && !unread.any_within(last_line..at) {
                        report_long_silence(segment.span.clone(), findings);
                    }
                    is_announced &= silence.natural < LONG_SILENCE;
                }
                SegmentContent::Bell(_) | SegmentContent::Repeat { .. } => {}
            }
        }
    }
}

/// Returns whether lines state the lengths of silences, or may do so, because the language or the words are not known.
pub(crate) fn speaks_of_lengths(session: &Session) -> bool {
    let language = LintLanguage::of(&session.language);
    session.all_segments().any(|segment| match &segment.content {
        SegmentContent::Narration(narration) => match (narration.line.words(), language) {
            (Some(words), Some(language)) => spoken_length::last_length(&words.value, &language.time).is_some(),
            _ => true,
        },
        _ => false,
    })
}

/// Reports spoken lengths that may be false for the silence after them.
fn check_spoken_lengths(session: &Session, language: &LintLanguage, findings: &mut Findings) {
    for segments in [&session.segments, &session.soften, &session.exit] {
        let contents = with_repetitions(segments).map(|segment| &segment.content);
        spoken_length::for_each_line_before_silence(contents, |narration, silence| {
            spoken_length::check(narration, silence, &language.time, findings);
        });
    }
}

/// Reports script notation that would be read aloud.
fn check_marks(line: &SpokenLine, findings: &mut Findings) {
    let Some(words) = line.words() else { return };
    if let Some(mark) = marks::find(&words.value) {
        let span = span_of_words(findings.text(), &words.span, mark);
        let message = format!("`{}` is not meant to be spoken, but would be read aloud", excerpt(mark.trim()));
        let help =
            "remove it; a pause is a segment of its own, such as [[segment]] with silence = \"8s\" on the next line";
        findings.warning(Code::LeftoverMark, span, message, help);
    }
}

fn report_long_silence(span: Span, findings: &mut Findings) {
    let message = "this silence is longer than 90 seconds, without an announcement or a bell in it";
    let help = "say before it how long it is, or add a bell within it: bell = \"inkin\" and every = \"1m\"";
    findings.warning(Code::LongSilence, span, message, help);
}

/// Returns whether a line announces a silence. This is assumed of other languages and of clips without words.
fn announces_silence(line: &SpokenLine, language: Option<&LintLanguage>) -> bool {
    match (line.words(), language) {
        (Some(words), Some(language)) => phrases::contains(&words.value, language.announcements),
        _ => true,
    }
}

/// Reports a session that ends in silence.
fn check_ending(session: &Session, unread: &UnreadSegments, findings: &mut Findings) {
    let Some(last) = session.segments.iter().flat_map(SegmentSpec::parts_or_self).last() else { return };
    let is_silence = matches!(last.content, SegmentContent::Silence(_));
    if is_silence && !unread.any_within(findings.original_start(&last.span)..usize::MAX) {
        let message = "the session ends in silence, without a bell or a line that leads back";
        let help = "add a bell or a line at the end, such as [[segment]] with bell = \"bowl\" on the next line";
        findings.warning(Code::NoWayBack, last.span.clone(), message, help);
    }
}

/// Reports a session that does not say early that the listener may pause or stop. A session without words need not say it.
fn check_freedom_to_stop(session: &Session, unread: &UnreadSegments, language: &LintLanguage, findings: &mut Findings) {
    let mut elapsed = session.settle;
    let mut first_line: Option<Span> = None;
    let mut end = usize::MAX;
    for segment in with_repetitions(&session.segments) {
        if let SegmentContent::Narration(narration) = &segment.content {
            let Some(words) = narration.line.words() else { return };
            if phrases::contains(&words.value, language.permissions_to_stop) {
                return;
            }
            first_line.get_or_insert_with(|| words.span.clone());
        }
        elapsed += estimated_length(segment);
        if elapsed >= BEGINNING {
            end = findings.original_start(&segment.span);
            break;
        }
    }
    if session.lines().next().is_none() || unread.any_within(0..end) {
        return;
    }
    let first_segment = || session.segments.first().map(|segment| segment.span.clone());
    let span = first_line.or_else(first_segment).unwrap_or(0..0);
    let message = "the first two minutes do not say that the listener may pause or stop";
    let help = "add a sentence such as \"You may pause or stop at any time.\"";
    findings.warning(Code::NoWayToStop, span, message, help);
}

/// Iterates over segments in the order in which they are heard, with the first repetitions of repeats.
fn with_repetitions(segments: &[SegmentSpec]) -> impl Iterator<Item = &SegmentSpec> {
    segments.iter().flat_map(|segment| {
        let times =
            if let SegmentContent::Repeat { times, .. } = segment.content { times.min(MAX_REPETITIONS) } else { 1 };
        (0..times).flat_map(|_| segment.parts_or_self())
    })
}

/// Estimates the time for saying some words.
fn estimated_speech(words: &str) -> Duration {
    let words = words.split_whitespace().count();
    WORD_LENGTH * u32::try_from(words).unwrap_or(MAX_WORDS).min(MAX_WORDS)
}

/// Estimates the length of a segment. Recordings are not measured here.
fn estimated_length(segment: &SegmentSpec) -> Duration {
    match &segment.content {
        SegmentContent::Bell(strikes) => strikes.duration(),
        SegmentContent::Silence(silence) => silence.natural,
        SegmentContent::Narration(narration) => {
            let words = narration.line.words().map_or(Duration::ZERO, |words| estimated_speech(&words.value));
            narration.lasts.map_or(words, |lasts| lasts.max(words))
        }
        SegmentContent::Repeat { .. } => Duration::ZERO,
    }
}

/// Reports words that put pressure on the listener.
fn check_pressing_words(line: &SpokenLine, language: &LintLanguage, findings: &mut Findings) {
    let Some(words) = line.words() else { return };
    for found in language.find_pressing_words(&words.value) {
        let span = span_of_words(findings.text(), &words.span, found);
        let message = format!("`{found}` puts pressure on the listener");
        let help = "use inviting words, such as \"you might\" or \"if it feels all right\"";
        findings.warning(Code::PressingWords, span, message, help);
    }
}

/// Reports words that require a tag which the segment does not have.
fn check_tags(line: &SpokenLine, segment: &SegmentSpec, language: &LintLanguage, findings: &mut Findings) {
    let SegmentContent::Narration(narration) = &segment.content else { return };
    let Some(words) = line.words() else { return };
    // `instead` is for listeners who avoid one of the tags, so the tags do not apply to it.
    if narration.instead.as_ref().is_some_and(|instead| std::ptr::eq(instead, line)) {
        return;
    }
    for (tag, found) in language.tags_of(&words.value) {
        let has_tag = narration.tags.iter().any(|given| given.eq_ignore_ascii_case(tag));
        if has_tag || findings.has_error_on_key("tags", findings.original_start(&segment.span)) {
            continue;
        }
        let span = span_of_words(findings.text(), &words.span, found);
        let tags = narration.tags.iter().map(String::as_str).chain([tag]).map(|tag| format!("\"{tag}\""));
        let message = format!("the line contains `{found}`, but not the tag \"{tag}\"");
        let help =
            format!("add the tag, so that a listener can avoid it: tags = [{}]", tags.collect::<Vec<_>>().join(", "));
        findings.warning(Code::UntaggedWords, span, message, help);
    }
}
