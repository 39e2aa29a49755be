//! Separates speech from everything else in the blocks of a script.

mod brackets;
mod line_starts;
mod state;

use super::ScriptNote;
use super::block::{BlockKind, EventContent, ScriptEvent, ScriptItem, TextBlock};
use super::brackets::unbracketed;
use super::headings;
use super::labels;
use super::line::{one_line, quoted};
use super::marks::{self, MarkPlace};
use super::quotes::{self, Quotation};
use super::sentences::{ends_sentence, starts_anew};
use state::{Interpreter, Pending, Reading};

/// Converts blocks to events, and adds notes about what was not understood.
pub(super) fn interpret(items: &[ScriptItem], may_quote: bool, notes: &mut Vec<ScriptNote>) -> Vec<ScriptEvent> {
    let quotation = if may_quote { quotes::find(items) } else { Quotation::None };
    let mut interpreter = Interpreter {
        has_labels: labels::are_used(items),
        events: Vec::new(),
        notes,
        speech: Pending::default(),
        aside: Pending::default(),
        directions: Vec::new(),
        continued: None,
        italics: Vec::new(),
    };
    for (index, item) in items.iter().enumerate() {
        match item {
            ScriptItem::Event(event) => interpreter.events.push(event.clone()),
            ScriptItem::Block(block) => interpreter.read_block(block, &items[index + 1..], quotation),
        }
    }
    interpreter.note_italics();
    interpreter.events
}

