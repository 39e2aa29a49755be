//! The output of all readers: blocks of text, and events that need no interpretation.

use std::ops::Range;
use std::time::Duration;

use super::lengths::ParsedLength;
use super::{ScriptNote, StatedLength};

/// A script that has been read from its format.
#[derive(Debug, Default)]
pub(super) struct ScriptDocument {
    pub(super) metadata: ScriptMetadata,
    pub(super) items: Vec<ScriptItem>,
    pub(super) notes: Vec<ScriptNote>,
    /// Whether its speech may be set apart by quotation marks or block quotations.
    pub(super) may_quote: bool,
}

impl ScriptDocument {
    pub(super) fn note(&mut self, line: usize, message: impl Into<String>) {
        self.notes.push(ScriptNote { line, message: message.into() });
    }
}

/// The metadata of a script.
#[derive(Debug, Default)]
pub(super) struct ScriptMetadata {
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
    pub(super) teacher: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) license: Option<String>,
    pub(super) stated_length: Option<StatedLength>,
    /// Silence before the first words.
    pub(super) settle: Option<Duration>,
    /// Metadata without a key in a manifest.
    pub(super) remarks: Vec<String>,
}

/// A part of a script, in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ScriptItem {
    /// Text that may contain marks.
    Block(TextBlock),
    /// An event given by the format itself.
    Event(ScriptEvent),
}

impl ScriptItem {
    /// Returns the block of text, unless it is an event.
    pub(super) fn block(&self) -> Option<&TextBlock> {
        match self {
            Self::Block(block) => Some(block),
            Self::Event(_) => None,
        }
    }
}

/// A block of text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TextBlock {
    pub(super) kind: BlockKind,
    /// The line of the script where it starts, from 1.
    pub(super) line: usize,
    /// The text, with the line breaks of the script.
    pub(super) text: String,
    /// Ranges in italics, in bytes of `text`.
    pub(super) italics: Vec<Range<usize>>,
    /// Ranges in bold, in bytes of `text`.
    pub(super) bold: Vec<Range<usize>>,
}

/// The kind of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// The title of a section, with its level from 1 for the highest.
    Heading(u8),
    Paragraph,
    /// A paragraph in a block quotation.
    Quotation,
    /// A horizontal rule, or stars.
    Rule,
}

impl TextBlock {
    pub(super) fn new(kind: BlockKind, line: usize, text: impl Into<String>) -> Self {
        Self { kind, line, text: text.into(), italics: Vec::new(), bold: Vec::new() }
    }

    /// Removes the first `length` bytes of the text.
    pub(super) fn remove_start(&mut self, length: usize) {
        self.line += self.text[..length].matches('\n').count();
        self.text.drain(..length);
        for ranges in [&mut self.italics, &mut self.bold] {
            ranges.retain(|range| range.start >= length);
            for range in ranges {
                *range = range.start - length..range.end - length;
            }
        }
    }

    /// Returns whether it is an ordinary paragraph or a quotation.
    pub(super) fn is_prose(&self) -> bool {
        matches!(self.kind, BlockKind::Paragraph | BlockKind::Quotation)
    }
}

/// An event of a session.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ScriptEvent {
    /// The line of the script, from 1.
    pub(super) line: usize,
    pub(super) content: EventContent,
}

/// The content of an event.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum EventContent {
    Chapter {
        title: String,
        level: u8,
    },
    Line(String),
    Pause(ScriptPause),
    Bell(ScriptBell),
    /// A direction to the guide, not spoken to the listener.
    Direction(String),
    /// The name of the next line, from which its id is made.
    LineName(String),
}

/// A pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScriptPause {
    /// `None` if the script does not state its length.
    pub(super) length: Option<ParsedLength>,
    /// Whether it lasts until the listener continues.
    pub(super) waits: bool,
}

/// A bell, struck once or several times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScriptBell {
    pub(super) name: &'static str,
    pub(super) strikes: u32,
    /// The interval between strikes.
    pub(super) interval: Option<Duration>,
}
