//! Finds syntax of TOML 1.1 that TOML 1.0 does not allow, although the parser does: inline tables with line breaks or a trailing comma, and
//! two escape sequences.

use super::syntax_error::SyntaxError;
use crate::manifest::codes::Code;
use crate::manifest::span::Span;
use crate::manifest::syntax::scanner::{Statement, Token, TokenKind};

/// The characters that may follow a backslash in TOML 1.0.
const ESCAPES: &str = "btnfr\"\\uU";
/// The additional characters in TOML 1.1.
const NEW_ESCAPES: &str = "ex";

/// Returns the errors in a statement that the parser accepts.
pub(super) fn find_errors(text: &str, statement: &Statement) -> Vec<SyntaxError> {
    let mut errors = Vec::new();
    let tokens = &statement.tokens;
    let key = tokens.first().map_or("", |key| &text[key.span.clone()]);
    if let Some(brace) = find_brace_with_line_break(text, tokens) {
        errors.push(inline_table_lines(brace, key));
    } else if let Some(pair) = tokens.windows(2).find(|pair| is_trailing_comma(text, pair)) {
        let message = "there is no entry after this comma";
        let help = "remove it; within { } no comma follows the last entry";
        errors.push(SyntaxError::new(Code::InlineTableComma, pair[0].span.clone(), message, help));
    }
    for token in tokens {
        if token.kind == TokenKind::Text && text[token.span.clone()].starts_with('"') {
            errors.extend(find_bad_escape(text, token).map(|at| bad_escape(text, at)));
        }
    }
    errors
}

/// Returns the error for an inline table with a line break after this brace.
pub(super) fn inline_table_lines(brace: Span, key: &str) -> SyntaxError {
    let message = "this table in { } has more than one line";
    let help = format!("write it on one line, with commas: {key} = {{ say = \"…\", clip = \"…\" }}");
    SyntaxError::new(Code::InlineTableLines, brace, message, help)
}

fn is_trailing_comma(text: &str, pair: &[Token]) -> bool {
    pair[0].kind == TokenKind::Comma && &text[pair[1].span.clone()] == "}"
}

/// Returns the position of the first `{` that is followed by a line break before its `}`.
pub(super) fn find_brace_with_line_break(text: &str, tokens: &[Token]) -> Option<Span> {
    let mut open: Vec<&Token> = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Open => open.push(token),
            TokenKind::Close => drop(open.pop()),
            TokenKind::Newline => {
                let brace = open.last().filter(|open| &text[open.span.clone()] == "{");
                if let Some(brace) = brace {
                    return Some(brace.span.clone());
                }
            }
            _ => {}
        }
    }
    None
}

/// Returns the position of the first backslash that does not start a valid escape sequence of TOML 1.0.
pub(super) fn find_bad_escape(text: &str, token: &Token) -> Option<usize> {
    let written = &text[token.span.clone()];
    let mut chars = written.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            continue;
        }
        let (_, next) = chars.next()?;
        // In a multi-line string, a backslash at the end of a line joins it with the next one.
        let joins_lines = written.starts_with("\"\"\"") && next.is_whitespace();
        let digits = match next {
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let number = written.get(at + 2..at + 2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let is_character = digits == 0 || number.and_then(char::from_u32).is_some();
        if !ESCAPES.contains(next) && !joins_lines || !is_character {
            return Some(token.span.start + at);
        }
    }
    None
}

/// Returns the error for the backslash at this byte.
pub(super) fn bad_escape(text: &str, at: usize) -> SyntaxError {
    let next = text[at + 1..].chars().next().unwrap_or('\\');
    let help = if NEW_ESCAPES.contains(next) {
        "TOML 1.0 does not have this escape; write the character itself, or \\u and its four hexadecimal digits"
    } else if "uU".contains(next) {
        "write the number of a character, such as \\u00E4; in a path use /, and for a backslash itself write two"
    } else {
        "a backslash starts a special character; in a path use /, and for a backslash itself write two"
    };
    let message = match next {
        'u' => "`\\u` needs four hexadecimal digits".to_owned(),
        'U' => "`\\U` needs eight hexadecimal digits".to_owned(),
        next => format!("`\\{}` is not a special character", next.escape_default()),
    };
    SyntaxError::new(Code::BadEscape, at..at + 1 + next.len_utf8(), message, help)
}
