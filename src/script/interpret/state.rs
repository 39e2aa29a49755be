//! The state of the interpreter, and how it emits events.

use crate::script::ScriptNote;
use crate::script::block::{EventContent, ScriptEvent, TextBlock};
use crate::script::line::{one_line, quoted};
use crate::script::marks::{self, MarkPlace, ParsedMark};
use crate::script::quotes::Quotation;

/// Text that is not emitted yet.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) text: String,
    /// The line on which it starts.
    pub(super) line: usize,
}

impl Pending {
    pub(super) fn push(&mut self, line: usize, text: &str) {
        if self.text.trim().is_empty() {
            self.line = line;
        }
        self.text.push_str(text);
    }

    pub(super) fn take(&mut self) -> (String, usize) {
        (std::mem::take(&mut self.text), self.line)
    }
}

/// The state of the interpreter.
pub(super) struct Interpreter<'notes> {
    /// Whether lines begin with their names.
    pub(super) has_labels: bool,
    pub(super) events: Vec<ScriptEvent>,
    pub(super) notes: &'notes mut Vec<ScriptNote>,
    /// The spoken text.
    pub(super) speech: Pending,
    /// The text outside the quotation marks.
    pub(super) aside: Pending,
    /// Directions to the guide within the pending speech.
    pub(super) directions: Vec<ScriptEvent>,
    /// The quotation mark that ends a quotation of several paragraphs, while it is open.
    pub(super) continued: Option<char>,
    /// The paragraphs in italics that are spoken.
    pub(super) italics: Vec<ScriptNote>,
}

/// A block that is being read.
pub(super) struct Reading<'block> {
    pub(super) block: &'block TextBlock,
    /// The position in its text, in bytes.
    pub(super) position: usize,
    /// Whether the text at `position` is spoken.
    pub(super) is_speech: bool,
    /// The quotation mark that ends the open quotation.
    pub(super) closing: Option<char>,
    pub(super) quotation: Quotation,
}

impl<'block> Reading<'block> {
    pub(super) fn rest(&self) -> &'block str {
        &self.block.text[self.position..]
    }

    pub(super) fn rest_of_line(&self) -> &'block str {
        self.rest().split('\n').next().unwrap_or_default()
    }

    /// Moves to the line break at the end of the line.
    pub(super) fn skip_line(&mut self) {
        self.position += self.rest_of_line().len();
    }

    pub(super) fn line(&self) -> usize {
        self.block.line + self.block.text[..self.position].matches('\n').count()
    }

    pub(super) fn is_at_line_start(&self) -> bool {
        self.position == 0 || self.block.text[..self.position].ends_with('\n')
    }
}

impl Interpreter<'_> {
    pub(super) fn add_text(&mut self, reading: &Reading, text: &str) {
        let pending = if reading.is_speech { &mut self.speech } else { &mut self.aside };
        pending.push(reading.line(), text);
    }

    /// Emits the events of a mark, and keeps its text as a direction if it has further content, or is unknown.
    /// `notes_unknown` adds a note about an unknown one.
    pub(super) fn emit_mark_or_direction(&mut self, line: usize, mark: ParsedMark, content: &str, notes_unknown: bool) {
        if !mark.events.is_empty() {
            return self.emit_mark(line, mark, content);
        }
        if notes_unknown && content.chars().any(char::is_alphanumeric) {
            let message = format!("{} is not understood; it is a comment in the manifest", quoted(content));
            self.notes.push(ScriptNote { line, message });
        }
        self.add_direction(line, content);
    }

    pub(super) fn emit_mark(&mut self, line: usize, mark: ParsedMark, content: &str) {
        self.flush();
        if !mark.is_complete {
            self.push(line, EventContent::Direction(one_line(content)));
        }
        for event in mark.events {
            self.push(line, event);
        }
    }

    pub(super) fn emit(&mut self, line: usize, content: EventContent) {
        self.flush();
        self.push(line, content);
    }

    pub(super) fn push(&mut self, line: usize, content: EventContent) {
        self.events.push(ScriptEvent { line, content });
    }

    pub(super) fn add_direction(&mut self, line: usize, text: &str) {
        let text = one_line(text);
        if text.chars().any(char::is_alphanumeric) {
            self.directions.push(ScriptEvent { line, content: EventContent::Direction(text) });
        }
    }

    pub(super) fn flush(&mut self) {
        self.flush_aside();
        self.flush_speech();
    }

    pub(super) fn flush_speech(&mut self) {
        self.events.append(&mut self.directions);
        let (text, line) = self.speech.take();
        let text = one_line(&text);
        // Drops the remaining punctuation on both sides of a mark.
        let text = text.trim_start_matches([',', ';', ':', '.', '!', '?', '–', '—', '-', ' ']);
        let text = text.trim_end_matches(['–', '—', '-', '~', '_', '*', '\\', ' ']).trim_start_matches(['~', '_', '*']);
        if text.chars().any(char::is_alphanumeric) {
            self.push(line, EventContent::Line(text.to_owned()));
        }
    }

    /// Emits the text outside the quotation marks as a direction.
    pub(super) fn flush_aside(&mut self) {
        let (text, line) = self.aside.take();
        let text = one_line(&text);
        if !text.chars().any(char::is_alphanumeric) {
            return;
        }
        let mark = marks::read(&text, MarkPlace::Aside);
        self.flush_speech();
        self.emit_mark_or_direction(line, mark, &text, false);
    }
}
