//! The key of a statement, and examples of its value.

use crate::manifest::keys::{SEGMENT, TOP_LEVEL_ONLY};
use crate::manifest::syntax::scanner::{Statement, TokenKind};

/// Returns the key of a statement as written, or `None` for a header or a line without a key and `=`.
pub(super) fn key_of<'text>(text: &'text str, statement: &Statement) -> Option<&'text str> {
    match statement.tokens.as_slice() {
        [key, equals, ..] if key.kind == TokenKind::Bare && equals.kind == TokenKind::Equals => {
            Some(&text[key.span.clone()])
        }
        _ => None,
    }
}

/// Returns whether a key is valid without quotes and dots.
pub(super) fn is_bare_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// Returns whether a word is a key of the session or of a segment.
pub(super) fn is_known_key(word: &str) -> bool {
    TOP_LEVEL_ONLY.contains(&word) || SEGMENT.contains(&word)
}

/// Returns a key with an example of its value, for messages.
pub(super) fn example(key: &str) -> String {
    let value = match key {
        "format" => "1",
        "title" => "\"Evening\"",
        "language" => "\"en\"",
        "settle" | "every" | "hold" | "silence" | "natural" | "least" | "most" | "upto" | "lasts" | "vary" => "\"40s\"",
        "bell" => "\"bowl\"",
        "strikes" | "repeat" => "3",
        "voice" => "\"heart\"",
        "gain" | "level" | "bed" => "-3",
        "clip" => "\"hand.ogg\"",
        "id" => "\"left-hand\"",
        "tags" => "[\"touch\"]",
        "allow" => "[\"long-silence\"]",
        "announce" => "true",
        "instead" => "{ say = \"…\" }",
        _ => "\"…\"",
    };
    format!("{key} = {value}")
}
