//! Why the value of a key is not TOML.

use super::pair::{example, is_bare};
use super::{Slip, newer_toml};
use crate::manifest::codes::Code;
use crate::manifest::duration;
use crate::manifest::keys::{DURATIONS, LISTS_OF_TEXTS, NUMBERS};
use crate::manifest::span::Span;
use crate::manifest::syntax::scanner::{CURLY, Form, Token};
use crate::manifest::table::visible;

/// What is the matter with the value of `key`, which these tokens make.
pub(super) fn fault(text: &str, key: &str, tokens: &[Token]) -> Slip {
    let value = Value { text, key, tokens, span: tokens[0].span.start..tokens[tokens.len() - 1].span.end };
    value
        .second_statement()
        .or_else(|| value.second_equals())
        .or_else(|| value.curly())
        .or_else(|| value.lines())
        .or_else(|| value.unclosed_quote())
        .or_else(|| value.unclosed_bracket())
        .or_else(|| value.colon())
        .or_else(|| value.several())
        .or_else(|| value.more())
        .or_else(|| value.second_comma())
        .or_else(|| value.stray_quote())
        .or_else(|| value.missing_comma())
        .or_else(|| value.escape())
        .or_else(|| value.bare())
        .unwrap_or_else(|| value.other())
}

struct Value<'text> {
    text: &'text str,
    key: &'text str,
    tokens: &'text [Token],
    span: Span,
}

