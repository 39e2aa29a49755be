//! Divides Rust source into identifiers and punctuation, without comments and literals.

/// An identifier or one punctuation mark, with its line from 1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub(crate) fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// Returns the tokens of a source file without literals and comments. `::` is one token.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: source, line: 1 };
    let mut found = Vec::new();
    while let Some(first) = lexer.rest.chars().next() {
        if let Some(length) = lexer.comment_or_literal(first) {
            lexer.skip(length);
            continue;
        }
        let length = match first {
            c if c.is_alphabetic() || c == '_' => lexer.length_while(|c| c.is_alphanumeric() || c == '_'),
            ':' if lexer.rest.starts_with("::") => 2,
            c => c.len_utf8(),
        };
        if !first.is_whitespace() {
            found.push(Token { text: lexer.rest[..length].to_owned(), line: lexer.line });
        }
        lexer.skip(length);
    }
    found
}

struct Lexer<'source> {
    rest: &'source str,
    line: usize,
}

impl Lexer<'_> {
    fn skip(&mut self, length: usize) {
        self.line += self.rest[..length].matches('\n').count();
        self.rest = &self.rest[length..];
    }

    fn length_while(&self, fits: impl Fn(char) -> bool) -> usize {
        self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len())
    }

    /// Returns the length of the comment, string, character, lifetime or number that starts here.
    fn comment_or_literal(&self, first: char) -> Option<usize> {
        let rest = self.rest;
        match first {
            '/' if rest.starts_with("//") => Some(rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => Some(block_comment(rest)),
            '"' => Some(1 + quoted(&rest[1..], '"')),
            '\'' => Some(character_or_lifetime(rest)),
            'r' | 'b' | 'c' => prefixed_literal(rest),
            c if c.is_ascii_digit() => Some(self.length_while(|c| c.is_alphanumeric() || c == '_')),
            _ => None,
        }
    }
}

/// Returns the length of a block comment, which may be nested.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// Returns the length of a literal's content and closing quote.
fn quoted(inside: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    inside.len()
}

fn character_or_lifetime(rest: &str) -> usize {
    let mut inside = rest[1..].chars();
    let (first, second) = (inside.next(), inside.next());
    if first == Some('\\') || second == Some('\'') {
        return 1 + quoted(&rest[1..], '\'');
    }
    1 + rest[1..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len() - 1)
}

/// Returns the length of a prefixed literal (`r"…"`, `r#"…"#`, `b"…"`, `b'…'`, `br"…"` or `c"…"`), or `None` for other identifiers.
fn prefixed_literal(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c"].into_iter().find(|prefix| {
        rest.strip_prefix(prefix).is_some_and(|after| after.trim_start_matches('#').starts_with(['"', '\'']))
    })?;
    let after = &rest[prefix.len()..];
    if !prefix.ends_with('r') {
        let quote = after.chars().next().filter(|c| *c != '#')?;
        return Some(prefix.len() + 1 + quoted(&after[1..], quote));
    }
    let hashes = after.len() - after.trim_start_matches('#').len();
    let closing = format!("\"{}", "#".repeat(hashes));
    let inside = after[hashes..].strip_prefix('"')?;
    let end = inside.find(&closing).map_or(inside.len(), |at| at + closing.len());
    Some(prefix.len() + hashes + 1 + end)
}

#[test]
fn comments_and_literals_are_skipped() {
    let source =
        "let a = \"crate::x\"; // crate::y\n/* a /* b */ c */ b'\\'' r#\"d\"\"#; fn f<'a>(e: &'a str, 'x') 0x1f";
    let found: Vec<_> = tokens(source).into_iter().map(|token| token.text).collect();
    let expected = ["let", "a", "=", ";", ";", "fn", "f", "<", ">", "(", "e", ":", "&", "str", ",", ")"];
    assert_eq!(found, expected);
    assert_eq!(tokens("a\n\"\n\"\nb")[1].line, 4);
}
