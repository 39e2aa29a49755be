//! What TOML 1.1 allows and the contract's TOML 1.0 does not: braces over several lines, a last comma in them, two escapes.

use super::Slip;
use crate::manifest::codes::Code;
use crate::manifest::span::Span;
use crate::manifest::syntax::scanner::{Form, Statement, Token};

/// What may follow a backslash.
pub(super) const PLAIN: &str = "btnfr\"\\uU";
/// What the parser lets follow one besides.
const YOUNGER: &str = "ex";

pub(super) const LINES: &str = "what stands in { } goes on over several lines";

pub(super) fn lines_help(key: &str) -> String {
    format!("write all of it on one line, with commas: {key} = {{ say = \"…\", clip = \"…\" }}")
}

/// The slips of a statement that the parser accepts.
pub(super) fn slips(text: &str, statement: &Statement) -> Vec<Slip> {
    let mut slips = Vec::new();
    let tokens = &statement.tokens;
    let key = tokens.first().map_or("", |key| &text[key.span.clone()]);
    if let Some(span) = broken_brace(text, tokens) {
        slips.push(Slip::new(Code::InlineTableLines, span, LINES, lines_help(key)));
    } else if let Some(pair) = tokens.windows(2).find(|pair| is_last_comma(text, pair)) {
        let help = "take the comma out; the last entry within { } has none after it";
        slips.push(Slip::new(Code::InlineTableComma, pair[0].span.clone(), "nothing follows this comma", help));
    }
    for token in tokens.iter().filter(|token| token.form == Form::Text && text[token.span.clone()].starts_with('"')) {
        if let Some(at) = bad_escape(text, token, PLAIN) {
            slips.push(escape_slip(text, at));
        }
    }
    slips
}

fn is_last_comma(text: &str, pair: &[Token]) -> bool {
    pair[0].form == Form::Comma && &text[pair[1].span.clone()] == "}"
}

/// The `{` within which a line ends.
pub(super) fn broken_brace(text: &str, tokens: &[Token]) -> Option<Span> {
    let mut open: Vec<&Token> = Vec::new();
    for token in tokens {
        match token.form {
            Form::Open => open.push(token),
            Form::Close => drop(open.pop()),
            Form::Newline => {
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

/// The first backslash of a text that is followed by none of `allowed`. In a text of several lines a line's end may follow, too.
pub(super) fn bad_escape(text: &str, token: &Token, allowed: &str) -> Option<usize> {
    let written = &text[token.span.clone()];
    let mut letters = written.char_indices();
    while let Some((at, c)) = letters.next() {
        if c != '\\' {
            continue;
        }
        let (_, next) = letters.next()?;
        let line_end = written.starts_with("\"\"\"") && next.is_whitespace();
        let digits = match next {
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let number = written.get(at + 2..at + 2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let numbered = digits == 0 || number.and_then(char::from_u32).is_some();
        if !allowed.contains(next) && !line_end || !numbered {
            return Some(token.span.start + at);
        }
    }
    None
}

pub(super) fn escape_slip(text: &str, at: usize) -> Slip {
    let next = text[at + 1..].chars().next().unwrap_or('\\');
    let help = if YOUNGER.contains(next) {
        "TOML 1.0 does not know this one; write the character itself, or \\u and its four digits"
    } else if "uU".contains(next) {
        "it stands for the character of that number, as in \\u00E4; in a path write /, and for a backslash itself write two"
    } else {
        "a backslash begins a special character; in a path write /, and for a backslash itself write two"
    };
    let message = match next {
        'u' => "`\\u` needs four digits".to_owned(),
        'U' => "`\\U` needs eight digits".to_owned(),
        next => format!("`\\{}` is no special character", next.escape_default()),
    };
    Slip::new(Code::BadEscape, at..at + 1 + next.len_utf8(), message, help)
}
