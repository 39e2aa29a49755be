//! Divides a manifest into statements and tokens, tolerating syntax errors. It guesses the end of a broken statement like a human
//! reader, and reports nothing.

use crate::manifest::span::Span;

/// Quotes that word processors insert instead of straight ones. The last one is often an apostrophe.
pub(super) const CURLY_QUOTES: [char; 7] = ['“', '”', '„', '‟', '«', '»', '‘'];
/// The number of lines searched for the end of a string or bracket that is not closed on its own line.
const MAX_LINES_AHEAD: usize = 40;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A closed string in straight quotes, single or triple.
    Text,
    /// A string whose closing quote is missing.
    UnclosedText,
    /// A string in curly quotes.
    CurlyText,
    /// Anything without quotes: a key, a number, words.
    Bare,
    /// `[` or `{`.
    Open,
    /// `]` or `}`.
    Close,
    /// `,`
    Comma,
    /// `=`
    Equals,
    /// A line break within brackets.
    Newline,
}

/// A token and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// A header, or a key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::manifest) struct Statement {
    /// Its position, without leading spaces and without the line break.
    pub(super) span: Span,
    pub(super) is_header: bool,
    /// The tokens of a key and its value; empty for a header.
    pub(super) tokens: Vec<Token>,
}

/// Returns the statements of a text. If it is `valid_toml`, every quote and bracket is known to be closed.
pub(in crate::manifest) fn statements(text: &str, valid_toml: bool) -> Vec<Statement> {
    let mut scanner = Scanner { text, at: 0, valid_toml };
    let mut statements = Vec::new();
    while let Some(first) = scanner.find_statement() {
        statements.push(if first == b'[' { scanner.header() } else { scanner.key_value() });
    }
    statements
}

/// Returns whether a line is a header: a name in brackets, even if one of them is missing.
pub(super) fn is_header(line: &str) -> bool {
    let line = without_comment(line).trim();
    let Some(inner) = line.strip_prefix('[') else { return false };
    let name = inner.trim_matches(['[', ']']);
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

/// Returns whether a line starts like a key with a value.
pub(super) fn is_key_value(line: &str) -> bool {
    let line = line.trim_start();
    let key = line.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte)).count();
    key > 0 && line[key..].trim_start().starts_with('=')
}

/// Returns the line of a header without the comment behind it. Within quotes, `#` starts none.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut is_escaped) = (None, false);
    for (at, byte) in line.bytes().enumerate() {
        match (quote, byte) {
            (None, b'#') => return &line[..at],
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte && !is_escaped => quote = None,
            _ => {}
        }
        is_escaped = quote == Some(b'"') && byte == b'\\' && !is_escaped;
    }
    // A quote that is never closed hides nothing.
    if quote.is_some() { line.split('#').next().unwrap_or(line) } else { line }
}

fn is_blank_or_comment(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with('#')
}

struct Scanner<'text> {
    text: &'text str,
    at: usize,
    valid_toml: bool,
}

