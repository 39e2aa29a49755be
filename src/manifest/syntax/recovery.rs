//! Finds common syntax errors, reports each with its remedy, and corrects them in a copy of the text, so that the rest can be read.

mod header;
mod key;
mod key_value;
mod placement;
mod syntax_error;
mod toml_1_1;
mod value;

use std::borrow::Cow;

use self::placement::PlacementChecker;
use self::syntax_error::{SyntaxError, is_valid_toml};
use super::edits::TextEdits;
use super::scanner::{Statement, Token, TokenKind};
use crate::manifest::codes::Code;
use crate::manifest::findings::Findings;
use crate::manifest::source_map::SourceMap;

/// The maximum number of reported syntax errors. The text after them is left out of the corrected copy.
const MAX_ERRORS: usize = 200;

/// Reports all syntax errors, including those that a newer version of TOML accepts (`valid_toml`). Returns the corrected text and the map
/// back to the original; the text is borrowed if nothing was corrected.
pub(in crate::manifest) fn correct_syntax<'text>(
    findings: &mut Findings<'text>,
    statements: &[Statement],
    valid_toml: bool,
) -> (Cow<'text, str>, SourceMap) {
    let text = findings.text();
    let mut edits = TextEdits::default();
    let mut placement = PlacementChecker::default();
    let mut reported = 0;
    for (index, statement) in statements.iter().enumerate() {
        if reported > MAX_ERRORS {
            edits.replace_reported(statement.span.clone(), "");
            continue;
        }
        let before = findings.len();
        if placement.is_in_unknown_section(statement) {
            edits.replace_reported(statement.span.clone(), "");
        } else {
            let errors = find_errors(text, statement, valid_toml);
            let is_unreadable = errors.iter().any(|error| matches!(error.code, Code::MissingEquals | Code::BadKey));
            if is_unreadable {
                findings.add_unreadable_line(placement.header_start());
            }
            for error in errors {
                error.report(findings, &mut edits);
            }
            if statement.is_header {
                placement.check_header(text, statement, findings, &mut edits);
            } else if !is_unreadable || key::key_of(text, statement).is_some() {
                placement.check_key(text, &statements[index..], findings, &mut edits);
            }
        }
        reported += findings.len() - before;
    }
    edits.apply(text)
}

/// Like [`correct_syntax`], for a text in which all keys and headers are allowed anywhere.
pub(in crate::manifest) fn correct_statements<'text>(
    findings: &mut Findings<'text>,
    statements: &[Statement],
    valid_toml: bool,
) -> (Cow<'text, str>, SourceMap) {
    let text = findings.text();
    let mut edits = TextEdits::default();
    for statement in statements {
        if findings.len() > MAX_ERRORS {
            edits.replace_reported(statement.span.clone(), "");
            continue;
        }
        for error in find_errors(text, statement, valid_toml) {
            error.report(findings, &mut edits);
        }
    }
    edits.apply(text)
}

/// Returns the syntax errors within a statement. Headers are checked together with their placement.
fn find_errors(text: &str, statement: &Statement, valid_toml: bool) -> Vec<SyntaxError> {
    if valid_toml || is_valid_toml(&text[statement.span.clone()]) {
        return toml_1_1::find_errors(text, statement);
    }
    if statement.is_header {
        return Vec::new();
    }
    if let Some(error) = find_special_spaces(text, statement) {
        return vec![error];
    }
    let error = key_value::find_error(text, statement);
    if is_valid_toml(&error.corrected(text, statement)) {
        return vec![error];
    }
    let SyntaxError { code, span, message, help, .. } = error;
    let placeholder = key_value::placeholder(text, statement);
    vec![SyntaxError::new(code, span, message, help).with_placeholder(statement.span.clone(), placeholder)]
}

/// Returns an error for special space characters outside of strings, if they are the only error in the statement.
fn find_special_spaces(text: &str, statement: &Statement) -> Option<SyntaxError> {
    let bare = statement.tokens.iter().filter(|token| token.kind == TokenKind::Bare);
    let spaces_in = |token: &Token| {
        let start = token.span.start;
        let spaces = text[token.span.clone()].char_indices().filter(|(_, c)| is_special_space(*c));
        spaces.map(|(at, c)| start + at..start + at + c.len_utf8()).collect::<Vec<_>>()
    };
    let spans: Vec<_> = bare.flat_map(spaces_in).collect();
    let help = "replace it with a plain space; it was probably copied from a web page or a word processor";
    let error = SyntaxError::new(Code::OddSpace, spans.first()?.clone(), "this is not a plain space", help);
    let error = spans.into_iter().fold(error, |error, span| error.with_intended(span, " "));
    is_valid_toml(&error.corrected(text, statement)).then_some(error)
}

/// Returns whether a character looks like a space or is invisible, but is not a space in TOML.
fn is_special_space(c: char) -> bool {
    c.is_whitespace() && !c.is_ascii() || matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}
