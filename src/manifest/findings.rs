//! Diagnostics about a manifest.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::codes::Code;
use super::source_map::SourceMap;
use super::span::{Span, line_and_column};
use crate::text::escape_controls;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The session can't be played.
    Error,
    /// The session can be played, but a listener may notice something.
    Warning,
    /// The place should be reviewed.
    Hint,
}

/// One error or warning, with its remedy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The manifest's path.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How serious it is.
    #[serde(rename = "level")]
    pub severity: Severity,
    /// The stable code.
    pub code: Code,
    /// The problem, in lower case without a full stop.
    pub message: String,
    /// The remedy, in lower case without a full stop.
    pub help: String,
    /// The bytes of the manifest that it concerns.
    #[serde(skip)]
    pub span: Span,
}

/// The maximum numbers of errors, warnings and hints for one manifest.
const MAX_PER_SEVERITY: usize = 400;

/// Collects the findings of one manifest.
#[derive(Clone, Debug)]
pub(crate) struct Findings<'text> {
    path: PathBuf,
    text: &'text str,
    found: Vec<Finding>,
    /// Maps spans to the original once a corrected copy is being read.
    source_map: Option<SourceMap>,
    /// Top-level keys that are present in the wrong place.
    misplaced_keys: Vec<String>,
    /// The starts of the headers above unreadable lines.
    headers_of_unreadable_lines: Vec<usize>,
}

impl<'text> Findings<'text> {
    /// Creates an empty collection for a manifest with this path and text.
    pub(crate) fn new(path: &Path, text: &'text str) -> Self {
        Self {
            path: path.to_owned(),
            text,
            found: Vec::new(),
            source_map: None,
            misplaced_keys: Vec::new(),
            headers_of_unreadable_lines: Vec::new(),
        }
    }

    /// Returns the manifest's text.
    pub(crate) fn text(&self) -> &'text str {
        self.text
    }

    /// Sets the map for all following spans, which are those of a corrected copy.
    pub(super) fn set_source_map(&mut self, source_map: SourceMap) {
        self.source_map = Some(source_map);
    }

    /// Returns the number of findings.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// Records that a top-level key is present in the wrong place, so that it is not reported as missing.
    pub(super) fn add_misplaced_key(&mut self, key: &str) {
        self.misplaced_keys.push(key.to_owned());
    }

    /// Returns whether a top-level key is present in the wrong place.
    pub(super) fn has_misplaced_key(&self, key: &str) -> bool {
        self.misplaced_keys.iter().any(|misplaced| misplaced == key)
    }

    /// Records that a line below the header at this byte of the original could not be read.
    pub(super) fn add_unreadable_line(&mut self, header_start: usize) {
        self.headers_of_unreadable_lines.push(header_start);
    }

    /// Returns whether a line below a header could not be read.
    pub(super) fn has_unreadable_line(&self, header: &Span) -> bool {
        self.headers_of_unreadable_lines.contains(&self.original_start(header))
    }

    /// Returns the byte in the original text at which a span of the current text starts.
    pub(super) fn original_start(&self, span: &Span) -> usize {
        self.source_map.as_ref().map_or(span.start, |source_map| source_map.original_start(span.start))
    }

    /// Returns the line of a span, from 1.
    pub(crate) fn line(&self, span: &Span) -> usize {
        line_and_column(self.text, self.original_start(span)).0
    }

    /// Returns the positions of errors that may hide a whole segment from the reader.
    pub(super) fn starts_of_hidden_segments(&self) -> impl Iterator<Item = usize> {
        let hides_segment = |code| {
            matches!(
                code,
                Code::HeaderName | Code::HeaderBrackets | Code::MissingQuote | Code::TomlSyntax | Code::MisplacedKey
            )
        };
        self.found.iter().filter(move |finding| hides_segment(finding.code)).map(|finding| finding.span.start)
    }

    /// Returns whether there is an error on a line that starts with this key, from a byte of the original to the next header.
    pub(super) fn has_error_on_key(&self, key: &str, from: usize) -> bool {
        let end = self.text[from..].find("\n[").map_or(self.text.len(), |end| from + end);
        let line_start = |at: usize| self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        self.found.iter().filter(|finding| finding.severity == Severity::Error).any(|finding| {
            let at = finding.span.start;
            (from..end).contains(&at) && self.text[line_start(at)..].trim_start().starts_with(key)
        })
    }

    /// Adds an error.
    pub(crate) fn error(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.add(Severity::Error, code, span, &message.into(), &help.into());
    }

    /// Adds a warning.
    pub(crate) fn warning(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.add(Severity::Warning, code, span, &message.into(), &help.into());
    }

    /// Adds a hint.
    pub(super) fn hint(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.add(Severity::Hint, code, span, &message.into(), &help.into());
    }

    fn add(&mut self, severity: Severity, code: Code, span: Span, message: &str, help: &str) {
        let original = match &self.source_map {
            Some(source_map) => source_map.original(&span),
            None => Some(span),
        };
        let Some(span) = original else { return };
        if self.found.iter().filter(|finding| finding.severity == severity).count() >= MAX_PER_SEVERITY {
            return;
        }
        let (line, column) = line_and_column(self.text, span.start);
        let (message, help) = (escape_controls(message), escape_controls(help));
        self.found.push(Finding { path: self.path.clone(), line, column, severity, code, message, help, span });
    }

    /// Returns whether any finding is an error.
    pub(crate) fn has_error(&self) -> bool {
        self.found.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Returns the findings in the order of the text, without allowed warnings and duplicates.
    pub(crate) fn into_sorted(mut self, allowed: &[Code]) -> Vec<Finding> {
        self.found.retain(|finding| finding.severity == Severity::Error || !allowed.contains(&finding.code));
        self.found.sort_by_key(|finding| (finding.span.start, finding.severity));
        self.found.dedup();
        self.found
    }
}

/// Returns a word from the manifest for quoting in messages: shortened, and without control characters.
pub(crate) fn excerpt(word: &str) -> String {
    const MAX_CHARS: usize = 80;
    escape_controls(&word.chars().take(MAX_CHARS).collect::<String>())
}
