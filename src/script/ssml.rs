//! Reads SSML, the markup of speech services.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::block::{BlockKind, EventContent, ScriptDocument, ScriptEvent, ScriptItem, TextBlock};
use super::error::ScriptError;
use super::front_matter;
use super::line::one_line;
use super::marks::{self, MarkPlace};

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

    fn start(&mut self, element: &BytesStart, start: usize, end: usize) -> Result<OpenElement, ScriptError> {
        let name = String::from_utf8_lossy(element.name().into_inner()).into_owned();
        let line = self.line(start);
        let mut opened = OpenElement { name: name.clone(), suffix: String::new(), hidden: None };
        let attribute = |key: &str| -> Result<Option<String>, String> {
            for attribute in element.attributes() {
                let attribute = attribute.map_err(|error| error.to_string())?;
                if attribute.key.into_inner() == key.as_bytes() {
                    let value =
                        attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
                    return Ok(Some(value.into_owned()));
                }
            }
            Ok(None)
        };
        let attribute = |key: &str| attribute(key).map_err(|reason| self.error(start, &reason));
        match name.as_str() {
            "speak" => {
                let language = attribute("xml:lang")?;
                self.document.metadata.language = language.as_deref().and_then(front_matter::language_tag);
            }
            "break" => {
                let pause = marks::break_pause(attribute("time")?.as_deref(), attribute("strength")?.as_deref());
                if let Some(pause) = pause {
                    self.emit(line, EventContent::Pause(pause));
                }
            }
            "p" | "paragraph" => self.flush(),
            "s" | "sentence" => {
                if !self.is_in(&["p", "paragraph"]) {
                    self.flush();
                }
            }
            "mark" => {
                // A manifest has no notation for this in the middle of a line.
                let is_between = self.block.as_ref().is_none_or(|block| block.text.trim().is_empty());
                if let Some(name) = attribute("name")?.filter(|_| is_between) {
                    self.emit(line, EventContent::LineName(name));
                }
            }
            "sub" => {
                if let Some(alias) = attribute("alias")?.filter(|alias| !alias.trim().is_empty()) {
                    self.push(&alias, start);
                    opened.hidden = Some(HiddenText::Replaced);
                }
            }
            "phoneme" => {
                let phonemes = attribute("ph")?.filter(|phonemes| !phonemes.contains(['/', '(', ')', '\n']));
                let is_ipa = attribute("alphabet")?.is_none_or(|alphabet| alphabet == "ipa");
                if let Some(phonemes) = phonemes.filter(|phonemes| is_ipa && !phonemes.trim().is_empty()) {
                    self.push("[", start);
                    opened.suffix = format!("](/{phonemes}/)");
                }
            }
            "audio" => {
                let source = attribute("src")?.unwrap_or_default();
                self.add_sound(&source, line);
                opened.hidden = Some(HiddenText::Remark);
            }
            "desc" | "metadata" | "meta" | "title" | "lexicon" => opened.hidden = Some(HiddenText::Remark),
            "emphasis" | "prosody" | "voice" | "lang" | "say-as" | "w" | "token" | "seq" | "par" | "media" => {}
            _ if name.contains(':') => {}
            _ => self.document.note(line, format!("<{name}> is not understood; its text is spoken")),
        }
        // Line breaks within a tag are counted, so that line numbers stay correct.
        let breaks = self.text[start..end.min(self.text.len())].matches('\n').count();
        if let Some(block) = &mut self.block {
            block.text.push_str(&"\n".repeat(breaks));
        }
        Ok(opened)
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

    /// Converts a sound to a bell, or to a direction.
    fn add_sound(&mut self, source: &str, line: usize) {
        let file = source.rsplit(['/', '\\']).next().unwrap_or_default();
        let words = file.split('.').next().unwrap_or_default().replace(['-', '_'], " ");
        let mark = marks::read(&format!("sound: {}", without_digits(&words)), MarkPlace::Bracket);
        if mark.events.is_empty() {
            self.document
                .note(line, format!("the sound {source:?} is not understood; it is a comment in the manifest"));
            return self.emit(line, EventContent::Direction(format!("sound: {source}")));
        }
        for event in mark.events {
            self.emit(line, event);
        }
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

/// Removes the digits of a file name, which are not a number of strikes.
fn without_digits(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { ' ' } else { c }).collect()
}
