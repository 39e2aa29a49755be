//! Explains why a key with its value is not valid TOML.

use super::key::{example, is_bare_key, is_known_key, key_of};
use super::syntax_error::SyntaxError;
use super::value;
use crate::manifest::codes::Code;
use crate::manifest::findings::excerpt;
use crate::manifest::keys::{SEGMENT, TOP_LEVEL_ONLY};
use crate::manifest::suggest;
use crate::manifest::syntax::scanner::{Statement, TokenKind};

/// Returns a placeholder for a statement that can't be corrected: its key, if it has a valid one, with an empty text.
pub(super) fn placeholder(text: &str, statement: &Statement) -> String {
    match key_of(text, statement) {
        Some(key) if is_bare_key(key) => format!("{key} = \"\""),
        _ => String::new(),
    }
}

/// Returns the error in a statement that is not valid TOML.
pub(super) fn find_error(text: &str, statement: &Statement) -> SyntaxError {
    let Some(equals) = statement.tokens.iter().position(|token| token.kind == TokenKind::Equals) else {
        return missing_equals(text, statement);
    };
    let Some(key) = key_of(text, statement) else { return bad_key(text, statement, equals) };
    if !is_bare_key(key) && !key.contains('.') {
        return bad_key(text, statement, equals);
    }
    let value = &statement.tokens[equals + 1..];
    if value.is_empty() {
        let end = statement.span.end;
        let message = format!("`{key}` has no value");
        let help = format!("add it after the =, such as {}", example(key));
        return SyntaxError::new(Code::MissingValue, statement.span.clone(), message, help)
            .with_placeholder(end..end, " \"\"");
    }
    value::find_error(text, key, value)
}

fn missing_equals(text: &str, statement: &Statement) -> SyntaxError {
    const OTHER_COMMENT_SIGNS: [&str; 6] = ["//", ";", "--", "/*", "*", "%"];
    let line = &text[statement.span.clone()];
    let message = "this line is neither a key with a value nor a header such as [[segment]]";
    let error =
        |message: &str, help: &str| SyntaxError::new(Code::MissingEquals, statement.span.clone(), message, help);
    if OTHER_COMMENT_SIGNS.iter().any(|sign| line.starts_with(sign)) {
        return error(message, "start a comment with #").with_intended(statement.span.clone(), "");
    }
    let word = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or("");
    if is_known_key(word) {
        let value = line[word.len()..].trim_start_matches([' ', ':', '\t']).trim();
        let correct = if value.is_empty() { example(word) } else { format!("{word} = {}", excerpt(value)) };
        return error(&format!("there is no = after `{word}`"), &format!("write {correct}"))
            .with_placeholder(statement.span.clone(), format!("{word} = \"\""));
    }
    let help = "start a comment with #, or put a text of several lines between \"\"\" and \"\"\"";
    error(message, help).with_intended(statement.span.clone(), "")
}

fn bad_key(text: &str, statement: &Statement, equals: usize) -> SyntaxError {
    let span = statement.span.start..statement.tokens[equals].span.start.max(statement.span.start + 1);
    let written = text[span.clone()].trim();
    let span = span.start..span.start + written.len().max(1);
    let word = written.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let known = TOP_LEVEL_ONLY.iter().chain(SEGMENT).copied();
    let help = match suggest::nearest(&word.replace([' ', '-'], ""), known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "use one plain word before the =, such as title = \"Evening\"".to_owned(),
    };
    let message = if written.is_empty() {
        "there is no key before the =".to_owned()
    } else {
        format!("`{}` can't be used as a key", excerpt(written))
    };
    SyntaxError::new(Code::BadKey, span, message, help).with_placeholder(statement.span.clone(), "")
}
