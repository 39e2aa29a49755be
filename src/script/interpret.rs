//! Separates speech from everything else in the blocks of a script.

use super::ScriptNote;
use super::block::{BlockKind, EventContent, ScriptEvent, ScriptItem, TextBlock};
use super::brackets::{closing_bracket, pronunciation, unbracketed};
use super::headings::{self, bullet};
use super::marks::{self, MarkPlace, ReadMark};
use super::quotes::{self, Quotation};
use super::sentences::{ends_sentence, starts_anew};

/// Converts blocks to events, and adds notes about what was not understood.
pub(super) fn interpret(items: Vec<ScriptItem>, may_quote: bool, notes: &mut Vec<ScriptNote>) -> Vec<ScriptEvent> {
    let quotation = if may_quote { quotes::find(&items) } else { Quotation::None };
    let mut interpreter = Interpreter {
        events: Vec::new(),
        notes,
        speech: Pending::default(),
        aside: Pending::default(),
        directions: Vec::new(),
    };
    for item in items {
        match item {
            ScriptItem::Event(event) => interpreter.events.push(event),
            ScriptItem::Block(block) => interpreter.read_block(&block, quotation),
        }
    }
    interpreter.events
}

/// Pending text that belongs together.
#[derive(Default)]
struct Pending {
    text: String,
    /// Its start.
    line: usize,
}

impl Pending {
    fn push(&mut self, line: usize, text: &str) {
        if self.text.trim().is_empty() {
            self.line = line;
        }
        self.text.push_str(text);
    }

    fn take(&mut self) -> (String, usize) {
        (std::mem::take(&mut self.text), self.line)
    }
}

struct Interpreter<'notes> {
    events: Vec<ScriptEvent>,
    notes: &'notes mut Vec<ScriptNote>,
    /// The spoken text.
    speech: Pending,
    /// The text outside the quotation marks.
    aside: Pending,
    /// Directions to the guide within the pending speech.
    directions: Vec<ScriptEvent>,
}

/// The state of reading a block.
struct Reading<'block> {
    block: &'block TextBlock,
    at: usize,
    /// Whether the text at this position is spoken.
    is_speech: bool,
    /// The quotation mark that ends the speech.
    closing: Option<char>,
    quotation: Quotation,
}

impl<'block> Reading<'block> {
    fn rest(&self) -> &'block str {
        &self.block.text[self.at..]
    }

    fn line(&self) -> usize {
        self.block.line + self.block.text[..self.at].matches('\n').count()
    }

    fn is_at_line_start(&self) -> bool {
        self.at == 0 || self.block.text[..self.at].ends_with('\n')
    }
}

