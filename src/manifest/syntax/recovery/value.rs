//! Explains why the value of a key is not valid TOML.

use super::key::{example, is_bare_key};
use super::syntax_error::{SyntaxError, is_valid_toml};
use super::toml_1_1;
use crate::manifest::codes::Code;
use crate::manifest::duration;
use crate::manifest::findings::excerpt;
use crate::manifest::keys::{DURATIONS, NUMBERS, TEXT_LISTS};
use crate::manifest::span::Span;
use crate::manifest::syntax::scanner::{CURLY_QUOTES, Token, TokenKind};

/// Returns the error in the value of `key`, which consists of these tokens. The checks are ordered by their certainty.
pub(super) fn find_error(text: &str, key: &str, tokens: &[Token]) -> SyntaxError {
    let span = tokens[0].span.start..tokens[tokens.len() - 1].span.end;
    let value = InvalidValue { text, key, tokens, span };
    value
        .two_keys_on_a_line()
        .or_else(|| value.second_equals())
        .or_else(|| value.curly_quotes())
        .or_else(|| value.inline_table_lines())
        .or_else(|| value.unclosed_text())
        .or_else(|| value.unbalanced_bracket())
        .or_else(|| value.colon_in_table())
        .or_else(|| value.list_without_brackets())
        .or_else(|| value.rest_of_line())
        .or_else(|| value.second_comma())
        .or_else(|| value.quote_in_text())
        .or_else(|| value.missing_comma())
        .or_else(|| value.bad_escape())
        .or_else(|| value.missing_quotes())
        .unwrap_or_else(|| value.unexplained())
}

/// A value that is not valid TOML.
struct InvalidValue<'text> {
    text: &'text str,
    key: &'text str,
    tokens: &'text [Token],
    span: Span,
}

