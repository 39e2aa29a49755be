//! Parses TOML, and rephrases the parser's errors for authors who rarely write TOML.

use toml::Spanned;
use toml::de::DeTable;

use super::scanner::{self, Statement, TokenKind};
use crate::manifest::codes::Code;
use crate::manifest::findings::Findings;
use crate::manifest::span::Span;

/// The maximum depth of nested brackets, and of dots in a key. The TOML parser has its own recursion limit, but its message does not
/// explain the problem.
const MAX_DEPTH: usize = 32;
/// The maximum number of parser errors that are reported.
const MAX_ERRORS: usize = 50;

const HELP: &str = "write a key with its value, such as silence = \"40s\", or a header such as [[segment]]";

/// Returns whether the text is within the limits of the reader. If not, the reason is reported.
pub(in crate::manifest) fn check_limits(findings: &mut Findings, statements: &[Statement]) -> bool {
    let text = findings.text();
    if let Some(at) = text.find('\0') {
        let message = "the text contains a NUL character";
        findings.error(Code::NotUtf8, at..at + 1, message, "save it as plain text in UTF-8");
        return false;
    }
    if let Some(bracket) = statements.iter().find_map(find_deep_bracket) {
        let message = format!("brackets are nested more than {MAX_DEPTH} deep");
        findings.error(Code::TooMuch, bracket, message, "three levels of brackets are always enough");
        return false;
    }
    if let Some(deep) = statements.iter().find(|statement| has_deep_key(text, statement)) {
        let message = format!("this key has more than {MAX_DEPTH} dots");
        let start = deep.span.start;
        findings.error(Code::TooMuch, start..start + 1, message, "use one plain word before the =");
        return false;
    }
    true
}

/// Returns the first bracket of a statement that is nested too deeply. Those in strings and comments don't count.
fn find_deep_bracket(statement: &Statement) -> Option<Span> {
    let mut depth = 0_usize;
    let deep = statement.tokens.iter().find(|token| {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    });
    deep.map(|token| token.span.clone())
}

/// Returns whether the key or header of a statement has too many dots.
fn has_deep_key(text: &str, statement: &Statement) -> bool {
    let text = &text[statement.span.clone()];
    let key = text.split(['=', '"', '\'', '#']).next().unwrap_or_default();
    let is_deep = key.bytes().filter(|byte| *byte == b'.').nth(MAX_DEPTH).is_some();
    is_deep && (statement.is_header || scanner::is_key_value(text))
}

/// Parses the text that `recovery` has repaired as far as possible, and reports the remaining errors.
pub(crate) fn parse<'text>(text: &'text str, findings: &mut Findings) -> Spanned<DeTable<'text>> {
    parse_with_help(text, findings, HELP)
}

/// Like [`parse`], with another help text.
pub(crate) fn parse_with_help<'text>(text: &'text str, findings: &mut Findings, help: &str) -> Spanned<DeTable<'text>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(MAX_ERRORS) {
        let span = error.span().unwrap_or(0..0);
        findings.error(Code::TomlSyntax, span, rephrase(error.message()), help);
    }
    document
}

/// Returns a plain message for a parser error.
fn rephrase(message: &str) -> &'static str {
    if message.contains("duplicate") {
        "this is already defined"
    } else if message.contains("dotted") || message.contains("extend") {
        "this key is already used for something else"
    } else if message.contains("quote") || message.contains("string") {
        "a quote is missing here, or there is one too many"
    } else if message.contains("comment") || message.contains("carriage") {
        "there is an invisible character here that isn't allowed; delete it"
    } else {
        "this can't be read"
    }
}
