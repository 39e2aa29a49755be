//! A syntax error and its corrections.

use toml::de::DeTable;

use crate::manifest::codes::Code;
use crate::manifest::findings::Findings;
use crate::manifest::span::Span;
use crate::manifest::syntax::edits::TextEdits;
use crate::manifest::syntax::scanner::Statement;

/// A syntax error, and the corrections after which the rest can be read.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub(super) code: Code,
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: String,
    pub(super) corrections: Vec<Correction>,
}

/// A replacement of a part of the text.
#[derive(Debug)]
pub(super) enum Correction {
    /// What the author probably meant. It is read and checked like the rest of the text.
    Intended(Span, String),
    /// A placeholder that is valid TOML, about which nothing more is reported.
    Placeholder(Span, String),
}

impl SyntaxError {
    pub(super) fn new(code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), help: help.into(), corrections: Vec::new() }
    }

    /// Adds a correction to the probable meaning.
    pub(super) fn with_intended(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.corrections.push(Correction::Intended(span, replacement.into()));
        self
    }

    /// Adds a correction to a placeholder.
    pub(super) fn with_placeholder(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.corrections.push(Correction::Placeholder(span, replacement.into()));
        self
    }

    /// Returns the statement with its corrections.
    pub(super) fn corrected(&self, text: &str, statement: &Statement) -> String {
        let mut edits = TextEdits::default();
        for correction in &self.corrections {
            let (Correction::Intended(span, replacement) | Correction::Placeholder(span, replacement)) = correction;
            let start = statement.span.start;
            edits.replace(span.start.max(start) - start..span.end.max(start) - start, replacement.clone());
        }
        edits.apply(&text[statement.span.clone()]).0.into_owned()
    }

    /// Reports the error and adds its corrections to the edits of the text.
    pub(super) fn report(self, findings: &mut Findings, edits: &mut TextEdits) {
        findings.error(self.code, self.span, self.message, self.help);
        for correction in self.corrections {
            match correction {
                Correction::Intended(span, replacement) => edits.replace(span, replacement),
                Correction::Placeholder(span, replacement) => edits.replace_reported(span, replacement),
            }
        }
    }
}

/// Returns whether a statement by itself is valid TOML.
pub(super) fn is_valid_toml(statement: &str) -> bool {
    DeTable::parse(statement).is_ok()
}
