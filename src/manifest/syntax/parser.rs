//! TOML itself: the parser's complaints, in words for people who do not write TOML every day.

use toml::Spanned;
use toml::de::DeTable;

use super::scanner;
use crate::manifest::codes::Code;
use crate::manifest::findings::Findings;

/// How deep brackets may nest. The parser itself recurses, so this is looked at before it runs.
const DEEPEST: usize = 32;

const HELP: &str = "each line is a key and its value, as in silence = \"40s\", or a header such as [[segment]]";

/// More complaints than this help nobody.
const MOST_COMPLAINTS: usize = 50;

/// Whether the text can be looked at further; what it can't be is among the findings.
pub(crate) fn is_readable(findings: &mut Findings) -> bool {
    let text = findings.text();
    if let Some(at) = text.find('\0') {
        let message = "the manifest holds a NUL character";
        findings.error(Code::NotUtf8, at..at + 1, message, "save it as plain text in UTF-8");
        return false;
    }
    if let Some(at) = too_deep(text) {
        let message = format!("brackets nest more than {DEEPEST} deep");
        findings.error(Code::TooMuch, at..at + 1, message, "a manifest needs no more than three");
        return false;
    }
    if let Some(at) = deep_key(text) {
        let message = format!("a name has more than {DEEPEST} points in it");
        findings.error(Code::TooMuch, at..at + 1, message, "a key is one plain word before the =");
        return false;
    }
    true
}

/// The first line with a key or a header that nests too deeply by its points.
fn deep_key(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split('\n') {
        let named = line.split(['=', '"', '\'', '#']).next().unwrap_or_default();
        let deep = named.bytes().filter(|byte| *byte == b'.').nth(DEEPEST).is_some();
        if deep && (scanner::is_pair(line) || scanner::is_header(line)) {
            return Some(at);
        }
        at += line.len() + 1;
    }
    None
}

/// The document, as far as it could be read, once its slips are mended; what could not is among the findings.
pub(crate) fn parse<'text>(text: &'text str, findings: &mut Findings) -> Spanned<DeTable<'text>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(MOST_COMPLAINTS) {
        let span = error.span().unwrap_or(0..0);
        findings.error(Code::TomlSyntax, span, plain(error.message()), HELP);
    }
    document
}

/// What the parser says, in a layman's words.
fn plain(message: &str) -> &'static str {
    if message.contains("duplicate") {
        "this stands in the manifest already"
    } else if message.contains("dotted") || message.contains("extend") {
        "this key is taken by something else"
    } else if message.contains("quote") || message.contains("string") {
        "a quote is missing here, or there is one too many"
    } else if message.contains("comment") || message.contains("carriage") {
        "there is an invisible character here that can't stand in a manifest"
    } else {
        "this can't be read"
    }
}

/// The first bracket that nests too deeply, strings and comments counted in, so that nothing hides one.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Some(at);
        }
    }
    None
}