impl Value<'_> {
    fn of(&self, token: &Token) -> &str {
        &self.text[token.span.clone()]
    }

    fn slip(&self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) -> Slip {
        Slip::new(code, span, message, help).stub(self.span.clone(), "\"\"")
    }

    fn first(&self, form: Form) -> Option<&Token> {
        self.tokens.iter().find(|token| token.form == form)
    }

    /// `strikes = 3 every = "15s"`
    fn second_statement(&self) -> Option<Slip> {
        let mut depth = 0_usize;
        for pair in self.tokens.windows(2) {
            match pair[0].form {
                Form::Open => depth += 1,
                Form::Close => depth = depth.saturating_sub(1),
                Form::Bare if depth == 0 && pair[1].form == Form::Equals => {
                    let written = self.of(&pair[0]);
                    let word = written.rsplit([' ', '\t']).next().unwrap_or(written);
                    let at = pair[0].span.end - word.len();
                    if at == self.span.start {
                        return None;
                    }
                    let (span, help) = (at..pair[0].span.end, format!("begin a new line before `{}`", visible(word)));
                    let message = "two keys stand on one line";
                    return Some(Slip::new(Code::TwoOnALine, span, message, help).meant(at..at, "\n"));
                }
                _ => {}
            }
        }
        None
    }

    fn curly(&self) -> Option<Slip> {
        let curly = |c: char| c == '’' || CURLY.contains(&c);
        let is_curly = |token: &&Token| match token.form {
            Form::Curly => true,
            Form::Unclosed => self.of(token).ends_with(curly),
            Form::Bare => self.of(token).starts_with(curly),
            _ => false,
        };
        let token = self.tokens.iter().find(is_curly)?;
        let inner = self.of(token).trim_matches(|c: char| c == '"' || c == '\'' || curly(c));
        let help = format!("write straight ones: \"{}\"; a plain text editor does so by itself", visible(inner));
        let slip = Slip::new(Code::CurlyQuote, token.span.clone(), "this text stands in curly quotes", help);
        let all = self.tokens.iter().filter(is_curly);
        Some(all.fold(slip, |slip, token| {
            let inner = self.of(token).trim_matches(|c: char| c == '"' || c == '\'' || curly(c));
            slip.meant(token.span.clone(), format!("\"{}\"", inner.replace('\\', "/").replace('"', "'")))
        }))
    }

    /// `{` … over several lines, with or without the commas.
    fn lines(&self) -> Option<Slip> {
        let open = newer_toml::broken_brace(self.text, self.tokens)?;
        let closed = self.tokens.last().is_some_and(|last| last.form == Form::Close);
        closed.then(|| self.slip(Code::InlineTableLines, open, newer_toml::LINES, newer_toml::lines_help(self.key)))
    }

    fn unclosed_quote(&self) -> Option<Slip> {
        let token = self.first(Form::Unclosed)?;
        let written = self.of(token);
        let span = token.span.clone();
        if written.starts_with("\"\"\"") || written.starts_with("'''") {
            let opening = &written[..3];
            let message = format!("nothing closes the {opening} that opens this text");
            let help = format!("put {opening} at the text's end");
            return Some(self.slip(Code::MissingQuote, span.start..span.start + 3, message, help));
        }
        if written.contains('\n') {
            let help = "put three quotes before and after a text of several lines: \"\"\"…\"\"\"";
            let message = "this text goes on over several lines between single quotes";
            return Some(self.slip(Code::MissingQuote, span, message, help));
        }
        if self.tokens[0].form == Form::Bare && self.tokens.len() == 2 {
            let word = self.of(&self.tokens[0]);
            let help = format!("put one before it, too: {} = \"{}\"", self.key, visible(word));
            let message = "this text has a closing quote and no opening one";
            return Some(self.slip(Code::MissingQuote, self.span.clone(), message, help));
        }
        let help = "a text begins and ends with a quote on the same line; one of several lines stands between \"\"\" and \"\"\"";
        Some(self.slip(Code::MissingQuote, span, "nothing closes the quote that opens this text", help))
    }

    fn unclosed_bracket(&self) -> Option<Slip> {
        let mut open: Vec<&Token> = Vec::new();
        for token in self.tokens {
            match token.form {
                Form::Open => open.push(token),
                Form::Close => {
                    let fits = open.pop().is_some_and(|open| (self.of(open) == "[") == (self.of(token) == "]"));
                    if !fits {
                        let message = format!("nothing opened what this `{}` closes", self.of(token));
                        let help = format!("take it out, or open it, as in {}", example(self.key));
                        return Some(self.slip(Code::UnclosedBracket, token.span.clone(), message, help));
                    }
                }
                _ => {}
            }
        }
        let token = open.last()?;
        let closing = if self.of(token) == "[" { "]" } else { "}" };
        let message = format!("nothing closes this `{}`", self.of(token));
        Some(self.slip(Code::UnclosedBracket, token.span.clone(), message, format!("put {closing} at its end")))
    }

    /// `{ say: "…" }`
    fn colon(&self) -> Option<Slip> {
        let open = self.tokens.iter().position(|token| self.of(token) == "{")?;
        let wrong = |token: &&Token| {
            token.form == Form::Bare && self.of(token).strip_suffix(':').is_some_and(|key| is_bare(key.trim_end()))
        };
        let token = self.tokens[open..].iter().find(wrong)?;
        let key = self.of(token).trim_end_matches(':').trim_end();
        let help = format!("between {{ and }}, too, an = follows the key: {key} = \"…\"");
        let slip = Slip::new(Code::MissingEquals, token.span.clone(), format!("`{key}` has no = after it"), help);
        let colons = self.tokens[open..].iter().filter(wrong);
        Some(colons.fold(slip, |slip, token| slip.meant(token.span.end - 1..token.span.end, " =")))
    }

    /// `tags = "touch", "breath"`
    fn several(&self) -> Option<Slip> {
        let bracketed = self.first(Form::Open).is_some();
        let comma = self.tokens.iter().position(|token| token.form == Form::Comma).filter(|at| *at > 0)?;
        let parted = self.tokens.iter().enumerate().all(|(at, token)| match token.form {
            Form::Text => at % 2 == 0,
            Form::Comma => at % 2 == 1,
            _ => false,
        });
        if bracketed || !parted || self.tokens.len().is_multiple_of(2) {
            return None;
        }
        let (message, help) = if LISTS_OF_TEXTS.contains(&self.key) {
            let list = visible(&self.text[self.span.clone()]);
            ("a list stands in brackets".to_owned(), format!("write {} = [{list}]", self.key))
        } else {
            (format!("`{}` takes one value", visible(self.key)), "keep one of them".to_owned())
        };
        Some(self.slip(Code::UnclosedBracket, self.tokens[comma].span.clone(), message, help))
    }

    /// `== "…"`
    fn second_equals(&self) -> Option<Slip> {
        let token = self.tokens.first().filter(|token| token.form == Form::Equals && self.tokens.len() > 1)?;
        let help = "one = stands between a key and its value; take the other out";
        Some(
            Slip::new(Code::TomlSyntax, token.span.clone(), "there is one = too many", help)
                .meant(token.span.clone(), ""),
        )
    }

    /// `"bowl",` or `"bowl" // the low one`
    fn more(&self) -> Option<Slip> {
        let [text, more] = self.tokens else { return None };
        let whole = text.form == Form::Text && matches!(more.form, Form::Comma | Form::Bare);
        let words = self.of(more).starts_with(|c: char| c.is_alphanumeric());
        if !whole || words {
            return None;
        }
        let help = if self.of(more).chars().any(char::is_alphanumeric) {
            "a remark begins with #"
        } else {
            "take it out; a line ends with its value"
        };
        let message = format!("`{}` follows the text on its line", visible(self.of(more)));
        Some(Slip::new(Code::TomlSyntax, more.span.clone(), message, help).meant(more.span.clone(), ""))
    }

    /// `["touch",, "body"]`
    fn second_comma(&self) -> Option<Slip> {
        let solid: Vec<_> = self.tokens.iter().filter(|token| token.form != Form::Newline).collect();
        let before = |pair: &&[&Token]| matches!(pair[0].form, Form::Open | Form::Comma) && pair[1].form == Form::Comma;
        let comma = solid.windows(2).find(before)?[1];
        let all = solid.windows(2).filter(before).map(|pair| pair[1].span.clone());
        let slip = Slip::new(Code::TomlSyntax, comma.span.clone(), "nothing stands before this comma", "take it out");
        Some(all.fold(slip, |slip, span| slip.meant(span, "")))
    }

    /// `"The "quiet" hour"`
    fn stray_quote(&self) -> Option<Slip> {
        let bracketed = self.first(Form::Open).is_some();
        if bracketed || self.tokens.len() < 2 || self.tokens[0].form != Form::Text {
            return None;
        }
        let quote = self.tokens[0].span.end - 1;
        let help = if self.of(&self.tokens[0]).starts_with('\'') {
            "put a text with an apostrophe in it between double quotes, as in \"it's fine\""
        } else {
            "put a backslash before each quote that belongs to the text, as in \"the \\\"quiet\\\" hour\", or take it out"
        };
        let message = "the text ends at this quote, and more follows";
        Some(self.slip(Code::StrayQuote, quote..quote + 1, message, help))
    }

    fn missing_comma(&self) -> Option<Slip> {
        self.first(Form::Open)?;
        let entry = |token: &Token| matches!(token.form, Form::Text | Form::Bare | Form::Close);
        let begins = |token: &Token| matches!(token.form, Form::Text | Form::Bare | Form::Open);
        let solid: Vec<_> = self.tokens.iter().filter(|token| token.form != Form::Newline).collect();
        let next = solid.windows(2).find(|pair| entry(pair[0]) && begins(pair[1]))?[1];
        if self.of(next) == ";" {
            let message = "a semicolon stands where a comma belongs";
            let slip = Slip::new(Code::MissingComma, next.span.clone(), message, "write a comma in its place");
            let all = self.tokens.iter().filter(|token| self.of(token) == ";");
            return Some(all.fold(slip, |slip, token| slip.meant(token.span.clone(), ",")));
        }
        let help = format!("put a comma before {}", visible(self.of(next)));
        let slip = Slip::new(Code::MissingComma, next.span.clone(), "a comma is missing before this", help);
        Some(slip.meant(next.span.start..next.span.start, ", "))
    }

    fn escape(&self) -> Option<Slip> {
        let texts = self.tokens.iter().filter(|token| token.form == Form::Text && self.of(token).starts_with('"'));
        let at = texts.into_iter().find_map(|token| newer_toml::bad_escape(self.text, token, newer_toml::PLAIN))?;
        let slip = newer_toml::escape_slip(self.text, at);
        let inner = texts_backslashes(self.text, &self.span);
        Some(inner.into_iter().fold(slip, |slip, at| slip.meant(at..at + 1, "/")))
    }

    fn bare(&self) -> Option<Slip> {
        if self.tokens[0].form != Form::Open {
            return Some(self.number_or_words(&self.text[self.span.clone()], self.span.clone()));
        }
        let last = self.tokens.windows(2).filter(|pair| pair[1].form != Form::Equals).map(|pair| &pair[0]);
        let token = last.into_iter().find(|token| token.form == Form::Bare && !is_value(self.of(token)))?;
        let (word, span) = (self.of(token), token.span.clone());
        let help = format!("put it in quotes: \"{}\"", visible(word));
        let slip = Slip::new(Code::UnquotedText, span.clone(), "this text stands without quotes", help);
        Some(slip.meant(span, format!("\"{}\"", word.replace(['\\', '"'], ""))))
    }

    fn number_or_words(&self, word: &str, span: Span) -> Slip {
        let key = self.key.rsplit('.').next().unwrap_or(self.key);
        if DURATIONS.contains(&key) {
            let shown = duration::meant(word).map_or_else(|| "40s".to_owned(), duration::format);
            let help = format!("write it in quotes, with its unit: {key} = \"{shown}\"");
            return self.slip(Code::UnquotedText, span, "this length of time stands without quotes", help);
        }
        if NUMBERS.contains(&key) || word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
            let help = match plain_number(word) {
                Some(number) => format!("write the number alone, with a point if it has a fraction: {key} = {number}"),
                None => format!("write a number in digits, as in {}", example(key)),
            };
            return self.slip(Code::BadNumber, span, format!("`{}` is not a number", visible(word)), help);
        }
        let inner: String = word.chars().filter(|c| !matches!(c, '"' | '\\' | '`') && !c.is_control()).collect();
        if LISTS_OF_TEXTS.contains(&key) {
            let entries = inner.split([',', ';', ' ']).map(|entry| entry.trim_matches(['(', ')', '\'']).trim());
            let entries = entries.filter(|entry| !entry.is_empty()).map(|entry| format!("\"{}\"", visible(entry)));
            let help = format!("write {key} = [{}]", entries.collect::<Vec<_>>().join(", "));
            return self.slip(Code::UnquotedText, span, "a list stands in brackets, and each text in quotes", help);
        }
        let help = format!("put it in quotes: {key} = \"{}\"", visible(inner.trim()));
        Slip::new(Code::UnquotedText, span, "this text stands without quotes", help)
            .meant(self.span.clone(), format!("\"{inner}\""))
    }

    fn other(&self) -> Slip {
        let help = format!("write it as in {}", example(self.key));
        self.slip(
            Code::TomlSyntax,
            self.span.clone(),
            format!("what follows `{} =` can't be read", visible(self.key)),
            help,
        )
    }
}

/// Whether a bare word is a value of TOML.
fn is_value(word: &str) -> bool {
    super::is_sound(&format!("a = {word}"))
}

/// The number that a word begins with, in digits with a point.
fn plain_number(word: &str) -> Option<String> {
    let word = word.replace(',', ".");
    let end = word.find(|c: char| !c.is_ascii_digit() && !"+-.".contains(c)).unwrap_or(word.len());
    let number: f64 = word[..end].parse().ok()?;
    number.is_finite().then(|| number.to_string())
}

/// The places of all backslashes in a value.
fn texts_backslashes(text: &str, span: &Span) -> Vec<usize> {
    text[span.clone()].match_indices('\\').map(|(at, _)| span.start + at).collect()
}