impl Interpreter<'_> {
    fn read_block(&mut self, block: &TextBlock, following: &[ScriptItem], quotation: Quotation) {
        match block.kind {
            BlockKind::Heading(level) => self.read_heading(block, level),
            // Rules have already been handled with their neighbours.
            BlockKind::Rule => {}
            BlockKind::Paragraph | BlockKind::Quotation => {
                let is_speech = match quotation {
                    Quotation::None => true,
                    Quotation::Marks => false,
                    Quotation::Blocks => block.kind == BlockKind::Quotation,
                };
                let closing = self.continued.take().filter(|_| !quotes::starts_with_quotation(&block.text));
                let is_speech = is_speech || closing.is_some();
                let mut reading = Reading { block, position: 0, is_speech, closing, quotation };
                while reading.position < block.text.len() {
                    self.step(&mut reading);
                }
                self.flush();
                self.continued = reading.closing.filter(|closing| quotes::closes_later(following, *closing));
            }
        }
    }

    /// Converts a heading to a chapter. A time in the heading becomes a comment, because it would be wrong once the session is stretched.
    fn read_heading(&mut self, block: &TextBlock, level: u8) {
        let (title, remark) = headings::without_time(&block.text);
        if let Some(inner) = unbracketed(&block.text).filter(|inner| marks::is_title_mark(inner)) {
            return self.emit_mark(block.line, marks::read(inner, MarkPlace::Bracket), inner);
        }
        if let Some(remark) = remark {
            self.push(block.line, EventContent::Direction(remark));
        }
        let title = one_line(title.trim().trim_end_matches(':'));
        if title.chars().any(char::is_alphanumeric) {
            self.push(block.line, EventContent::Chapter { title, level });
        }
    }

    /// Reads one character, mark, or line.
    fn step(&mut self, reading: &mut Reading) {
        if reading.is_at_line_start() && self.read_line_start(reading) {
            return;
        }
        if self.read_italics(reading) || self.read_pause_sentence(reading) {
            return;
        }
        let Some(character) = reading.rest().chars().next() else { return };
        let is_read = match character {
            '(' | '[' | '{' | '<' => self.read_bracket(reading, character),
            ']' | '}' => {
                reading.position += 1;
                true
            }
            '/' => self.read_slash(reading),
            _ => reading.quotation == Quotation::Marks && self.read_quotation_mark(reading, character),
        };
        if !is_read {
            let text = if character == '\n' { " " } else { &reading.rest()[..character.len_utf8()] };
            self.add_text(reading, text);
            reading.position += character.len_utf8();
        }
    }

    /// Reads a sentence within a paragraph that is only a pause with its length: "Pause for 10 seconds." Returns whether there was one.
    fn read_pause_sentence(&mut self, reading: &mut Reading) -> bool {
        const MAX_SENTENCE_BYTES: usize = 60;
        let before = &self.speech.text;
        let follows_sentence = before.ends_with(' ') && ends_sentence(before) && !before.trim().is_empty();
        let rest = reading.rest();
        if !reading.is_speech || !follows_sentence || !rest.starts_with(char::is_uppercase) {
            return false;
        }
        let ends = [
            rest.find(". ").map(|stop| stop + 1),
            rest.find(".\n").map(|stop| stop + 1),
            rest.find('\n'),
            Some(rest.len()),
        ];
        let sentence = &rest[..ends.into_iter().flatten().min().unwrap_or_default()];
        if sentence.len() > MAX_SENTENCE_BYTES {
            return false;
        }
        let mark = marks::read(sentence, MarkPlace::Bare);
        let is_exact = |event: &EventContent| matches!(event, EventContent::Pause(pause) if pause.length.is_some_and(|length| length.is_exact));
        if mark.events.is_empty() || !mark.events.iter().all(is_exact) {
            return false;
        }
        let line = reading.line();
        self.notes.push(ScriptNote { line, message: format!("{} is a pause, and is not spoken", quoted(sentence)) });
        self.emit_mark(line, mark, sentence);
        reading.position += sentence.len();
        true
    }

    /// Reads italics that are a mark rather than a stressed word. Returns whether there were any.
    fn read_italics(&mut self, reading: &mut Reading) -> bool {
        let block = reading.block;
        let Some(range) = block.italics.iter().find(|range| range.start == reading.position) else { return false };
        let content = block.text[range.clone()].trim();
        let before = if reading.is_speech { &self.speech.text } else { &self.aside.text };
        let stands_alone = ends_sentence(before) && starts_anew(&block.text[range.end..]);
        if !stands_alone || unbracketed(content).is_some() || !reading.is_speech {
            return false;
        }
        let line = reading.line();
        let mark = marks::read(content, MarkPlace::Aside);
        if !mark.events.is_empty() || reading.quotation != Quotation::None {
            self.emit_mark_or_direction(line, mark, content, false);
            reading.position = range.end;
            return true;
        }
        if range.start == 0 && range.end == block.text.len() {
            self.italics.push(ScriptNote { line, message: quoted(content) });
        }
        false
    }

    /// Notes which paragraphs in italics are spoken, in a single note if there are many.
    fn note_italics(&mut self) {
        const MAX_SEPARATE_NOTES: usize = 3;
        let count = self.italics.len();
        for mut note in self.italics.drain(..).take(if count > MAX_SEPARATE_NOTES { 1 } else { count }) {
            note.message = if count > MAX_SEPARATE_NOTES {
                format!(
                    "{count} paragraphs in italics, such as this one, are spoken; \
                    if they should not be spoken, put a # before each in the manifest"
                )
            } else {
                format!(
                    "{} is in italics, and is spoken; if it should not be spoken, put a # before it in the manifest",
                    note.message
                )
            };
            self.notes.push(note);
        }
    }

    /// Starts or ends quoted speech. Returns whether the character is a quotation mark that does so.
    fn read_quotation_mark(&mut self, reading: &mut Reading, character: char) -> bool {
        match reading.closing {
            Some(closing) if quotes::closes(character, closing) => {
                reading.closing = None;
                reading.is_speech = false;
                self.speech.text.push(' ');
            }
            None => match quotes::closing_of(character) {
                Some(closing) => {
                    self.flush_aside();
                    reading.closing = Some(closing);
                    reading.is_speech = true;
                }
                None => return false,
            },
            Some(_) => return false,
        }
        reading.position += character.len_utf8();
        true
    }
}
