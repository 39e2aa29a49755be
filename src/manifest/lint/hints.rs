//! Hints: places that should be reviewed, but are often fine. Only `check --hints` shows them.

use std::time::Duration;

use super::estimated_length;
use super::language::LintLanguage;
use super::phrases;
use super::position::span_of_words;
use crate::manifest::codes::Code;
use crate::manifest::duration;
use crate::manifest::findings::Findings;
use crate::manifest::session::{NarrationSpec, SegmentContent, SegmentSpec, Session, SilenceSpec, SpokenLine};
use crate::manifest::span::Located;

/// The time within which the first words should be heard.
const FIRST_WORDS: Duration = Duration::from_secs(12);
/// The maximum length of a silence next to pain, as a multiple of its natural length.
const PAIN_FACTOR: u32 = 2;
/// The tag of lines about pain.
const PAIN: &str = "pain";

/// Adds the hints about one session.
pub(crate) fn check_session(session: &Session, findings: &mut Findings) {
    let language = LintLanguage::of(&session.language);
    if let Some(language) = language {
        session.all_segments().for_each(|segment| check_segment(segment, language, findings));
        for segments in [&session.segments, &session.soften, &session.exit] {
            check_references(segments, language, findings);
        }
    }
    for segments in [&session.segments, &session.soften, &session.exit] {
        check_pain(segments, findings);
    }
    check_first_words(session, findings);
}

fn has_tag(narration: &NarrationSpec, tag: &str) -> bool {
    narration.tags.iter().any(|own| own.eq_ignore_ascii_case(tag))
}

/// Hints at words about a topic that listeners may want to avoid, in a line or a title without that tag.
fn check_segment(segment: &SegmentSpec, language: &LintLanguage, findings: &mut Findings) {
    let SegmentContent::Narration(narration) = &segment.content else {
        return check_title(segment, None, language, findings);
    };
    check_title(segment, Some(narration), language, findings);
    if let Some(words) = narration.line.words() {
        let warned: Vec<_> = language.tags_of(&words.value).into_iter().map(|(tag, _)| tag).collect();
        for (tag, found) in language.topics_of(&words.value) {
            if !has_tag(narration, tag) && !warned.contains(&tag) {
                let message = format!("the line contains `{found}`, but not the tag \"{tag}\"");
                let help = format!("add the tag if a listener may want to avoid this: tags = [\"{tag}\"]");
                findings.hint(Code::Untagged, span_of_words(findings.text(), &words.span, found), message, help);
            }
        }
    }
    if let Some(words) = narration.instead.as_ref().and_then(SpokenLine::words) {
        for (tag, found) in language.topics_of(&words.value).into_iter().filter(|(tag, _)| has_tag(narration, tag)) {
            let message = format!("listeners who avoid \"{tag}\" hear `{found}` here");
            let help = "offer something else instead, such as a sound or a thing in the room";
            findings.hint(Code::Untagged, span_of_words(findings.text(), &words.span, found), message, help);
        }
    }
}

fn check_title(
    segment: &SegmentSpec,
    narration: Option<&NarrationSpec>,
    language: &LintLanguage,
    findings: &mut Findings,
) {
    let Some(title) = &segment.chapter else { return };
    for (tag, found) in language.topics_of(title) {
        if !narration.is_some_and(|narration| has_tag(narration, tag) && narration.instead_chapter.is_some()) {
            let message = format!("listeners who avoid \"{tag}\" see `{found}` in the title of this chapter");
            let help = format!("choose another title, or give the line the tag \"{tag}\" and its `instead` a chapter");
            findings.hint(Code::Untagged, segment.span.clone(), message, help);
        }
    }
}

/// Hints at a line that refers to the previous line, which some listeners don't hear.
fn check_references(segments: &[SegmentSpec], language: &LintLanguage, findings: &mut Findings) {
    let narrations =
        segments.iter().flat_map(SegmentSpec::parts_or_self).filter_map(|segment| match &segment.content {
            SegmentContent::Narration(narration) => Some(narration),
            _ => None,
        });
    let narrations: Vec<_> = narrations.collect();
    for pair in narrations.windows(2) {
        let (avoided, next) = (pair[0], pair[1]);
        let Some(tag) = avoided.tags.iter().find(|tag| !has_tag(next, tag)) else { continue };
        let Some(Located { value, span }) = next.line.words() else { continue };
        if let Some(found) = phrases::find_first(value, language.references) {
            let message =
                format!("`{found}` may refer to the line before, which listeners who avoid \"{tag}\" don't hear");
            let help = "name what is meant, or give this line the same tag";
            findings.hint(Code::RefersToAvoided, span_of_words(findings.text(), span, found), message, help);
        }
    }
}

/// Hints at silences next to a line about pain that can become much longer.
fn check_pain(segments: &[SegmentSpec], findings: &mut Findings) {
    let parts: Vec<_> = segments.iter().flat_map(SegmentSpec::parts_or_self).collect();
    let is_painful = |segment: Option<&&SegmentSpec>| matches!(segment.map(|segment| &segment.content), Some(SegmentContent::Narration(one)) if has_tag(one, PAIN));
    for (index, segment) in parts.iter().enumerate() {
        let SegmentContent::Silence(silence) = &segment.content else { continue };
        let is_beside = is_painful(parts.get(index + 1)) || index > 0 && is_painful(parts.get(index - 1));
        if is_beside && grows_far(silence) {
            let most = duration::format(silence.natural * PAIN_FACTOR);
            let message =
                format!("this silence next to a line about pain can become {} long", duration::format(silence.most));
            let help = format!("limit it to twice its natural length: most = \"{most}\"");
            findings.hint(Code::PainSilence, segment.span.clone(), message, help);
        }
    }
}

fn grows_far(silence: &SilenceSpec) -> bool {
    !silence.is_open && silence.most > silence.natural * PAIN_FACTOR
}

/// Hints at a session whose first words are late, because a listener who hears nothing thinks that it is broken.
fn check_first_words(session: &Session, findings: &mut Findings) {
    let mut elapsed = session.settle;
    for segment in super::with_repetitions(&session.segments) {
        let has_words = match &segment.content {
            SegmentContent::Narration(_) => true,
            SegmentContent::Silence(silence) => silence.is_announced,
            _ => false,
        };
        if has_words && elapsed > FIRST_WORDS {
            let message = format!("the first words are heard after {}", duration::format(elapsed));
            let help =
                "begin with a line, or with one strike and a short hold, so that listeners know that the session works";
            findings.hint(Code::LateWords, segment.span.clone(), message, help);
        }
        if has_words {
            return;
        }
        elapsed += estimated_length(segment);
    }
}
