//! Recognises section headers, including misspelled ones and those with the wrong brackets.

use super::key::is_bare_key;
use super::syntax_error::{SyntaxError, is_valid_toml};
use crate::manifest::codes::Code;
use crate::manifest::findings::excerpt;
use crate::manifest::keys::{ARRAY_HEADERS, INSTEAD_HEADERS, TABLE_HEADERS};
use crate::manifest::span::Span;
use crate::manifest::suggest;

/// The section that a key is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// Above all headers.
    TopLevel,
    /// A segment or a part of one.
    Segment,
    /// `[levels]`, `[bed]` or a custom bell.
    Other,
    /// Below an unknown or repeated header. Its content is not read.
    Unknown,
}

/// A header as it was probably meant, with its error.
pub(super) struct SectionHeader {
    pub(super) name: String,
    pub(super) section: Section,
    /// Whether the header may occur several times.
    pub(super) is_array: bool,
    pub(super) error: Option<SyntaxError>,
}

/// Recognises the header at `span`.
pub(super) fn recognise(text: &str, span: Span) -> SectionHeader {
    let written = &text[span.clone()];
    if let Some(found) = recognise_with_rest_of_line(text, &span) {
        return found;
    }
    let opening = written.bytes().take_while(|byte| *byte == b'[').count();
    let closing = written.bytes().rev().take_while(|byte| *byte == b']').count();
    let inner = plain_name(written[opening..written.len() - closing.min(written.len() - opening)].trim());
    let Some(name) = intended_name(&inner) else { return unknown(written, &inner, span) };
    let is_segment_list = ARRAY_HEADERS.contains(&name.as_str());
    let is_array = is_segment_list || is_partials(&name);
    let correct = if is_array { format!("[[{name}]]") } else { format!("[{name}]") };
    let error = if name == inner {
        bracket_error(&name, (opening, closing), is_array, &correct, span.clone())
    } else {
        let message = format!("there is no section named `{}`", excerpt(&inner));
        Some(SyntaxError::new(Code::HeaderName, span.clone(), message, format!("did you mean {correct}?")))
    };
    let is_in_segment = is_segment_list || INSTEAD_HEADERS.contains(&name.as_str());
    let section = if is_in_segment { Section::Segment } else { Section::Other };
    SectionHeader { name, section, is_array, error: error.map(|error| error.with_intended(span, correct)) }
}

/// Returns a name without the quotes and spaces that TOML allows, as in `"segment" . part`. One that needs quotes stays as it is.
fn plain_name(inner: &str) -> String {
    let parts: Vec<_> = inner.split('.').map(|part| unquoted(part.trim())).collect();
    if parts.iter().all(|part| is_bare_key(part)) { parts.join(".") } else { inner.to_owned() }
}

fn unquoted(part: &str) -> &str {
    ['"', '\''].iter().find_map(|quote| part.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(part)
}

/// Returns an error if a header does not have the right number of brackets.
fn bracket_error(
    name: &str,
    brackets: (usize, usize),
    is_array: bool,
    correct: &str,
    span: Span,
) -> Option<SyntaxError> {
    if brackets == if is_array { (2, 2) } else { (1, 1) } {
        return None;
    }
    if is_array && brackets == (1, 1) {
        let message = format!("`{name}` needs two brackets on each side");
        let help = format!("write {correct}, because there can be several");
        return Some(SyntaxError::new(Code::SingleBrackets, span, message, help));
    }
    let message = "this header has the wrong number of brackets";
    Some(SyntaxError::new(Code::HeaderBrackets, span, message, format!("write {correct}")))
}

/// Returns whether a header is that of a bell's partials.
fn is_partials(name: &str) -> bool {
    let within = name.strip_prefix("bell.").and_then(|rest| rest.rsplit_once('.'));
    within.is_some_and(|(_, key)| key == "partials")
}

/// Recognises a correct header followed by something else on its line, such as `[[segment]] say = "…"`.
fn recognise_with_rest_of_line(text: &str, span: &Span) -> Option<SectionHeader> {
    let written = &text[span.clone()];
    let closing = written.find(']')?;
    let end = closing + written[closing..].bytes().take_while(|byte| *byte == b']').count();
    let rest = written[end..].trim_start();
    if rest.is_empty() || rest.contains('[') && !rest.contains('=') {
        return None;
    }
    let header = recognise(text, span.start..span.start + end);
    if header.error.is_some() {
        return None;
    }
    let rest_span = span.start + written.len() - rest.len()..span.end;
    let message = "there is something after the header on its line";
    let error = SyntaxError::new(Code::HeaderBrackets, rest_span.clone(), message, "start a new line after the header");
    let replacement = if is_valid_toml(rest) { format!("\n{rest}") } else { String::new() };
    Some(SectionHeader { error: Some(error.with_intended(rest_span, replacement)), ..header })
}

/// Returns the name that was probably meant by a header.
fn intended_name(inner: &str) -> Option<String> {
    let known = ARRAY_HEADERS.iter().chain(TABLE_HEADERS).copied();
    if known.clone().any(|name| name == inner) || INSTEAD_HEADERS.contains(&inner) {
        return Some(inner.to_owned());
    }
    if let Some((first, name)) = inner.split_once('.')
        && suggest::nearest(first, ["bell"]).is_some()
        && is_valid_toml(&format!("[bell.{name}]"))
    {
        return Some(format!("bell.{name}"));
    }
    if ["part", "parts", "repeat.part", "repeat.parts"].contains(&inner) {
        return Some("segment.part".to_owned());
    }
    suggest::nearest(&inner.replace(' ', ""), known).map(str::to_owned)
}

fn unknown(written: &str, inner: &str, span: Span) -> SectionHeader {
    let error = if inner == "bell" || inner.is_empty() {
        let help = "use [[segment]] for a segment, [levels], [bed], or [bell.NAME] for a bell of your own";
        SyntaxError::new(Code::HeaderBrackets, span.clone(), "this header has no name", help)
    } else if !is_valid_toml(written) && inner.contains(['[', ']', '=', '"']) {
        let help = "write only the header on this line, such as [[segment]], and its keys on the lines below";
        SyntaxError::new(Code::HeaderBrackets, span.clone(), "this header can't be read", help)
    } else {
        let message = format!("there is no section named `{}`", excerpt(inner));
        let help = "use one of [[segment]], [[segment.part]], [[soften]], [[exit]], [[announce]], [levels], [bed] and [bell.NAME]";
        SyntaxError::new(Code::HeaderName, span.clone(), message, help)
    };
    let error = Some(error.with_placeholder(span, ""));
    SectionHeader { name: inner.to_owned(), section: Section::Unknown, is_array: false, error }
}