impl<'text> Scanner<'text> {
    fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    fn rest_of_line(&self) -> &'text str {
        self.rest().split('\n').next().unwrap_or("")
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips spaces and comments. Returns the first byte of the next statement.
    fn find_statement(&mut self) -> Option<u8> {
        loop {
            match self.peek()? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'#' => self.at += self.rest_of_line().len(),
                0xEF if self.rest().starts_with('\u{FEFF}') => self.at += 3,
                first => return Some(first),
            }
        }
    }

    fn header(&mut self) -> Statement {
        let start = self.at;
        let line = self.rest_of_line();
        self.at += line.len();
        let end = start + without_comment(line).trim_end().len();
        Statement { span: start..end, is_header: true, tokens: Vec::new() }
    }

    fn key_value(&mut self) -> Statement {
        let start = self.at;
        let (mut tokens, mut open): (Vec<Token>, Vec<u8>) = (Vec::new(), Vec::new());
        while let Some(byte) = self.peek() {
            let at = self.at;
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'#' => self.at += self.rest_of_line().len(),
                b'\n' if open.is_empty() || self.ends_at_line_break(&open, tokens.last()) => break,
                _ => {
                    let kind = self.token(byte, &mut open);
                    let end = at + self.text[at..self.at].trim_end_matches([' ', '\t', '\r']).len();
                    tokens.push(Token { kind, span: at..end.max(at + 1) });
                }
            }
        }
        while tokens.last().is_some_and(|last| last.kind == TokenKind::Newline) {
            tokens.pop();
        }
        let end = tokens.last().map_or(start, |last| last.span.end);
        Statement { span: start..end, is_header: false, tokens }
    }

    /// Reads the token that starts at this byte. `open` holds the brackets that are not closed yet.
    fn token(&mut self, first: u8, open: &mut Vec<u8>) -> TokenKind {
        match first {
            b'\n' => self.single_byte(TokenKind::Newline),
            b',' => self.single_byte(TokenKind::Comma),
            b'=' => self.single_byte(TokenKind::Equals),
            b'[' | b'{' => {
                open.push(first);
                self.single_byte(TokenKind::Open)
            }
            b']' | b'}' => {
                open.pop();
                self.single_byte(TokenKind::Close)
            }
            b'"' | b'\'' => self.quoted_text(first, open.is_empty()),
            _ if self.rest().starts_with(CURLY_QUOTES) => self.curly_text(),
            _ => self.bare(),
        }
    }

    fn single_byte(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    /// Returns whether a statement with open brackets ends at this line break, because the closing brackets were probably forgotten.
    fn ends_at_line_break(&self, open: &[u8], last: Option<&Token>) -> bool {
        if self.valid_toml {
            return false;
        }
        let mut lines = self.rest()[1..].split('\n').take(MAX_LINES_AHEAD);
        let Some(next) = lines.find(|line| !is_blank_or_comment(line)) else { return true };
        let is_continued =
            last.is_some_and(|last| matches!(last.kind, TokenKind::Open | TokenKind::Comma | TokenKind::Newline));
        let closes = next.trim_start().starts_with(['}', ']', ',']);
        let is_table = open.contains(&b'{') && (is_continued || self.is_brace_closed_later());
        is_header(next) || is_key_value(next) && !closes && !is_table
    }

    /// Returns whether a following line starts with a closing brace, before any header.
    fn is_brace_closed_later(&self) -> bool {
        let lines = self.rest()[1..].split('\n').take(MAX_LINES_AHEAD).map(str::trim_start);
        lines.take_while(|line| !is_header(line)).any(|line| line.starts_with('}'))
    }

    fn bare(&mut self) -> TokenKind {
        const APOSTROPHE: char = CURLY_QUOTES[6];
        let mut before = ' ';
        for c in self.rest().chars() {
            let is_delimiter = matches!(c, '\n' | '#' | '"' | '[' | ']' | '{' | '}' | ',' | '=')
                || CURLY_QUOTES.contains(&c) && c != APOSTROPHE;
            if is_delimiter || c == '\'' && !before.is_alphanumeric() {
                break;
            }
            self.at += c.len_utf8();
            before = c;
        }
        TokenKind::Bare
    }

    /// Reads a string in curly quotes up to its closing quote or the end of the line.
    fn curly_text(&mut self) -> TokenKind {
        let is_closing = |c: char| c == '"' || c == '’' || CURLY_QUOTES.contains(&c);
        for (index, c) in self.rest().chars().take_while(|c| *c != '\n').enumerate() {
            self.at += c.len_utf8();
            if index > 0 && is_closing(c) {
                break;
            }
        }
        TokenKind::CurlyText
    }

    fn quoted_text(&mut self, quote: u8, outside_brackets: bool) -> TokenKind {
        let triple = if quote == b'"' { "\"\"\"" } else { "'''" };
        if self.rest().starts_with(triple) {
            return self.multiline_text(triple, quote);
        }
        if let Some(length) = length_to_quote(&self.rest()[1..], quote) {
            self.at += 1 + length;
            return TokenKind::Text;
        }
        self.at += if outside_brackets { self.unclosed_text_length(quote) } else { self.rest_of_line().len() };
        TokenKind::UnclosedText
    }

    /// Returns the length of a string that starts with one quote and is not closed on its line: several lines if one of them ends with the
    /// quote, otherwise its own line.
    fn unclosed_text_length(&self, quote: u8) -> usize {
        let mut length = self.rest_of_line().len();
        for line in self.rest()[length..].split('\n').skip(1).take(MAX_LINES_AHEAD) {
            if is_header(line) || is_key_value(line) || is_blank_or_comment(line) {
                break;
            }
            length += 1 + line.len();
            if line.trim_end().ends_with(char::from(quote)) {
                return length;
            }
        }
        self.rest_of_line().len()
    }

    fn multiline_text(&mut self, triple: &str, quote: u8) -> TokenKind {
        let inner = &self.rest()[3..];
        let length = multiline_length(inner, triple, quote);
        let header = if self.valid_toml { None } else { find_header_line(&inner[..length.unwrap_or(inner.len())]) };
        match (length, header) {
            (Some(length), None) => {
                self.at += 3 + length;
                TokenKind::Text
            }
            (_, header) => {
                self.at += 3 + header.unwrap_or(inner.len());
                TokenKind::UnclosedText
            }
        }
    }
}

/// Returns the length of a triple-quoted string after its opening quotes, including the closing ones. Up to two more quotes before the
/// closing ones belong to the string.
fn multiline_length(inner: &str, triple: &str, quote: u8) -> Option<usize> {
    let mut from = 0;
    let closing = loop {
        let found = from + inner[from..].find(triple)?;
        if quote == b'"' && is_escaped(inner, found) {
            from = found + 1;
        } else {
            break found;
        }
    };
    Some(closing + inner[closing..].bytes().take(5).take_while(|byte| *byte == quote).count())
}

/// Returns whether an odd number of backslashes precedes this byte.
fn is_escaped(text: &str, at: usize) -> bool {
    text[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// Returns the length up to and including the closing quote on this line.
fn length_to_quote(text: &str, quote: u8) -> Option<usize> {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().take_while(|byte| *byte != b'\n').enumerate() {
        if byte == quote && !is_escaped {
            return Some(at + 1);
        }
        is_escaped = byte == b'\\' && quote == b'"' && !is_escaped;
    }
    None
}

/// Returns the length of the text before the first header on a line of its own, without the line break before it.
fn find_header_line(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split('\n') {
        if at > 0 && is_header(line) {
            return Some(at - 1);
        }
        at += line.len() + 1;
    }
    None
}
