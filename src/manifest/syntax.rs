//! TOML itself: the parser's complaints, in words for people who do not write TOML every day.

use toml::Spanned;
use toml::de::DeTable;

use super::codes::Code;
use super::findings::Findings;

/// How deep brackets may nest. The parser itself recurses, so this is looked at before it runs.
const DEEPEST: usize = 32;

/// More complaints than this help nobody.
const MOST_COMPLAINTS: usize = 50;

/// The document, as far as it could be read; what could not is among the findings.
pub(super) fn parse<'text>(findings: &mut Findings<'text>) -> Option<Spanned<DeTable<'text>>> {
    let text = findings.text();
    if let Some(at) = text.find('\0') {
        findings.error(
            Code::NotText,
            at..at + 1,
            "the manifest holds a NUL character",
            "save it as plain text in UTF-8",
        );
        return None;
    }
    if let Some(at) = too_deep(text) {
        let message = format!("brackets nest more than {DEEPEST} deep");
        findings.error(Code::TooMuch, at..at + 1, message, "a manifest needs no more than three");
        return None;
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(MOST_COMPLAINTS) {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().lines().next().unwrap_or("this is not TOML").to_owned();
        findings.error(Code::Syntax, span.clone(), message, remedy(text, span.start));
    }
    Some(document)
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

fn remedy(text: &str, at: usize) -> &'static str {
    let start = text[..floor(text, at)].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or("");
    if line.matches('"').count() % 2 == 1 {
        "a text begins and ends with a quote on the same line; a longer one is written between \"\"\" and \"\"\""
    } else if line.contains('=') {
        "a text stands in quotes, as in title = \"Evening\"; a number stands without"
    } else {
        "each line is a key and its value, as in silence = \"40s\", or a header such as [[segment]]"
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
