//! A manifest's text, divided into statements and their tokens, as tolerantly as a reader's eye does it. No verdicts.

use crate::manifest::span::Span;

/// Quotes that word processors draw in place of the straight ones.
pub(super) const CURLY: [char; 7] = ['“', '”', '„', '‟', '«', '»', '‘'];
/// How many lines a text in single quotes may run over, for its end to be looked for.
const STRAY_LINES: usize = 40;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In straight quotes, closed, single or triple.
    Text,
    /// A quote that nothing closes where it should.
    Unclosed,
    /// In curly quotes.
    Curly,
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
    /// A line's end within brackets.
    Newline,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) form: Form,
    pub(super) span: Span,
}

/// One header, or one key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// Without leading blanks, and without the line's end.
    pub(super) span: Span,
    /// Whether it begins with a bracket.
    pub(super) header: bool,
    /// Empty for a header.
    pub(super) tokens: Vec<Token>,
}

/// The statements of a text. In a `trusted` one every quote is known to be closed where it seems to be.
pub(super) fn statements(text: &str, trusted: bool) -> Vec<Statement> {
    let mut scanner = Scanner { text, at: 0, trusted };
    let mut found = Vec::new();
    while let Some(first) = scanner.statement_start() {
        found.push(if first == b'[' { scanner.header() } else { scanner.pair() });
    }
    found
}

/// Whether a line is a header: brackets around a name, even if one of them is missing.
pub(super) fn is_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or("").trim();
    let Some(inner) = line.strip_prefix('[') else { return false };
    let name = inner.trim_matches(['[', ']']);
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

/// Whether a line begins as a key with its value does.
pub(super) fn is_pair(line: &str) -> bool {
    let line = line.trim_start();
    let key = line.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte)).count();
    key > 0 && line[key..].trim_start().starts_with('=')
}

struct Scanner<'text> {
    text: &'text str,
    at: usize,
    trusted: bool,
}

