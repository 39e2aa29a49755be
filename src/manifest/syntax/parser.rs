//! Parses TOML, and rephrases the parser's errors for authors who rarely write TOML.

use toml::Spanned;
use toml::de::DeTable;

use super::scanner;
use crate::manifest::codes::Code;
use crate::manifest::findings::Findings;

/// The maximum nesting of brackets. The parser is recursive, so this is checked before it runs.
const MAX_DEPTH: usize = 32;
/// The maximum number of parser errors that are reported.
const MAX_ERRORS: usize = 50;

const HELP: &str = "write a key with its value, such as silence = \"40s\", or a header such as [[segment]]";

/// Returns whether the text can be parsed safely. If not, the reason is reported.
pub(crate) fn check_limits(findings: &mut Findings) -> bool {
    let text = findings.text();
    if let Some(at) = text.find('\0') {
        let message = "the text contains a NUL character";
        findings.error(Code::NotUtf8, at..at + 1, message, "save it as plain text in UTF-8");
        return false;
    }
    if let Some(at) = find_deep_bracket(text) {
        let message = format!("brackets are nested more than {MAX_DEPTH} deep");
        findings.error(Code::TooMuch, at..at + 1, message, "use at most three levels of brackets");
        return false;
    }
    if let Some(at) = find_deep_key(text) {
        let message = format!("this key has more than {MAX_DEPTH} dots");
        findings.error(Code::TooMuch, at..at + 1, message, "use one plain word before the =");
        return false;
    }
    true
}

/// Returns the position of the first bracket that is nested too deeply. Strings and comments are included, so that they can't hide one.
fn find_deep_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(at);
        }
    }
    None
}

/// Returns the start of the first line whose key or header has too many dots.
fn find_deep_key(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split('\n') {
        let name = line.split(['=', '"', '\'', '#']).next().unwrap_or_default();
        let is_deep = name.bytes().filter(|byte| *byte == b'.').nth(MAX_DEPTH).is_some();
        if is_deep && (scanner::is_key_value(line) || scanner::is_header(line)) {
            return Some(at);
        }
        at += line.len() + 1;
    }
    None
}

/// Parses the corrected text as far as possible, and reports the remaining errors.
pub(crate) fn parse<'text>(text: &'text str, findings: &mut Findings) -> Spanned<DeTable<'text>> {
    parse_with_help(text, findings, HELP)
}

/// As [`parse`], with a help for errors that the parser does not explain.
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
        "there is an invisible character here that can't be in such a file"
    } else {
        "this can't be read"
    }
}
