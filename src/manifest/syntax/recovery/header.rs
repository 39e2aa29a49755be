//! What a header was meant to be.

use super::Slip;
use crate::manifest::codes::Code;
use crate::manifest::keys::{INSTEADS, LISTS, SINGLES};
use crate::manifest::span::Span;
use crate::manifest::suggest;
use crate::manifest::table::visible;

/// A section that keys stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// Above all headers.
    Top,
    /// A segment, or a part of one.
    Segment,
    /// `[levels]`, `[bed]` or a bell.
    Other,
    /// One that nobody can tell; what stands in it is not looked at.
    Lost,
}

/// A header, as it should be: its name, its section, and what was wrong with it.
pub(super) struct Header {
    pub(super) name: String,
    pub(super) section: Section,
    /// Whether it may come again.
    pub(super) several: bool,
    pub(super) slip: Option<Slip>,
}

/// Reads a header, which stands at `span`.
pub(super) fn read(text: &str, span: Span) -> Header {
    let written = &text[span.clone()];
    if let Some(found) = with_more(text, &span) {
        return found;
    }
    let opening = written.bytes().take_while(|byte| *byte == b'[').count();
    let closing = written.bytes().rev().take_while(|byte| *byte == b']').count();
    let inner = written[opening..written.len() - closing.min(written.len() - opening)].trim();
    let brackets = (opening, closing);
    let Some(name) = meant(inner) else { return unknown(written, inner, span) };
    let of_segments = LISTS.contains(&name.as_str());
    let list = of_segments || is_partials(&name);
    let wanted = if list { format!("[[{name}]]") } else { format!("[{name}]") };
    let section = if of_segments || INSTEADS.contains(&name.as_str()) { Section::Segment } else { Section::Other };
    let right = if list { (2, 2) } else { (1, 1) };
    let slip = if name != inner {
        let message = format!("there is no section named `{}`", visible(inner));
        Some(Slip::new(Code::HeaderName, span.clone(), message, format!("did you mean {wanted}?")))
    } else if brackets == right {
        None
    } else if list && brackets == (1, 1) {
        let help = format!("write {wanted}: there can be several, and each begins so");
        let message = format!("`{name}` needs two brackets on either side");
        Some(Slip::new(Code::SingleBrackets, span.clone(), message, help))
    } else {
        let message = "the brackets of this header do not fit";
        Some(Slip::new(Code::HeaderBrackets, span.clone(), message, format!("write {wanted}")))
    };
    Header { name, section, several: list, slip: slip.map(|slip| slip.meant(span, wanted)) }
}

/// Whether a header is of the partials of a bell, whatever the bell's name.
fn is_partials(name: &str) -> bool {
    let within = name.strip_prefix("bell.").and_then(|rest| rest.rsplit_once('.'));
    within.is_some_and(|(_, key)| key == "partials")
}

/// A header with something behind it on its line: `[[segment]] say = "…"`.
fn with_more(text: &str, span: &Span) -> Option<Header> {
    let written = &text[span.clone()];
    let end = written.find(']')? + written[written.find(']')?..].bytes().take_while(|byte| *byte == b']').count();
    let more = written[end..].trim_start();
    if more.is_empty() || more.contains('[') && !more.contains('=') {
        return None;
    }
    let header = read(text, span.start..span.start + end);
    if header.slip.is_some() {
        return None;
    }
    let at = span.start + written.len() - more.len();
    let help = "a header stands alone on its line; begin a new line for what follows";
    let slip = Slip::new(Code::HeaderBrackets, at..span.end, "something follows the header on its line", help);
    let put = if super::is_sound(more) { format!("\n{more}") } else { String::new() };
    Some(Header { slip: Some(slip.meant(at..span.end, put)), ..header })
}

/// The name that a header was meant to have.
fn meant(inner: &str) -> Option<String> {
    let known = LISTS.iter().chain(SINGLES).copied();
    if known.clone().any(|name| name == inner) || INSTEADS.contains(&inner) {
        return Some(inner.to_owned());
    }
    if let Some((first, own)) = inner.split_once('.')
        && suggest::nearest(first, ["bell"]).is_some()
        && super::is_sound(&format!("[bell.{own}]"))
    {
        return Some(format!("bell.{own}"));
    }
    if ["part", "parts", "repeat.part", "repeat.parts"].contains(&inner) {
        return Some("segment.part".to_owned());
    }
    suggest::nearest(&inner.replace(' ', ""), known).map(str::to_owned)
}

fn unknown(written: &str, inner: &str, span: Span) -> Header {
    let name = inner.to_owned();
    if super::is_sound(written) && !["bell"].contains(&inner) {
        let slip = Some(no_section(inner, span.clone()).stub(span, ""));
        return Header { name, section: Section::Lost, several: false, slip };
    }
    let slip = if inner.is_empty() || inner == "bell" {
        let help = "write [[segment]] for a segment, [levels], [bed], or [bell.NAME] for a bell of your own";
        Slip::new(Code::HeaderBrackets, span.clone(), "this header names nothing", help)
    } else if inner.contains(['[', ']', '=', '"']) {
        let help = "a header stands alone on its line, as in [[segment]]; its keys follow on lines of their own";
        Slip::new(Code::HeaderBrackets, span.clone(), "this header can't be read", help)
    } else {
        no_section(inner, span.clone())
    };
    Header { name, section: Section::Lost, several: false, slip: Some(slip.stub(span, "")) }
}

fn no_section(inner: &str, span: Span) -> Slip {
    let message = format!("there is no section named `{}`", visible(inner));
    let help = "the sections are [[segment]], [[segment.part]], [[soften]], [[exit]], [levels], [bed] and [bell.NAME]";
    Slip::new(Code::HeaderName, span, message, help)
}