impl Interpreter<'_> {
    fn read_block(&mut self, block: &TextBlock, quotation: Quotation) {
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
                let mut reading = Reading { block, at: 0, is_speech, closing: None, quotation };
                while reading.at < block.text.len() {
                    self.step(&mut reading);
                }
                self.flush();
            }
        }
    }

    /// Converts a heading to a chapter. A time in brackets after it, which is only true at one length, becomes a direction.
    fn read_heading(&mut self, block: &TextBlock, level: u8) {
        let (title, remark) = headings::without_time(&block.text);
        let mark = unbracketed(&title).map(|inner| marks::read(inner, MarkPlace::Bracket)).unwrap_or_default();
        if !mark.events.is_empty() {
            return self.emit_mark(block.line, mark, &title);
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
        if self.read_italics(reading) {
            return;
        }
        let Some(character) = reading.rest().chars().next() else { return };
        let is_read = match character {
            '(' | '[' | '{' | '<' => self.read_bracket(reading, character),
            ']' | '}' => {
                reading.at += 1;
                true
            }
            _ => reading.quotation == Quotation::Marks && self.read_quotation_mark(reading, character),
        };
        if !is_read {
            let text = if character == '\n' { " " } else { &reading.rest()[..character.len_utf8()] };
            self.add_text(reading, text);
            reading.at += character.len_utf8();
        }
    }

    fn add_text(&mut self, reading: &Reading, text: &str) {
        let pending = if reading.is_speech { &mut self.speech } else { &mut self.aside };
        pending.push(reading.line(), text);
    }

    /// Reads an element that is only possible at the start of a line. Returns whether there was one.
    fn read_line_start(&mut self, reading: &mut Reading) -> bool {
        let rest = reading.rest();
        let line_text = rest.split('\n').next().unwrap_or_default();
        let trimmed = line_text.trim();
        let end = reading.at + line_text.len();
        if let Some(length) = headings::speaker_prefix(rest) {
            self.flush();
            reading.at += length;
            return true;
        }
        if let Some((text, is_known)) = headings::direction_line(trimmed) {
            let mark = marks::read(text, MarkPlace::Bracket);
            self.emit_mark_or_direction(reading.line(), mark, trimmed, !is_known);
            reading.at = end;
            return true;
        }
        let marker = bullet(rest);
        if marker > 0 {
            reading.at += marker;
            return true;
        }
        let mark = marks::read(trimmed, MarkPlace::Bare);
        let is_separate = trimmed.chars().next().is_none_or(|first| !first.is_lowercase())
            || trimmed.contains(|c: char| c.is_ascii_digit())
            || ends_sentence(&self.speech.text) && ends_sentence(&self.aside.text);
        if !mark.events.is_empty() && is_separate {
            self.emit_mark(reading.line(), mark, trimmed);
            reading.at = end;
            return true;
        }
        if headings::is_rule(trimmed) {
            self.emit(reading.line(), EventContent::Pause(super::block::ScriptPause { length: None, waits: false }));
            reading.at = end;
            return true;
        }
        false
    }

    /// Reads italics that are a mark rather than a stressed word. Returns whether there were any.
    fn read_italics(&mut self, reading: &mut Reading) -> bool {
        let block = reading.block;
        let Some(range) = block.italics.iter().find(|range| range.start == reading.at) else { return false };
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
            reading.at = range.end;
            return true;
        }
        if range.start == 0 && range.end == block.text.len() {
            let message = format!(
                "{} is in italics, and is spoken; if it is not to be, put a # before it in the manifest",
                quoted(content)
            );
            self.notes.push(ScriptNote { line, message });
        }
        false
    }

    /// Reads a mark in brackets. Returns whether there was one.
    fn read_bracket(&mut self, reading: &mut Reading, opening: char) -> bool {
        let rest = reading.rest();
        let line = reading.line();
        if opening == '<' && !rest[1..].starts_with(|next: char| next.is_alphabetic() || matches!(next, '/' | '!')) {
            return false;
        }
        if opening == '['
            && let Some(length) = pronunciation(rest)
        {
            self.add_text(reading, &rest[..length].replace('\n', " "));
            reading.at += length;
            return true;
        }
        let Some(end) = closing_bracket(rest, opening) else {
            if opening == '(' {
                return false;
            }
            let message =
                format!("{} has no closing bracket; it is spoken", quoted(rest.split('\n').next().unwrap_or(rest)));
            self.notes.push(ScriptNote { line, message });
            reading.at += 1;
            return true;
        };
        let (content, after) = (&rest[1..end], &rest[end + 1..]);
        match opening {
            '(' => self.read_parentheses(reading, content, after),
            '<' => {
                reading.at += end + 1;
                self.read_tag(reading, content);
                true
            }
            _ => {
                reading.at += end + 1;
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
        reading.at += content.len() + 2;
        self.emit_mark_or_direction(line, mark, content, false);
        if stands_alone && after.len() != after_punctuation.len() {
            reading.at += 1;
        }
        true
    }

    fn read_square(&mut self, reading: &mut Reading, line: usize, content: &str, after: &str) {
        if headings::is_speaker(content) {
            self.flush();
            reading.at += after.len() - after.trim_start_matches([':', ' ']).len();
            return;
        }
        // The text of a link is spoken, its address is not.
        if let Some(end) =
            after.strip_prefix('(').and_then(|link| link.find(')')).filter(|end| is_address(&after[1..=*end]))
        {
            self.add_text(reading, &one_line(content));
            reading.at += end + 2;
            return;
        }
        let mark = marks::read(content, MarkPlace::Bracket);
        let is_time = content.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '-' | '–' | ' ' | '.'));
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
        reading.at += character.len_utf8();
        true
    }

    /// Emits the events of a mark, and keeps it as a direction if it has further content, or is unknown.
    fn emit_mark_or_direction(&mut self, line: usize, mark: ReadMark, content: &str, reports: bool) {
        if !mark.events.is_empty() {
            return self.emit_mark(line, mark, content);
        }
        if reports && content.chars().any(char::is_alphanumeric) {
            let message = format!("{} is not understood; it is a comment in the manifest", quoted(content));
            self.notes.push(ScriptNote { line, message });
        }
        self.add_direction(line, content);
    }

    fn emit_mark(&mut self, line: usize, mark: ReadMark, content: &str) {
        self.flush();
        if !mark.is_complete {
            self.push(line, EventContent::Direction(one_line(content)));
        }
        for event in mark.events {
            self.push(line, event);
        }
    }

    fn emit(&mut self, line: usize, content: EventContent) {
        self.flush();
        self.push(line, content);
    }

    fn push(&mut self, line: usize, content: EventContent) {
        self.events.push(ScriptEvent { line, content });
    }

    fn add_direction(&mut self, line: usize, text: &str) {
        let text = one_line(text);
        if text.chars().any(char::is_alphanumeric) {
            self.directions.push(ScriptEvent { line, content: EventContent::Direction(text) });
        }
    }

    fn flush(&mut self) {
        self.flush_aside();
        self.flush_speech();
    }

    fn flush_speech(&mut self) {
        self.events.append(&mut self.directions);
        let (text, line) = self.speech.take();
        let text = one_line(&text);
        // Drops the remaining punctuation on both sides of a mark.
        let text = text.trim_start_matches([',', ';', ':', '.', '!', '?', '–', '—', '-', ' ']);
        let text = text.trim_end_matches(['–', '—', '-', '~', '_', '*', ' ']).trim_start_matches(['~', '_', '*']);
        if text.chars().any(char::is_alphanumeric) {
            self.push(line, EventContent::Line(text.to_owned()));
        }
    }

    /// Emits the text outside the quotation marks as a direction.
    fn flush_aside(&mut self) {
        let (text, line) = self.aside.take();
        let text = one_line(&text);
        if !text.chars().any(char::is_alphanumeric) {
            return;
        }
        let mark = marks::read(&text, MarkPlace::Aside);
        self.flush_speech();
        if mark.events.is_empty() {
            self.add_direction(line, &text);
        } else {
            if !mark.is_complete {
                self.push(line, EventContent::Direction(text));
            }
            for event in mark.events {
                self.push(line, event);
            }
        }
    }
}

/// Normalises a text to one line with single spaces and without control characters.
pub(super) fn one_line(text: &str) -> String {
    let is_unwanted = |c: char| c.is_control() || c == '\u{feff}' || c == '\u{2029}';
    let cleaned: String = text.chars().map(|c| if is_unwanted(c) { ' ' } else { c }).collect();
    cleaned.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Quotes the beginning of a text in a message.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let text = one_line(text);
    let shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() { format!("\"{shown}…\"") } else { format!("\"{shown}\"") }
}

fn is_address(text: &str) -> bool {
    text.starts_with("http") || text.starts_with("www.") || text.starts_with("mailto:") || text.starts_with('#')
}
