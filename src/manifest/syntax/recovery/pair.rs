//! Why a key with its value is not TOML.

use super::{Slip, value};
use crate::manifest::codes::Code;
use crate::manifest::keys::{SEGMENT, TOP_ONLY};
use crate::manifest::suggest;
use crate::manifest::syntax::scanner::{Form, Statement};
use crate::manifest::table::visible;

/// What stands in for a statement that can't be mended: its key, if it has one, and an empty text.
pub(super) fn stub(text: &str, statement: &Statement) -> String {
    match key(text, statement) {
        Some(key) if is_bare(key) => format!("{key} = \"\""),
        _ => String::new(),
    }
}

/// The key of a statement, as written.
pub(super) fn key<'text>(text: &'text str, statement: &Statement) -> Option<&'text str> {
    match statement.tokens.as_slice() {
        [key, equals, ..] if key.form == Form::Bare && equals.form == Form::Equals => Some(&text[key.span.clone()]),
        _ => None,
    }
}

pub(super) fn is_bare(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// What is the matter with a statement that is not TOML.
pub(super) fn fault(text: &str, statement: &Statement) -> Slip {
    let Some(equals) = statement.tokens.iter().position(|token| token.form == Form::Equals) else {
        return without_equals(text, statement);
    };
    let Some(key) = key(text, statement) else { return bad_key(text, statement, equals) };
    if !is_bare(key) && !key.contains('.') {
        return bad_key(text, statement, equals);
    }
    let tokens = &statement.tokens[equals + 1..];
    if tokens.is_empty() {
        let end = statement.span.end;
        let help = format!("write it after the sign, as in {}", example(key));
        return Slip::new(Code::MissingValue, statement.span.clone(), format!("`{key}` has no value"), help)
            .stub(end..end, " \"\"");
    }
    value::fault(text, key, tokens)
}

/// How a key is written, with a value that it may have.
pub(super) fn example(key: &str) -> String {
    let value = match key {
        "format" => "1",
        "title" => "\"Evening\"",
        "language" => "\"en\"",
        "settle" | "every" | "hold" | "silence" | "least" | "most" => "\"40s\"",
        "bell" => "\"bowl\"",
        "strikes" | "repeat" => "3",
        "gain" | "level" | "voice" | "bed" => "-3",
        "clip" => "\"hand.ogg\"",
        "id" => "\"left-hand\"",
        "tags" => "[\"touch\"]",
        "allow" => "[\"long-silence\"]",
        "instead" => "{ say = \"…\" }",
        _ => "\"…\"",
    };
    format!("{key} = {value}")
}

fn known(word: &str) -> bool {
    TOP_ONLY.contains(&word) || SEGMENT.contains(&word)
}

fn without_equals(text: &str, statement: &Statement) -> Slip {
    let line = &text[statement.span.clone()];
    let word = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or("");
    let message = "this line is neither a key with its value nor a header such as [[segment]]";
    let slip = |message: String, help: String| Slip::new(Code::MissingEquals, statement.span.clone(), message, help);
    if ["//", ";", "--", "/*", "*", "%"].iter().any(|sign| line.starts_with(sign)) {
        return slip(message.to_owned(), "a remark begins with #".to_owned()).meant(statement.span.clone(), "");
    }
    if known(word) {
        let value = line[word.len()..].trim_start_matches([' ', ':', '\t']).trim();
        let wanted = if value.is_empty() { example(word) } else { format!("{word} = {}", visible(value)) };
        return slip(format!("`{word}` has no = after it"), format!("write {wanted}"))
            .stub(statement.span.clone(), format!("{word} = \"\""));
    }
    let help = "a remark begins with #; a text that goes on over several lines stands between \"\"\" and \"\"\"";
    slip(message.to_owned(), help.to_owned()).meant(statement.span.clone(), "")
}

fn bad_key(text: &str, statement: &Statement, equals: usize) -> Slip {
    let span = statement.span.start..statement.tokens[equals].span.start.max(statement.span.start + 1);
    let written = text[span.clone()].trim();
    let span = span.start..span.start + written.len().max(1);
    let word = written.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let help = match suggest::nearest(&word.replace([' ', '-'], ""), TOP_ONLY.iter().chain(SEGMENT).copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a key is one plain word before the =, as in title = \"Evening\"".to_owned(),
    };
    let message = if written.is_empty() {
        "there is no key before the =".to_owned()
    } else {
        format!("`{}` can't be a key", visible(written))
    };
    Slip::new(Code::BadKey, span, message, help).stub(statement.span.clone(), "")
}