impl InvalidValue<'_> {
    fn text_of(&self, token: &Token) -> &str {
        &self.text[token.span.clone()]
    }

    fn first(&self, kind: TokenKind) -> Option<&Token> {
        self.tokens.iter().find(|token| token.kind == kind)
    }

    /// Returns the tokens without line breaks.
    fn without_newlines(&self) -> Vec<&Token> {
        self.tokens.iter().filter(|token| token.kind != TokenKind::Newline).collect()
    }

    /// Returns an error whose correction replaces the whole value by an empty string.
    fn error(&self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) -> SyntaxError {
        SyntaxError::new(code, span, message, help).with_placeholder(self.span.clone(), "\"\"")
    }

    /// `strikes = 3 every = "15s"`
    fn two_keys_on_a_line(&self) -> Option<SyntaxError> {
        let mut depth = 0_usize;
        for pair in self.tokens.windows(2) {
            match pair[0].kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Bare if depth == 0 && pair[1].kind == TokenKind::Equals => {
                    let written = self.text_of(&pair[0]);
                    let word = written.rsplit([' ', '\t']).next().unwrap_or(written);
                    let at = pair[0].span.end - word.len();
                    if at == self.span.start {
                        return None;
                    }
                    let help = format!("start a new line before `{}`", excerpt(word));
                    let span = at..pair[0].span.end;
                    let error = SyntaxError::new(Code::TwoOnALine, span, "there are two keys on this line", help);
                    return Some(error.with_intended(at..at, "\n"));
                }
                _ => {}
            }
        }
        None
    }

    /// `== "…"`
    fn second_equals(&self) -> Option<SyntaxError> {
        let token = self.tokens.first().filter(|token| token.kind == TokenKind::Equals && self.tokens.len() > 1)?;
        let span = token.span.clone();
        let error = SyntaxError::new(Code::TomlSyntax, span.clone(), "there is one = too many", "remove one of them");
        Some(error.with_intended(span, ""))
    }

    /// `“Evening”`
    fn curly_quotes(&self) -> Option<SyntaxError> {
        let is_curly_char = |c: char| c == '’' || CURLY_QUOTES.contains(&c);
        let is_curly = |token: &&Token| match token.kind {
            TokenKind::CurlyText => true,
            TokenKind::UnclosedText => self.text_of(token).ends_with(is_curly_char),
            TokenKind::Bare => self.text_of(token).starts_with(is_curly_char),
            _ => false,
        };
        let inner = |token: &Token| {
            self.text_of(token).trim_matches(|c: char| c == '"' || c == '\'' || is_curly_char(c)).to_owned()
        };
        let token = self.tokens.iter().find(is_curly)?;
        let help = format!("use straight quotes: \"{}\" (a plain text editor types them)", excerpt(&inner(token)));
        let error = SyntaxError::new(Code::CurlyQuote, token.span.clone(), "this text has curly quotes", help);
        Some(self.tokens.iter().filter(is_curly).fold(error, |error, token| {
            let inner = inner(token).replace('\\', "/").replace('"', "'");
            error.with_intended(token.span.clone(), format!("\"{inner}\""))
        }))
    }

    /// `{` … `}` on several lines, with or without commas.
    fn inline_table_lines(&self) -> Option<SyntaxError> {
        let brace = toml_1_1::find_brace_with_line_break(self.text, self.tokens)?;
        let is_closed = self.tokens.last().is_some_and(|last| last.kind == TokenKind::Close);
        let error = || toml_1_1::inline_table_lines(brace, self.key).with_placeholder(self.span.clone(), "\"\"");
        is_closed.then(error)
    }

    /// `"Evening` or `Evening"`
    fn unclosed_text(&self) -> Option<SyntaxError> {
        let token = self.first(TokenKind::UnclosedText)?;
        let written = self.text_of(token);
        let span = token.span.clone();
        if written.starts_with("\"\"\"") || written.starts_with("'''") {
            let quotes = &written[..3];
            let message = format!("the closing {quotes} of this text is missing");
            let help = format!("add {quotes} at the end of the text");
            return Some(self.error(Code::MissingQuote, span.start..span.start + 3, message, help));
        }
        if written.contains('\n') {
            let message = "this text has several lines, but only one quote on each side";
            let help = "put three quotes before and after it: \"\"\"…\"\"\"";
            return Some(self.error(Code::MissingQuote, span, message, help));
        }
        if self.tokens[0].kind == TokenKind::Bare && self.tokens.len() == 2 {
            let message = "the opening quote of this text is missing";
            let help = format!("add it: {} = \"{}\"", self.key, excerpt(self.text_of(&self.tokens[0])));
            return Some(self.error(Code::MissingQuote, self.span.clone(), message, help));
        }
        let message = "the closing quote of this text is missing";
        let help = "add a quote at the end of the line, or put a text of several lines between \"\"\" and \"\"\"";
        Some(self.error(Code::MissingQuote, span, message, help))
    }

    /// `["touch"` or `"touch"]`
    fn unbalanced_bracket(&self) -> Option<SyntaxError> {
        let mut open: Vec<&Token> = Vec::new();
        for token in self.tokens {
            match token.kind {
                TokenKind::Open => open.push(token),
                TokenKind::Close => {
                    let is_square = |token: &Token| ["[", "]"].contains(&self.text_of(token));
                    if open.pop().is_none_or(|open| is_square(open) != is_square(token)) {
                        let message = format!("the opening bracket of this `{}` is missing", self.text_of(token));
                        let help = format!("remove it, or add the opening bracket, such as {}", example(self.key));
                        return Some(self.error(Code::UnclosedBracket, token.span.clone(), message, help));
                    }
                }
                _ => {}
            }
        }
        let token = open.last()?;
        let closing = if self.text_of(token) == "[" { "]" } else { "}" };
        let message = format!("the closing bracket of this `{}` is missing", self.text_of(token));
        Some(self.error(Code::UnclosedBracket, token.span.clone(), message, format!("add {closing} at the end")))
    }

    /// `{ say: "…" }`
    fn colon_in_table(&self) -> Option<SyntaxError> {
        let open = self.tokens.iter().position(|token| self.text_of(token) == "{")?;
        let has_colon = |token: &&Token| {
            token.kind == TokenKind::Bare
                && self.text_of(token).strip_suffix(':').is_some_and(|key| is_bare_key(key.trim_end()))
        };
        let token = self.tokens[open..].iter().find(has_colon)?;
        let key = self.text_of(token).trim_end_matches(':').trim_end();
        let message = format!("there is no = after `{key}`");
        let help = format!("use = instead of the colon: {key} = \"…\"");
        let error = SyntaxError::new(Code::MissingEquals, token.span.clone(), message, help);
        let with_colon = self.tokens[open..].iter().filter(has_colon);
        Some(with_colon.fold(error, |error, token| error.with_intended(token.span.end - 1..token.span.end, " =")))
    }

    /// `tags = "touch", "breath"`
    fn list_without_brackets(&self) -> Option<SyntaxError> {
        let has_brackets = self.first(TokenKind::Open).is_some();
        let comma = self.tokens.iter().position(|token| token.kind == TokenKind::Comma).filter(|at| *at > 0)?;
        let alternates = self.tokens.iter().enumerate().all(|(at, token)| match token.kind {
            TokenKind::Text => at % 2 == 0,
            TokenKind::Comma => at % 2 == 1,
            _ => false,
        });
        if has_brackets || !alternates || self.tokens.len().is_multiple_of(2) {
            return None;
        }
        let (message, help) = if TEXT_LISTS.contains(&self.key) {
            let list = excerpt(&self.text[self.span.clone()]);
            ("this list needs brackets".to_owned(), format!("write {} = [{list}]", self.key))
        } else {
            (format!("`{}` takes only one value", excerpt(self.key)), "keep one of them".to_owned())
        };
        Some(self.error(Code::UnclosedBracket, self.tokens[comma].span.clone(), message, help))
    }

    /// `"bowl",` or `"bowl" // the low one`
    fn rest_of_line(&self) -> Option<SyntaxError> {
        let [text, rest] = self.tokens else { return None };
        let follows_text = text.kind == TokenKind::Text && matches!(rest.kind, TokenKind::Comma | TokenKind::Bare);
        let written = self.text_of(rest);
        if !follows_text || written.starts_with(|c: char| c.is_alphanumeric()) {
            return None;
        }
        let help = if written.chars().any(char::is_alphanumeric) {
            "start a comment with #"
        } else {
            "remove it; nothing follows a value on its line"
        };
        let message = format!("`{}` follows the value on this line", excerpt(written));
        let error = SyntaxError::new(Code::TomlSyntax, rest.span.clone(), message, help);
        Some(error.with_intended(rest.span.clone(), ""))
    }

    /// `["touch",, "body"]`
    fn second_comma(&self) -> Option<SyntaxError> {
        let tokens = self.without_newlines();
        let is_superfluous = |pair: &&[&Token]| {
            matches!(pair[0].kind, TokenKind::Open | TokenKind::Comma) && pair[1].kind == TokenKind::Comma
        };
        let comma = tokens.windows(2).find(is_superfluous)?[1];
        let message = "there is no entry before this comma";
        let error = SyntaxError::new(Code::TomlSyntax, comma.span.clone(), message, "remove it");
        let superfluous = tokens.windows(2).filter(is_superfluous).map(|pair| pair[1].span.clone());
        Some(superfluous.fold(error, |error, span| error.with_intended(span, "")))
    }

    /// `"The "quiet" hour"`
    fn quote_in_text(&self) -> Option<SyntaxError> {
        let has_brackets = self.first(TokenKind::Open).is_some();
        if has_brackets || self.tokens.len() < 2 || self.tokens[0].kind != TokenKind::Text {
            return None;
        }
        let quote = self.tokens[0].span.end - 1;
        let help = if self.text_of(&self.tokens[0]).starts_with('\'') {
            "use double quotes around a text with an apostrophe, such as \"it's fine\""
        } else {
            "put a backslash before each quote within the text, such as \"the \\\"quiet\\\" hour\", or remove it"
        };
        let message = "the text ends at this quote, but more follows";
        Some(self.error(Code::StrayQuote, quote..quote + 1, message, help))
    }

    /// `["touch" "breath"]` or `["touch"; "breath"]`
    fn missing_comma(&self) -> Option<SyntaxError> {
        self.first(TokenKind::Open)?;
        let ends_entry = |token: &Token| matches!(token.kind, TokenKind::Text | TokenKind::Bare | TokenKind::Close);
        let starts_entry = |token: &Token| matches!(token.kind, TokenKind::Text | TokenKind::Bare | TokenKind::Open);
        let tokens = self.without_newlines();
        let next = tokens.windows(2).find(|pair| ends_entry(pair[0]) && starts_entry(pair[1]))?[1];
        let span = next.span.clone();
        if self.text_of(next) == ";" {
            let message = "there is a semicolon instead of a comma";
            let error = SyntaxError::new(Code::MissingComma, span, message, "replace it with a comma");
            let semicolons = self.tokens.iter().filter(|token| self.text_of(token) == ";");
            return Some(semicolons.fold(error, |error, token| error.with_intended(token.span.clone(), ",")));
        }
        let help = format!("add a comma before {}", excerpt(self.text_of(next)));
        let error = SyntaxError::new(Code::MissingComma, span.clone(), "a comma is missing before this", help);
        Some(error.with_intended(span.start..span.start, ", "))
    }

    /// `"rec\hand.ogg"`
    fn bad_escape(&self) -> Option<SyntaxError> {
        let mut texts = self.tokens.iter().filter(|token| token.kind == TokenKind::Text);
        let find = |token: &Token| {
            let escape = toml_1_1::find_bad_escape(self.text, token);
            escape.filter(|_| self.text_of(token).starts_with('"'))
        };
        let error = toml_1_1::bad_escape(self.text, texts.find_map(find)?);
        let backslashes = self.text[self.span.clone()].match_indices('\\').map(|(at, _)| self.span.start + at);
        Some(backslashes.fold(error, |error, at| error.with_intended(at..at + 1, "/")))
    }

    /// `bowl` or `[touch, breath]`
    fn missing_quotes(&self) -> Option<SyntaxError> {
        if self.tokens[0].kind != TokenKind::Open {
            return Some(self.value_without_quotes(&self.text[self.span.clone()]));
        }
        let mut last_of_entry = self.tokens.windows(2).filter(|pair| pair[1].kind != TokenKind::Equals);
        let is_value = |word: &str| is_valid_toml(&format!("a = {word}"));
        let is_unquoted = |token: &Token| token.kind == TokenKind::Bare && !is_value(self.text_of(token));
        let token = &last_of_entry.find(|pair| is_unquoted(&pair[0]))?[0];
        let (word, span) = (self.text_of(token), token.span.clone());
        let help = format!("put it in quotes: \"{}\"", excerpt(word));
        let error = SyntaxError::new(Code::UnquotedText, span.clone(), "this text has no quotes", help);
        Some(error.with_intended(span, format!("\"{}\"", word.replace(['\\', '"'], ""))))
    }

    /// Returns the error for a duration, a number, a list or a text without quotes, depending on the key.
    fn value_without_quotes(&self, written: &str) -> SyntaxError {
        let span = self.span.clone();
        let key = self.key.rsplit('.').next().unwrap_or(self.key);
        if DURATIONS.contains(&key) {
            let guess = duration::guess(written).map_or_else(|| "40s".to_owned(), duration::format);
            let help = format!("write it in quotes with its unit: {key} = \"{guess}\"");
            return self.error(Code::UnquotedText, span, "this duration has no quotes", help);
        }
        if NUMBERS.contains(&key) || written.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
            let help = match leading_number(written) {
                Some(number) => format!("write only the number, with a decimal point: {key} = {number}"),
                None => format!("write a number in digits, such as {}", example(key)),
            };
            return self.error(Code::BadNumber, span, format!("`{}` is not a number", excerpt(written)), help);
        }
        let inner: String = written.chars().filter(|c| !matches!(c, '"' | '\\' | '`') && !c.is_control()).collect();
        if TEXT_LISTS.contains(&key) {
            let entries = inner.split([',', ';', ' ']).map(|entry| entry.trim_matches(['(', ')', '\'']).trim());
            let entries = entries.filter(|entry| !entry.is_empty()).map(|entry| format!("\"{}\"", excerpt(entry)));
            let help = format!("write {key} = [{}]", entries.collect::<Vec<_>>().join(", "));
            let message = "this list needs brackets, and quotes around each entry";
            return self.error(Code::UnquotedText, span, message, help);
        }
        let help = format!("put it in quotes: {key} = \"{}\"", excerpt(inner.trim()));
        SyntaxError::new(Code::UnquotedText, span.clone(), "this text has no quotes", help)
            .with_intended(span, format!("\"{inner}\""))
    }

    fn unexplained(&self) -> SyntaxError {
        let message = format!("the value of `{}` can't be read", excerpt(self.key));
        let help = format!("write it like this: {}", example(self.key));
        self.error(Code::TomlSyntax, self.span.clone(), message, help)
    }
}

/// Returns the number that a text starts with, in digits with a decimal point.
fn leading_number(text: &str) -> Option<String> {
    let text = text.replace(',', ".");
    let end = text.find(|c: char| !c.is_ascii_digit() && !"+-.".contains(c)).unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    number.is_finite().then(|| number.to_string())
}
