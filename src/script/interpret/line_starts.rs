//! Reads what can only be at the start of a line, such as a speaker.

use super::state::{Interpreter, Reading};
use crate::script::block::{EventContent, ScriptPause};
use crate::script::headings;
use crate::script::labels;
use crate::script::marks::{self, MarkPlace, ParsedMark};
use crate::script::sentences::ends_sentence;

impl Interpreter<'_> {
    /// Reads what can only be at the start of a line. Returns whether there was any.
    pub(super) fn read_line_start(&mut self, reading: &mut Reading) -> bool {
        self.read_speaker(reading)
            || self.read_label(reading)
            || self.read_direction_line(reading)
            || self.read_command(reading)
            || self.read_bare_mark(reading)
            || self.read_bullet(reading)
            || self.read_rule(reading)
    }

    fn read_speaker(&mut self, reading: &mut Reading) -> bool {
        let Some(length) = headings::speaker_prefix(reading.rest()) else { return false };
        self.flush();
        reading.position += length;
        true
    }

    /// Reads the name of a line.
    fn read_label(&mut self, reading: &mut Reading) -> bool {
        let label = labels::label(reading.rest_of_line()).filter(|_| self.has_labels);
        let Some((name, length)) = label else { return false };
        self.emit(reading.line(), EventContent::LineName(name.to_owned()));
        reading.position += length;
        true
    }

    fn read_direction_line(&mut self, reading: &mut Reading) -> bool {
        let content = reading.rest_of_line().trim();
        let Some((text, is_known)) = headings::direction_line(content) else { return false };
        let mark = marks::read(text, MarkPlace::Bracket);
        self.emit_mark_or_direction(reading.line(), mark, content, !is_known);
        reading.skip_line();
        true
    }

    /// Reads a command to a program, or the end of the script. Both become directions.
    fn read_command(&mut self, reading: &mut Reading) -> bool {
        let content = reading.rest_of_line().trim();
        let is_command = headings::is_command(content);
        if !is_command && !headings::is_end(content) {
            return false;
        }
        self.emit_mark_or_direction(reading.line(), ParsedMark::default(), content, is_command);
        reading.skip_line();
        true
    }

    /// Reads a mark without brackets, unless the line continues a sentence.
    fn read_bare_mark(&mut self, reading: &mut Reading) -> bool {
        let content = reading.rest_of_line().trim();
        let mark = marks::read(content, MarkPlace::Bare);
        if mark.events.is_empty() || !self.is_separate(content) {
            return false;
        }
        self.emit_mark(reading.line(), mark, content);
        reading.skip_line();
        true
    }

    /// Returns whether a line does not continue the sentence before it.
    fn is_separate(&self, line: &str) -> bool {
        line.chars().next().is_none_or(|first| !first.is_lowercase())
            || line.contains(|c: char| c.is_ascii_digit())
            || ends_sentence(&self.speech.text) && ends_sentence(&self.aside.text)
    }

    /// Skips the sign of a list item or a quotation. A list item starts a new line of speech.
    fn read_bullet(&mut self, reading: &mut Reading) -> bool {
        let rest = reading.rest();
        let length = headings::bullet(rest);
        let is_italic = reading.block.italics.iter().any(|range| range.start == reading.position);
        if length == 0 || is_italic {
            return false;
        }
        if !rest.trim_start().starts_with('>') {
            self.flush();
        }
        reading.position += length;
        true
    }

    /// Reads a horizontal rule, which is a pause.
    fn read_rule(&mut self, reading: &mut Reading) -> bool {
        if !headings::is_rule(reading.rest_of_line().trim()) {
            return false;
        }
        self.emit(reading.line(), EventContent::Pause(ScriptPause { length: None, waits: false }));
        reading.skip_line();
        true
    }
}
