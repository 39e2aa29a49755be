//! What a listener might be harmed or left alone by, as far as the text shows it. Warnings, all of them.

mod language;
mod phrases;
pub mod recordings;

use std::time::Duration;

use super::codes::Code;
use super::findings::Findings;
use super::session::{IntervalBell, SegmentContent, SegmentSpec, Session, SpokenLine};
use super::span::Span;
use language::Language;

/// A silence longer than this wants a bell or an announcement.
const LONG_SILENCE: Duration = Duration::from_secs(90);
/// So much of a silence remains after the last bell within it.
const AFTER_BELL: Duration = Duration::from_secs(10);
/// Within this time a listener hears that one may stop.
const EARLY: Duration = Duration::from_mins(2);
/// About how long a spoken word lasts.
const WORD: Duration = Duration::from_millis(460);
/// So many repetitions of a repeat are walked through: longer ones are past the beginning anyway.
const WALKED: u32 = 8;

/// Looks at a session. Where segments are lost, because they could not be read, nothing is said that they may contradict.
pub(super) fn look(session: &Session, lost: &[usize], findings: &mut Findings) {
    let language = Language::of(&session.language);
    let lost = Lost(lost);
    silences(session, &lost, language, findings);
    way_back(session, &lost, findings);
    if let Some(language) = language {
        freedom(session, &lost, language, findings);
        for (line, segment) in session.lines() {
            pressing(line, language, findings);
            untagged(line, segment, language, findings);
        }
    }
}

/// Where in the text segments stand that could not be read.
struct Lost<'places>(&'places [usize]);

impl Lost<'_> {
    fn any(&self, within: std::ops::Range<usize>) -> bool {
        self.0.iter().any(|at| within.contains(at))
    }
}

/// Silences that are long, and neither announced nor rung in.
fn silences(session: &Session, lost: &Lost, language: Option<&Language>, findings: &mut Findings) {
    for programme in [&session.segments, &session.soften, &session.exit] {
        let mut announced = false;
        let mut spoken = 0;
        for segment in programme.iter().flat_map(SegmentSpec::parts_or_self) {
            let at = findings.original_start(&segment.span);
            match &segment.content {
                SegmentContent::Narration(narration) => {
                    announced = announces(&narration.line, language);
                    spoken = at;
                }
                SegmentContent::Silence(silence) => {
                    let rings = |interval: &IntervalBell| interval.every + AFTER_BELL <= silence.natural;
                    let long = silence.natural > LONG_SILENCE && !silence.interval.as_ref().is_some_and(rings);
                    if long && !announced && !lost.any(spoken..at) {
                        let message =
                            "this silence is longer than 90 seconds, and nothing announces it or sounds within it";
                        let help =
                            "say before it about how long it is, or ring in it: bell = \"inkin\" and every = \"1m\"";
                        findings.warning(Code::LongSilence, segment.span.clone(), message, help);
                    }
                    announced &= silence.natural < LONG_SILENCE;
                }
                SegmentContent::Bell(_) | SegmentContent::Repeat { .. } => {}
            }
        }
    }
}

/// Whether a line tells that a time of silence follows. Of a language that nobody here speaks, and of a clip without words, that is assumed.
fn announces(line: &SpokenLine, language: Option<&Language>) -> bool {
    match (line.words(), language) {
        (Some(words), Some(language)) => phrases::contains(&words.value, language.times),
        _ => true,
    }
}

fn way_back(session: &Session, lost: &Lost, findings: &mut Findings) {
    let Some(last) = session.segments.iter().flat_map(SegmentSpec::parts_or_self).last() else { return };
    if matches!(last.content, SegmentContent::Silence(_)) && !lost.any(findings.original_start(&last.span)..usize::MAX)
    {
        let help = "end with a bell or a line that leads back, as in [[segment]] and below it bell = \"bowl\"";
        let message = "the session ends in silence, without a bell or a line that leads back";
        findings.warning(Code::NoWayBack, last.span.clone(), message, help);
    }
}

