//! Reads SSML, the markup of speech services.

mod elements;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::block::{BlockKind, EventContent, ScriptDocument, ScriptEvent, ScriptItem, TextBlock};
use super::error::ScriptError;
use super::line::one_line;

/// The maximum nesting of elements.
const MAX_DEPTH: usize = 100;

pub(super) fn read(text: &str) -> Result<ScriptDocument, ScriptError> {
    let mut reader = SsmlReader { text, document: ScriptDocument::default(), block: None, open: Vec::new() };
    let mut xml = Reader::from_str(text);
    loop {
        let start = usize::try_from(xml.buffer_position()).unwrap_or(text.len());
        let event = xml.read_event().map_err(|error| reader.error(start, &error.to_string()))?;
        let end = usize::try_from(xml.buffer_position()).unwrap_or(text.len());
        if matches!(event, Event::Eof) {
            break;
        }
        reader.read(event, start, end)?;
    }
    reader.flush();
    match reader.open.last() {
        Some(open) => Err(reader.error(text.len(), &format!("<{}> is not closed", open.name))),
        None => Ok(reader.document),
    }
}

/// An open element.
struct OpenElement {
    name: String,
    /// The text to add after its content.
    suffix: String,
    /// Why its content is not spoken; `None` if it is.
    hidden: Option<HiddenText>,
}

/// Why the content of an element is not spoken.
#[derive(Clone, Copy, PartialEq)]
enum HiddenText {
    /// A replacement is spoken.
    Replaced,
    /// It is a direction to the guide.
    Remark,
}

struct SsmlReader<'text> {
    text: &'text str,
    document: ScriptDocument,
    block: Option<TextBlock>,
    open: Vec<OpenElement>,
}

impl SsmlReader<'_> {
    fn line(&self, offset: usize) -> usize {
        self.text[..offset.min(self.text.len())].matches('\n').count() + 1
    }

    fn error(&self, offset: usize, reason: &str) -> ScriptError {
        ScriptError::Xml { line: self.line(offset), reason: one_line(reason) }
    }

    fn read(&mut self, event: Event, start: usize, end: usize) -> Result<(), ScriptError> {
        match event {
            Event::Start(element) => {
                if self.open.len() >= MAX_DEPTH {
                    return Err(self.error(start, "elements are nested too deeply"));
                }
                let opened = self.start(&element, start, end)?;
                self.open.push(opened);
            }
            Event::Empty(element) => {
                let opened = self.start(&element, start, end)?;
                self.end(&opened, end);
            }
            Event::End(_) => {
                if let Some(closed) = self.open.pop() {
                    self.end(&closed, end);
                }
            }
            Event::Text(text) => self.push(&text.xml10_content().unwrap_or_default(), start),
            Event::CData(text) => self.push(&text.xml10_content().unwrap_or_default(), start),
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref() {
                    Ok(Some(character)) => character.to_string(),
                    _ => self.entity(&reference.decode().unwrap_or_default(), start),
                };
                self.push(&text, start);
            }
            Event::Comment(comment) => self.add_remark(&comment.xml10_content().unwrap_or_default(), start),
            _ => {}
        }
        Ok(())
    }

    fn entity(&mut self, name: &str, start: usize) -> String {
        let text = match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            "nbsp" => " ",
            "mdash" => "—",
            "ndash" => "–",
            "hellip" => "…",
            "rsquo" => "’",
            "lsquo" => "‘",
            "ldquo" => "“",
            "rdquo" => "”",
            _ => {
                let line = self.line(start);
                self.document.note(line, format!("&{name}; is not understood, and is left out"));
                ""
            }
        };
        text.to_owned()
    }

    fn end(&mut self, closed: &OpenElement, end: usize) {
        match closed.name.as_str() {
            "p" | "paragraph" => self.flush(),
            "s" | "sentence" if self.is_in(&["p", "paragraph"]) => self.push(" ", end),
            "s" | "sentence" => self.flush(),
            _ if !closed.suffix.is_empty() => self.push(&closed.suffix, end),
            _ => {}
        }
    }

    fn is_in(&self, names: &[&str]) -> bool {
        self.open.iter().any(|open| names.contains(&open.name.as_str()))
    }

    fn push(&mut self, text: &str, offset: usize) {
        match self.open.iter().rev().find_map(|open| open.hidden) {
            Some(HiddenText::Remark) => return self.add_remark(text, offset),
            Some(HiddenText::Replaced) => {
                if !text.trim().is_empty() {
                    let line = self.line(offset);
                    self.document.note(line, format!("{:?} is replaced by its alias, as the script asks", text.trim()));
                }
                return;
            }
            None => {}
        }
        let line = self.line(offset);
        let block = self.block.get_or_insert_with(|| TextBlock::new(BlockKind::Paragraph, line, ""));
        block.text.push_str(text);
    }

    fn add_remark(&mut self, text: &str, offset: usize) {
        let text = one_line(text);
        if !text.is_empty() {
            let event = ScriptEvent { line: self.line(offset), content: EventContent::Direction(text) };
            self.document.items.push(ScriptItem::Event(event));
        }
    }

    fn emit(&mut self, line: usize, content: EventContent) {
        self.flush();
        self.document.items.push(ScriptItem::Event(ScriptEvent { line, content }));
    }

    /// Ends a paragraph. Empty lines separate paragraphs as well.
    fn flush(&mut self) {
        let Some(block) = self.block.take() else { return };
        let mut line = block.line;
        for (number, part) in block.text.split("\n\n").enumerate() {
            line += if number > 0 { 2 } else { 0 };
            if !part.trim().is_empty() {
                let skipped = part.len() - part.trim_start().len();
                let start = line + part[..skipped].matches('\n').count();
                let paragraph = TextBlock::new(BlockKind::Paragraph, start, part.trim());
                self.document.items.push(ScriptItem::Block(paragraph));
            }
            line += part.matches('\n').count();
        }
    }
}
