//! The classic slips of people who do not write TOML every day, each named as such, and mended in a copy so that the rest can be read.

mod header;
mod newer_toml;
mod order;
mod pair;
mod value;

use std::borrow::Cow;

use toml::de::DeTable;

use super::scanner::{self, Statement};
use crate::manifest::codes::Code;
use crate::manifest::findings::Findings;
use crate::manifest::source_map::SourceMap;
use crate::manifest::span::Span;
use crate::manifest::syntax::edits::TextEdits;

/// More complaints than this help nobody.
const MOST: usize = 200;

/// One slip: what is said of it, and how the copy is mended.
#[derive(Debug)]
struct Slip {
    code: Code,
    span: Span,
    message: String,
    help: String,
    mending: Vec<Mending>,
}

/// How a copy is mended.
#[derive(Debug)]
enum Mending {
    /// As the writer meant it: what stands there is still looked at.
    Meant(Span, String),
    /// Only so that the parser goes on: nothing more is said of it.
    Stub(Span, String),
}

impl Slip {
    fn new(code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), help: help.into(), mending: Vec::new() }
    }

    fn meant(mut self, span: Span, put: impl Into<String>) -> Self {
        self.mending.push(Mending::Meant(span, put.into()));
        self
    }

    fn stub(mut self, span: Span, put: impl Into<String>) -> Self {
        self.mending.push(Mending::Stub(span, put.into()));
        self
    }

    /// What the mended statement says.
    fn mended(&self, text: &str, statement: &Statement) -> String {
        let mut edits = TextEdits::default();
        for mending in &self.mending {
            let (Mending::Meant(span, put) | Mending::Stub(span, put)) = mending;
            let start = statement.span.start;
            edits.replace(span.start.max(start) - start..span.end.max(start) - start, put.clone());
        }
        edits.apply(&text[statement.span.clone()]).0.into_owned()
    }

    fn tell(self, findings: &mut Findings, edits: &mut TextEdits) {
        findings.error(self.code, self.span, self.message, self.help);
        for mending in self.mending {
            match mending {
                Mending::Meant(span, put) => edits.replace(span, put),
                Mending::Stub(span, put) => edits.replace_reported(span, put),
            }
        }
    }
}

/// Reports every slip, also those in a text that is `whole`, as TOML goes. The text comes back mended, with the way back to the
/// places in the original; borrowed where there was nothing to mend.
pub(crate) fn mend<'text>(findings: &mut Findings<'text>, whole: bool) -> (Cow<'text, str>, SourceMap) {
    let text = findings.text();
    let mut edits = TextEdits::default();
    let mut order = order::Order::default();
    let statements = scanner::statements(text, whole);
    let mut told = 0;
    for (index, statement) in statements.iter().enumerate() {
        if told > MOST {
            edits.replace_reported(statement.span.clone(), "");
            continue;
        }
        let before = findings.len();
        if !order.skips(text, statement, &mut edits) {
            let sound = whole || is_sound(&text[statement.span.clone()]);
            let slips = if sound { newer_toml::slips(text, statement) } else { faults(text, statement) };
            let lost = slips.iter().any(|slip| matches!(slip.code, Code::MissingEquals | Code::BadKey));
            if lost {
                findings.add_unreadable_line(order.header_start());
            }
            for slip in slips {
                slip.tell(findings, &mut edits);
            }
            if statement.header {
                order.header(text, statement, findings, &mut edits);
            } else if !lost || pair::key(text, statement).is_some() {
                order.pair(text, &statements[index..], findings, &mut edits);
            }
        }
        told += findings.len() - before;
    }
    edits.apply(text)
}

/// Spaces outside of texts that are none to the parser, if they are all that is wrong.
fn odd_spaces(text: &str, statement: &Statement) -> Option<Slip> {
    let bare = statement.tokens.iter().filter(|token| token.form == scanner::Form::Bare);
    let odd = |token: &scanner::Token| {
        let start = token.span.start;
        let spaces = text[token.span.clone()].char_indices().filter(|(_, c)| is_odd_space(*c));
        spaces.map(|(at, c)| start + at..start + at + c.len_utf8()).collect::<Vec<_>>()
    };
    let spans: Vec<_> = bare.flat_map(odd).collect();
    let help = "type this space anew; it came from a web page or a word processor";
    let slip = Slip::new(Code::OddSpace, spans.first()?.clone(), "this is a space of another kind", help);
    let slip = spans.into_iter().fold(slip, |slip, span| slip.meant(span, " "));
    is_sound(&slip.mended(text, statement)).then_some(slip)
}

/// What looks like a space, or like nothing at all.
fn is_odd_space(c: char) -> bool {
    c.is_whitespace() && !c.is_ascii() || matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

/// Whether a statement alone is TOML.
fn is_sound(statement: &str) -> bool {
    DeTable::parse(statement).is_ok()
}

/// Why a statement is not TOML. Headers are looked at with their order.
fn faults(text: &str, statement: &Statement) -> Vec<Slip> {
    if statement.header {
        return Vec::new();
    }
    if let Some(slip) = odd_spaces(text, statement) {
        return vec![slip];
    }
    let slip = pair::fault(text, statement);
    if is_sound(&slip.mended(text, statement)) {
        return vec![slip];
    }
    let Slip { code, span, message, help, .. } = slip;
    vec![Slip::new(code, span, message, help).stub(statement.span.clone(), pair::stub(text, statement))]
}
