//! What the readers of all formats produce: blocks of text, and what needs no interpretation.

use std::ops::Range;
use std::time::Duration;

use super::lengths::ReadLength;
use super::{ScriptNote, WantedLength};

/// A script, read from its format.
#[derive(Debug, Default)]
pub(super) struct ScriptDocument {
    pub(super) metadata: ScriptMetadata,
    pub(super) items: Vec<ScriptItem>,
    pub(super) notes: Vec<ScriptNote>,
    /// Whether it may set its speech apart by quotation marks or block quotations.
    pub(super) may_quote: bool,
}

impl ScriptDocument {
    pub(super) fn note(&mut self, line: usize, message: impl Into<String>) {
        self.notes.push(ScriptNote { line, message: message.into() });
    }
}

/// What a script says about itself.
#[derive(Debug, Default)]
pub(super) struct ScriptMetadata {
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
    pub(super) teacher: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) license: Option<String>,
    pub(super) wanted: Option<WantedLength>,
    /// Silence before the first words.
    pub(super) settle: Option<Duration>,
    /// What has no key in a manifest.
    pub(super) remarks: Vec<String>,
}

/// A part of a script, in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ScriptItem {
    /// Text in which marks are to be found.
    Block(TextBlock),
    /// What the format itself says.
    Event(ScriptEvent),
}

/// A piece of text that belongs together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TextBlock {
    pub(super) kind: BlockKind,
    /// The line of the script where it starts, from 1.
    pub(super) line: usize,
    /// Each line break in it is one in the script.
    pub(super) text: String,
    /// What is in italics, in bytes of `text`.
    pub(super) italics: Vec<Range<usize>>,
    /// What is bold, in bytes of `text`.
    pub(super) bold: Vec<Range<usize>>,
}

/// What a block of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// The title of a section, from 1 for the highest level.
    Heading(u8),
    Paragraph,
    /// A paragraph in a block quotation.
    Quotation,
    /// A line across the page, or stars.
    Rule,
}

impl TextBlock {
    pub(super) fn new(kind: BlockKind, line: usize, text: impl Into<String>) -> Self {
        Self { kind, line, text: text.into(), italics: Vec::new(), bold: Vec::new() }
    }

    /// Whether it is a paragraph of its own or in a quotation.
    pub(super) fn is_prose(&self) -> bool {
        matches!(self.kind, BlockKind::Paragraph | BlockKind::Quotation)
    }
}

/// Something that happens in a session.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ScriptEvent {
    /// The line of the script, from 1.
    pub(super) line: usize,
    pub(super) content: EventContent,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum EventContent {
    Chapter {
        title: String,
        level: u8,
    },
    Line(String),
    Pause(ScriptPause),
    Bell(ScriptBell),
    /// What is said to the one who guides, and not to the listener.
    Direction(String),
    /// The name of what follows.
    Name(String),
}

/// A pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScriptPause {
    /// `None` if the script does not say how long it is.
    pub(super) length: Option<ReadLength>,
    /// Whether it lasts until the listener continues.
    pub(super) waits: bool,
}

/// A bell, struck once or several times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScriptBell {
    pub(super) name: &'static str,
    pub(super) strikes: u32,
    /// From strike to strike.
    pub(super) every: Option<Duration>,
}
