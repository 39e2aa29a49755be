//! What was found in a manifest, and where.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::codes::Code;
use super::source_map::Origins;
use crate::text::escape_controls;

/// A range of bytes in the manifest's text.
pub type Span = Range<usize>;

/// A value and where it stands in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Located<T> {
    /// What was read.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The session can't be played.
    Error,
    /// It can, and a listener would notice.
    Warning,
}

/// One mistake, or one thing to look at, with its remedy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The manifest.
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// How grave it is.
    pub level: Level,
    /// Its stable name.
    pub code: Code,
    /// What is the matter, in lower case without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The bytes that it is about.
    #[serde(skip)]
    pub span: Span,
}

/// So many errors and so many warnings of one manifest are told; a person mends those first.
const MOST: usize = 400;

/// Collects the findings of one manifest.
#[derive(Clone, Debug)]
pub struct Findings<'text> {
    path: PathBuf,
    text: &'text str,
    found: Vec<Finding>,
    /// Where the bytes of a mended text come from.
    origins: Option<Origins>,
    /// Keys of the top level that are written, though at the wrong place.
    excused: Vec<String>,
    /// Where the headers stand under which a line could not be read at all.
    torn: Vec<usize>,
}

impl<'text> Findings<'text> {
    /// None yet, of this text.
    #[must_use]
    pub fn new(path: &Path, text: &'text str) -> Self {
        Self { path: path.to_owned(), text, found: Vec::new(), origins: None, excused: Vec::new(), torn: Vec::new() }
    }

    /// The text that the findings are about.
    #[must_use]
    pub fn text(&self) -> &'text str {
        self.text
    }

    /// From here on, places are those of a mended text.
    pub(super) fn mended(&mut self, origins: Origins) {
        self.origins = Some(origins);
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// Nobody shall say that this key of the top level is missing: it stands elsewhere.
    pub(super) fn excuse(&mut self, key: &str) {
        self.excused.push(key.to_owned());
    }

    /// A line under the header at this place could not be read, and nobody knows what it holds.
    pub(super) fn tear(&mut self, header: usize) {
        self.torn.push(header);
    }

    /// Whether a line under a header could not be read.
    pub(super) fn is_torn(&self, header: &Span) -> bool {
        self.torn.contains(&self.origin(header))
    }

    /// Whether a key of the top level stands elsewhere.
    pub(super) fn is_excused(&self, key: &str) -> bool {
        self.excused.iter().any(|excused| excused == key)
    }

    /// Where in the text a place of what is read now comes from.
    pub(super) fn origin(&self, span: &Span) -> usize {
        self.origins.as_ref().map_or(span.start, |origins| origins.start(span.start))
    }

    /// The line, from 1, of a place.
    pub(super) fn line(&self, span: &Span) -> usize {
        place(self.text, self.origin(span)).0
    }

    /// Where the errors stand that may hide a whole segment.
    pub(super) fn hiding(&self) -> impl Iterator<Item = usize> {
        let hides = |code| {
            matches!(
                code,
                Code::HeaderName | Code::HeaderBrackets | Code::MissingQuote | Code::Syntax | Code::MisplacedKey
            )
        };
        self.found.iter().filter(move |finding| hides(finding.code)).map(|finding| finding.span.start)
    }

    /// Whether one of the errors stands on a line that begins with this key, after a place and before the next header.
    pub(super) fn any_error_at(&self, key: &str, from: usize) -> bool {
        let end = self.text[from..].find("\n[").map_or(self.text.len(), |end| from + end);
        let begins = |at: usize| self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        self.found.iter().filter(|finding| finding.level == Level::Error).any(|finding| {
            let at = finding.span.start;
            (from..end).contains(&at) && self.text[begins(at)..].trim_start().starts_with(key)
        })
    }

    /// Adds an error.
    pub fn error(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.add(Level::Error, code, span, message.into(), help.into());
    }

    /// Adds a warning.
    pub fn warning(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.add(Level::Warning, code, span, message.into(), help.into());
    }

    fn add(&mut self, level: Level, code: Code, span: Span, message: String, help: String) {
        let origin = match &self.origins {
            Some(origins) => origins.of(span),
            None => Some(span),
        };
        let Some(span) = origin else { return };
        if self.found.iter().filter(|finding| finding.level == level).count() >= MOST {
            return;
        }
        let (line, column) = place(self.text, span.start);
        let (message, help) = (escape_controls(&message), escape_controls(&help));
        self.found.push(Finding { path: self.path.clone(), line, column, level, code, message, help, span });
    }

    /// Whether the session can't be played.
    #[must_use]
    pub fn any_error(&self) -> bool {
        self.found.iter().any(|finding| finding.level == Level::Error)
    }

    /// All of them in the order of the text, without the warnings that the session allows.
    #[must_use]
    pub fn into_sorted(mut self, allowed: &[Code]) -> Vec<Finding> {
        self.found.retain(|finding| finding.level == Level::Error || !allowed.contains(&finding.code));
        self.found.sort_by_key(|finding| (finding.span.start, finding.level));
        self.found.dedup();
        self.found
    }
}

/// Line and column, from 1, of a byte of the text.
#[must_use]
pub fn place(text: &str, byte: usize) -> (usize, usize) {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
