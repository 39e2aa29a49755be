//! Marks in brackets, and links, tags and asides that resemble them.

use super::state::{Interpreter, Reading};
use crate::script::ScriptNote;
use crate::script::brackets::{closing_bracket, pronunciation};
use crate::script::headings;
use crate::script::line::{one_line, quoted};
use crate::script::marks::{self, MarkPlace};
use crate::script::sentences::{ends_sentence, starts_anew};

impl Interpreter<'_> {
    /// Reads a mark in brackets. Returns whether there was one.
    pub(super) fn read_bracket(&mut self, reading: &mut Reading, opening: char) -> bool {
        let rest = reading.rest();
        let line = reading.line();
        if opening == '<'
            && !rest[1..].starts_with(|next: char| next.is_alphanumeric() || matches!(next, '/' | '!' | '<'))
        {
            return false;
        }
        if opening == '['
            && let Some(length) = pronunciation(rest)
        {
            self.add_text(reading, &rest[..length].replace('\n', " "));
            reading.position += length;
            return true;
        }
        let Some(end) = closing_bracket(rest, opening) else {
            if opening == '(' {
                return false;
            }
            let message =
                format!("{} has no closing bracket; it is spoken", quoted(rest.split('\n').next().unwrap_or(rest)));
            self.notes.push(ScriptNote { line, message });
            reading.position += 1;
            return true;
        };
        let (content, after) = (&rest[1..end], &rest[end + 1..]);
        match opening {
            '(' => self.read_parentheses(reading, content, after),
            '<' => {
                reading.position += end + 1;
                self.read_tag(reading, content);
                true
            }
            _ => {
                reading.position += end + 1;
                self.read_square(reading, line, content, after);
                true
            }
        }
    }

    /// Handles parentheses, which are a mark, a direction, or a part of the sentence.
    fn read_parentheses(&mut self, reading: &mut Reading, content: &str, after: &str) -> bool {
        let line = reading.line();
        let mark = marks::read(content, MarkPlace::Aside);
        let before = if reading.is_speech { &self.speech.text } else { &self.aside.text };
        let after_punctuation = after.strip_prefix(['.', '!', ':']).unwrap_or(after);
        let stands_alone = ends_sentence(before) && starts_anew(after_punctuation);
        let is_mark = !mark.events.is_empty() && mark.is_complete;
        if !(is_mark || stands_alone || !reading.is_speech) {
            return false;
        }
        reading.position += content.len() + 2;
        self.emit_mark_or_direction(line, mark, content, false);
        if stands_alone && after.len() != after_punctuation.len() {
            reading.position += 1;
        }
        true
    }

    /// Reads a pause such as `/5s`. Returns whether there was one.
    pub(super) fn read_slash(&mut self, reading: &mut Reading) -> bool {
        let before = reading.block.text[..reading.position].chars().next_back();
        let word = reading.rest().split_whitespace().next().unwrap_or_default();
        let length = word.trim_end_matches(['.', ',']);
        let is_separate =
            before.is_none_or(char::is_whitespace) && length[1..].starts_with(|c: char| c.is_ascii_digit());
        let mark = marks::read(&length[1..], MarkPlace::Bracket);
        if !is_separate || !length.ends_with(char::is_alphabetic) || mark.events.is_empty() || !mark.is_complete {
            return false;
        }
        self.emit_mark(reading.line(), mark, length);
        reading.position += length.len();
        true
    }

    /// Reads a link between notes, in two pairs of brackets: `[[Breath|the breath]]`. Returns whether there was one.
    fn read_link(&mut self, reading: &mut Reading, content: &str) -> bool {
        let Some(inner) = content.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) else { return false };
        let before = if reading.is_speech { &self.speech.text } else { &self.aside.text };
        let is_mark = !marks::read(inner, MarkPlace::Bracket).events.is_empty();
        if is_mark || !inner.contains('|') && ends_sentence(before) {
            return false;
        }
        self.add_text(reading, &one_line(inner.rsplit('|').next().unwrap_or(inner)));
        true
    }

    fn read_square(&mut self, reading: &mut Reading, line: usize, content: &str, after: &str) {
        if self.read_link(reading, content) {
            return;
        }
        if headings::is_speaker(content) {
            self.flush();
            reading.position += after.len() - after.trim_start_matches([':', ' ']).len();
            return;
        }
        // The text of a link is spoken, its address is not.
        if let Some(end) =
            after.strip_prefix('(').and_then(|link| link.find(')')).filter(|end| is_address(&after[1..=*end]))
        {
            self.add_text(reading, &one_line(content));
            reading.position += end + 2;
            return;
        }
        let mark = marks::read(content, MarkPlace::Bracket);
        let is_time = content.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '-' | '–' | ' ' | '.'));
        if is_time {
            self.flush();
        }
        self.emit_mark_or_direction(line, mark, content, !is_time);
    }

    fn read_tag(&mut self, reading: &Reading, content: &str) {
        const FORMATTING: [&str; 26] = [
            "b", "i", "em", "strong", "u", "p", "br", "div", "span", "small", "center", "sup", "sub", "h1", "h2", "h3",
            "ul", "ol", "li", "a", "speak", "prosody", "emphasis", "s", "voice", "details",
        ];
        let line = reading.line();
        if let Some(comment) = content.strip_prefix("!--") {
            return self.add_direction(line, comment.trim_end_matches("--"));
        }
        let name = content.trim_start_matches('/').split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if FORMATTING.contains(&name.to_ascii_lowercase().as_str()) {
            return self.add_text(reading, " ");
        }
        self.emit_mark_or_direction(line, marks::read(content, MarkPlace::Bracket), content, true);
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("http") || text.starts_with("www.") || text.starts_with("mailto:") || text.starts_with('#')
}
