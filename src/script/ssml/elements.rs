//! The meaning of each element.

use std::ops::Range;

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

use super::{HiddenText, OpenElement, SsmlReader};
use crate::script::block::EventContent;
use crate::script::error::ScriptError;
use crate::script::front_matter;
use crate::script::marks::{self, MarkPlace};

/// A start tag, or the tag of an empty element.
struct StartTag<'xml> {
    element: &'xml BytesStart<'xml>,
    /// Its position in the text.
    range: Range<usize>,
    line: usize,
}

impl SsmlReader<'_> {
    pub(super) fn start(&mut self, element: &BytesStart, start: usize, end: usize) -> Result<OpenElement, ScriptError> {
        let tag = StartTag { element, range: start..end.min(self.text.len()), line: self.line(start) };
        let opened = self.read_tag(&tag)?;
        self.keep_line_breaks(&tag);
        Ok(opened)
    }

    fn read_tag(&mut self, tag: &StartTag) -> Result<OpenElement, ScriptError> {
        let name = String::from_utf8_lossy(tag.element.name().into_inner()).into_owned();
        let mut opened = OpenElement { name: name.clone(), suffix: String::new(), hidden: None };
        match name.as_str() {
            "speak" => self.read_language(tag)?,
            "break" => self.read_break(tag)?,
            "p" | "paragraph" => self.flush(),
            "s" | "sentence" if self.is_in(&["p", "paragraph"]) => {}
            "s" | "sentence" => self.flush(),
            "mark" => self.read_line_name(tag)?,
            "sub" => opened.hidden = self.read_alias(tag)?,
            "phoneme" => opened.suffix = self.read_pronunciation(tag)?,
            "audio" => {
                self.read_sound(tag)?;
                opened.hidden = Some(HiddenText::Remark);
            }
            "desc" | "metadata" | "meta" | "title" | "lexicon" => opened.hidden = Some(HiddenText::Remark),
            "emphasis" | "prosody" | "voice" | "lang" | "say-as" | "w" | "token" | "seq" | "par" | "media" => {}
            _ if name.contains(':') => {}
            _ => self.document.note(tag.line, format!("<{name}> is not understood; its text is spoken")),
        }
        Ok(opened)
    }

    /// Counts line breaks within a tag, so that line numbers stay correct.
    fn keep_line_breaks(&mut self, tag: &StartTag) {
        let breaks = self.text[tag.range.clone()].matches('\n').count();
        if let Some(block) = &mut self.block {
            block.text.push_str(&"\n".repeat(breaks));
        }
    }

    fn attribute(&self, tag: &StartTag, key: &str) -> Result<Option<String>, ScriptError> {
        attribute(tag.element, key).map_err(|reason| self.error(tag.range.start, &reason))
    }

    fn read_language(&mut self, tag: &StartTag) -> Result<(), ScriptError> {
        let language = self.attribute(tag, "xml:lang")?;
        self.document.metadata.language = language.as_deref().and_then(front_matter::language_tag);
        Ok(())
    }

    fn read_break(&mut self, tag: &StartTag) -> Result<(), ScriptError> {
        let (time, strength) = (self.attribute(tag, "time")?, self.attribute(tag, "strength")?);
        if let Some(pause) = marks::break_pause(time.as_deref(), strength.as_deref()) {
            self.emit(tag.line, EventContent::Pause(pause));
        }
        Ok(())
    }

    /// Reads the name of the next line. A manifest has no notation for a name in the middle of a line.
    fn read_line_name(&mut self, tag: &StartTag) -> Result<(), ScriptError> {
        let is_between = self.block.as_ref().is_none_or(|block| block.text.trim().is_empty());
        if let Some(name) = self.attribute(tag, "name")?.filter(|_| is_between) {
            self.emit(tag.line, EventContent::LineName(name));
        }
        Ok(())
    }

    /// Adds the alias that replaces the content of an element. Returns why the content is not spoken, if there is an alias.
    fn read_alias(&mut self, tag: &StartTag) -> Result<Option<HiddenText>, ScriptError> {
        let alias = self.attribute(tag, "alias")?.filter(|alias| !alias.trim().is_empty());
        Ok(alias.map(|alias| {
            self.push(&alias, tag.range.start);
            HiddenText::Replaced
        }))
    }

    /// Starts a pronunciation. Returns the text that ends it, which is empty if there is no pronunciation.
    fn read_pronunciation(&mut self, tag: &StartTag) -> Result<String, ScriptError> {
        let phonemes = self.attribute(tag, "ph")?.filter(|phonemes| !phonemes.contains(['/', '(', ')', '\n']));
        let is_ipa = self.attribute(tag, "alphabet")?.is_none_or(|alphabet| alphabet == "ipa");
        let phonemes = phonemes.filter(|phonemes| is_ipa && !phonemes.trim().is_empty());
        Ok(phonemes.map_or_else(String::new, |phonemes| {
            self.push("[", tag.range.start);
            format!("](/{phonemes}/)")
        }))
    }

    /// Converts a sound to a bell, or to a direction.
    fn read_sound(&mut self, tag: &StartTag) -> Result<(), ScriptError> {
        let source = self.attribute(tag, "src")?.unwrap_or_default();
        let file = source.rsplit(['/', '\\']).next().unwrap_or_default();
        let words = file.split('.').next().unwrap_or_default().replace(['-', '_'], " ");
        let mark = marks::read(&format!("sound: {}", without_digits(&words)), MarkPlace::Bracket);
        if mark.events.is_empty() {
            self.document
                .note(tag.line, format!("the sound {source:?} is not understood; it is a comment in the manifest"));
            self.emit(tag.line, EventContent::Direction(format!("sound: {source}")));
        }
        for event in mark.events {
            self.emit(tag.line, event);
        }
        Ok(())
    }
}

/// Returns the value of an attribute, or why it can't be read.
fn attribute(element: &BytesStart, key: &str) -> Result<Option<String>, String> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        if attribute.key.into_inner() == key.as_bytes() {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// Removes the digits of a file name, which are not a number of strikes.
fn without_digits(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { ' ' } else { c }).collect()
}