impl<'text> Scanner<'text> {
    fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    /// What is left of the line.
    fn line(&self) -> &'text str {
        self.rest().split('\n').next().unwrap_or("")
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes to the next statement, over blanks and remarks.
    fn statement_start(&mut self) -> Option<u8> {
        loop {
            match self.peek()? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'#' => self.at += self.line().len(),
                0xEF if self.rest().starts_with('\u{FEFF}') => self.at += 3,
                first => return Some(first),
            }
        }
    }

    fn header(&mut self) -> Statement {
        let start = self.at;
        let line = self.line();
        self.at += line.len();
        let end = start + line.split('#').next().unwrap_or("").trim_end().len();
        Statement { span: start..end, header: true, tokens: Vec::new() }
    }

    fn pair(&mut self) -> Statement {
        let start = self.at;
        let (mut tokens, mut brackets): (Vec<Token>, Vec<u8>) = (Vec::new(), Vec::new());
        while let Some(byte) = self.peek() {
            let at = self.at;
            let form = match byte {
                b' ' | b'\t' | b'\r' => {
                    self.at += 1;
                    continue;
                }
                b'#' => {
                    self.at += self.line().len();
                    continue;
                }
                b'\n' if brackets.is_empty() || self.gives_up(&brackets, tokens.last()) => break,
                b'\n' => self.single(Form::Newline),
                b',' => self.single(Form::Comma),
                b'=' => self.single(Form::Equals),
                b'[' | b'{' => {
                    brackets.push(byte);
                    self.single(Form::Open)
                }
                b']' | b'}' => {
                    brackets.pop();
                    self.single(Form::Close)
                }
                b'"' | b'\'' => self.quoted(byte, brackets.is_empty()),
                _ if self.rest().starts_with(CURLY) => self.curly(),
                _ => self.bare(),
            };
            let end = at + self.text[at..self.at].trim_end_matches([' ', '\t', '\r']).len();
            tokens.push(Token { form, span: at..end.max(at + 1) });
        }
        while tokens.last().is_some_and(|last| last.form == Form::Newline) {
            tokens.pop();
        }
        let end = tokens.last().map_or(start, |last| last.span.end);
        Statement { span: start..end, header: false, tokens }
    }

    fn single(&mut self, form: Form) -> Form {
        self.at += 1;
        form
    }

    /// Whether brackets that are open at a line's end were rather forgotten than meant to go on.
    fn gives_up(&self, brackets: &[u8], last: Option<&Token>) -> bool {
        if self.trusted {
            return false;
        }
        let empty = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
        let Some(next) = self.rest()[1..].split('\n').take(STRAY_LINES).find(|line| !empty(line)) else { return true };
        let goes_on = last.is_some_and(|last| matches!(last.form, Form::Open | Form::Comma | Form::Newline));
        let closes = next.trim_start().starts_with(['}', ']', ',']);
        let braces = brackets.contains(&b'{') && (goes_on || self.closes_later());
        is_header(next) || is_pair(next) && !closes && !braces
    }

    /// Whether a line that follows begins with a closing brace, and none before it with a header.
    fn closes_later(&self) -> bool {
        let lines = self.rest()[1..].split('\n').take(STRAY_LINES).map(str::trim_start);
        lines.take_while(|line| !is_header(line)).any(|line| line.starts_with('}'))
    }

    fn bare(&mut self) -> Form {
        let mut before = ' ';
        for c in self.rest().chars() {
            let ends = matches!(c, '\n' | '#' | '"' | '[' | ']' | '{' | '}' | ',' | '=') || CURLY[..6].contains(&c);
            if ends || c == '\'' && !before.is_alphanumeric() {
                break;
            }
            self.at += c.len_utf8();
            before = c;
        }
        Form::Bare
    }

    /// A text in curly quotes, to its end or the line's.
    fn curly(&mut self) -> Form {
        let closing = |c: char| c == '"' || c == '’' || CURLY.contains(&c);
        for (number, c) in self.rest().chars().take_while(|c| *c != '\n').enumerate() {
            self.at += c.len_utf8();
            if number > 0 && closing(c) {
                break;
            }
        }
        Form::Curly
    }

    fn quoted(&mut self, quote: u8, alone: bool) -> Form {
        let triple = if quote == b'"' { "\"\"\"" } else { "'''" };
        if self.rest().starts_with(triple) {
            return self.triple(triple, quote);
        }
        if let Some(length) = closing(&self.rest()[1..], quote) {
            self.at += 1 + length;
            return Form::Text;
        }
        self.at += if alone { self.stray_lines(quote) } else { self.line().len() };
        Form::Unclosed
    }

    /// The bytes of a text that was begun with one quote and may run over several lines.
    fn stray_lines(&self, quote: u8) -> usize {
        let mut length = self.line().len();
        for line in self.rest()[length..].split('\n').skip(1).take(STRAY_LINES) {
            if is_header(line) || is_pair(line) || line.trim().is_empty() || line.trim_start().starts_with('#') {
                break;
            }
            length += 1 + line.len();
            if line.trim_end().ends_with(char::from(quote)) {
                return length;
            }
        }
        self.line().len()
    }

    fn triple(&mut self, triple: &str, quote: u8) -> Form {
        let inner = &self.rest()[3..];
        let mut end = 0;
        let closed = loop {
            match inner[end..].find(triple) {
                None => break None,
                Some(found) if quote == b'"' && is_escaped(inner, end + found) => end += found + 1,
                Some(found) => break Some(end + found),
            }
        };
        let quotes = closed.map(|at| inner[at..].bytes().take(5).take_while(|byte| *byte == quote).count());
        let whole = closed.zip(quotes).map(|(at, quotes)| at + quotes);
        let header = if self.trusted { None } else { first_header(&inner[..whole.unwrap_or(inner.len())]) };
        match (whole, header) {
            (Some(length), None) => self.at += 3 + length,
            (_, header) => {
                self.at += 3 + header.unwrap_or(inner.len());
                return Form::Unclosed;
            }
        }
        Form::Text
    }
}

/// Whether an odd number of backslashes stands before this byte.
fn is_escaped(text: &str, at: usize) -> bool {
    text[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// How far the closing quote reaches, on one line.
fn closing(line: &str, quote: u8) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in line.bytes().take_while(|byte| *byte != b'\n').enumerate() {
        if byte == quote && !escaped {
            return Some(at + 1);
        }
        escaped = byte == b'\\' && quote == b'"' && !escaped;
    }
    None
}

/// Where the first line begins that is a header; its line's end is left out.
fn first_header(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split('\n') {
        if at > 0 && is_header(line) {
            return Some(at - 1);
        }
        at += line.len() + 1;
    }
    None
}