/// Whether the listener hears early that one may pause or stop. A session without a word presses nobody.
fn freedom(session: &Session, lost: &Lost, language: &Language, findings: &mut Findings) {
    let mut at = session.settle;
    let mut first: Option<Span> = None;
    let mut until = usize::MAX;
    for segment in beginning(&session.segments) {
        if let SegmentContent::Narration(narration) = &segment.content {
            let Some(words) = narration.line.words() else { return };
            if phrases::contains(&words.value, language.stops) {
                return;
            }
            first.get_or_insert_with(|| words.span.clone());
        }
        at += length(segment);
        if at >= EARLY {
            until = findings.original_start(&segment.span);
            break;
        }
    }
    if session.lines().next().is_none() || lost.any(0..until) {
        return;
    }
    let span = first.or_else(|| session.segments.first().map(|segment| segment.span.clone())).unwrap_or(0..0);
    let message = "the first two minutes never say that one may pause or stop";
    let help = "add a sentence such as \"You may pause or stop at any time.\"";
    findings.warning(Code::NoWayToStop, span, message, help);
}

/// The segments in the order in which they come, repeats walked through as far as that matters.
fn beginning(segments: &[SegmentSpec]) -> impl Iterator<Item = &SegmentSpec> {
    segments.iter().flat_map(|segment| {
        let times = if let SegmentContent::Repeat { times, .. } = segment.content { times.min(WALKED) } else { 1 };
        (0..times).flat_map(|_| segment.parts_or_self())
    })
}

/// About how long a segment lasts.
fn length(segment: &SegmentSpec) -> Duration {
    match &segment.content {
        SegmentContent::Bell(strikes) => strikes.duration(),
        SegmentContent::Silence(silence) => silence.natural,
        SegmentContent::Narration(narration) => {
            let words = narration.line.words().map_or(0, |words| words.value.split_whitespace().count());
            WORD * u32::try_from(words).unwrap_or(u32::MAX).min(100_000)
        }
        SegmentContent::Repeat { .. } => Duration::ZERO,
    }
}

fn pressing(line: &SpokenLine, language: &Language, findings: &mut Findings) {
    let Some(words) = line.words() else { return };
    for phrase in language.presses {
        if let Some(found) = phrases::pressing(&words.value, phrase, language) {
            let span = within(findings.text(), &words.span, found);
            let message = format!("`{found}` presses the listener");
            let help = "invite instead, as in \"you might\" or \"if it feels all right\"";
            findings.warning(Code::PressingWords, span, message, help);
        }
    }
}

fn untagged(line: &SpokenLine, segment: &SegmentSpec, language: &Language, findings: &mut Findings) {
    let SegmentContent::Narration(narration) = &segment.content else { return };
    let Some(words) = line.words() else { return };
    // What is said instead is heard by those who avoid one of the tags, not by those who avoid all else.
    if narration.instead.as_ref().is_some_and(|instead| std::ptr::eq(instead, line)) {
        return;
    }
    for (tag, found) in language.tags_of(&words.value) {
        let given = narration.tags.iter().any(|given| given.eq_ignore_ascii_case(tag));
        if given || findings.has_error_on_key("tags", findings.original_start(&segment.span)) {
            continue;
        }
        let span = within(findings.text(), &words.span, found);
        let mut tags: Vec<_> = narration.tags.iter().map(|tag| format!("\"{tag}\"")).collect();
        tags.push(format!("\"{tag}\""));
        let help = format!("so that a listener can avoid it, write tags = [{}]", tags.join(", "));
        findings.warning(Code::UntaggedWords, span, format!("`{found}` is said here without the tag \"{tag}\""), help);
    }
}

/// Where a phrase stands in the source of a text, or else the text.
fn within(source: &str, text: &Span, phrase: &str) -> Span {
    let found = source.get(text.clone()).and_then(|source| source.find(phrase));
    found.map_or(text.clone(), |at| text.start + at..text.start + at + phrase.len())
}
