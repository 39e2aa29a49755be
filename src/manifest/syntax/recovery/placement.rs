//! Finds misplaced and repeated keys and sections.

use std::collections::HashMap;

use super::header::{self, Section};
use super::key::key_of;
use super::syntax_error::SyntaxError;
use crate::manifest::codes::Code;
use crate::manifest::findings::{Findings, excerpt};
use crate::manifest::keys::{ARRAY_HEADERS, SEGMENT, TOP_LEVEL, TOP_LEVEL_ONLY};
use crate::manifest::span::{Span, line_and_column};
use crate::manifest::syntax::edits::TextEdits;
use crate::manifest::syntax::scanner::{Statement, TokenKind};

/// Tracks the sections while processing the statements of a manifest in order.
pub(super) struct PlacementChecker {
    section: Section,
    /// The position of the section's header.
    header: Span,
    /// The start of the first header.
    first_header: Option<usize>,
    /// The start of the section's keys.
    keys: HashMap<String, usize>,
    /// The starts of the sections that may occur only once.
    single_sections: HashMap<String, usize>,
}

impl Default for PlacementChecker {
    fn default() -> Self {
        let (keys, single_sections) = (HashMap::new(), HashMap::new());
        Self { section: Section::TopLevel, header: 0..0, first_header: None, keys, single_sections }
    }
}

impl PlacementChecker {
    /// Returns the start of the current section's header.
    pub(super) fn header_start(&self) -> usize {
        self.header.start
    }

    /// Returns whether a statement is a key below an unknown header.
    pub(super) fn is_in_unknown_section(&self, statement: &Statement) -> bool {
        self.section == Section::Unknown && !statement.is_header
    }

    /// Enters the section of a header, and reports errors of the header.
    pub(super) fn check_header(
        &mut self,
        text: &str,
        statement: &Statement,
        findings: &mut Findings,
        edits: &mut TextEdits,
    ) {
        let span = statement.span.clone();
        let header = header::recognise(text, span.clone());
        self.enter(header.section, span.clone());
        if let Some(error) = header.error {
            error.report(findings, edits);
        }
        if self.section != Section::Other || header.is_array {
            return;
        }
        if let Some(first) = self.single_sections.get(&header.name) {
            let message = format!("[{}] appears a second time", excerpt(&header.name));
            let help = format!("put its keys under the first one, on line {}", line_and_column(text, *first).0);
            let error = SyntaxError::new(Code::DuplicateSection, span.clone(), message, help);
            error.with_placeholder(span, "").report(findings, edits);
            self.section = Section::Unknown;
        } else {
            self.single_sections.insert(header.name, span.start);
        }
    }

    fn enter(&mut self, section: Section, header: Span) {
        self.first_header = self.first_header.or(Some(header.start));
        self.section = section;
        self.header = header;
        self.keys.clear();
    }

    /// Checks the placement of a key with its value, which is the first of these statements.
    pub(super) fn check_key(
        &mut self,
        text: &str,
        statements: &[Statement],
        findings: &mut Findings,
        edits: &mut TextEdits,
    ) {
        let statement = &statements[0];
        let Some(key) = key_of(text, statement) else { return };
        let key_span = statement.tokens[0].span.clone();
        let error = if self.section != Section::TopLevel && TOP_LEVEL_ONLY.contains(&key) {
            findings.add_misplaced_key(key);
            let error = self.top_level_key_in_section(text, key, key_span.clone());
            Some(error.with_placeholder(statement.span.clone(), ""))
        } else if self.is_outside_segment(text, key, statement) {
            findings.add_misplaced_key("segment");
            Some(self.segment_key_outside_segment(statements, text, key))
        } else if self.section == Section::TopLevel && is_section_key(text, key, statement) {
            let error = section_key_at_top_level(key, key_span.clone());
            Some(error.with_placeholder(statement.span.clone(), ""))
        } else {
            self.repeated_key(text, key, statement)
        };
        if let Some(error) = error {
            error.report(findings, edits);
        }
        self.keys.entry(key.to_owned()).or_insert(key_span.start);
    }

    /// Reports a top-level key in a segment, such as `title`.
    fn top_level_key_in_section(&self, text: &str, key: &str, span: Span) -> SyntaxError {
        let header = excerpt(&text[self.header.clone()]);
        let (line, _) = line_and_column(text, self.header.start);
        let (first, _) = line_and_column(text, self.first_header.unwrap_or(0));
        let message = format!("`{key}` belongs to the whole session, but is below the header {header} on line {line}");
        let help = format!("move this line above line {first}, where the first header is");
        SyntaxError::new(Code::MisplacedKey, span, message, help)
    }

    /// Returns whether a key of segments is used outside of a segment.
    fn is_outside_segment(&self, text: &str, key: &str, statement: &Statement) -> bool {
        let value = statement.tokens.get(2).map(|token| token.kind);
        match self.section {
            Section::TopLevel if key == "bell" => {
                matches!(value, Some(TokenKind::Text | TokenKind::Bare | TokenKind::CurlyText))
            }
            Section::TopLevel => SEGMENT.contains(&key) && !TOP_LEVEL.contains(&key),
            Section::Other if text[self.header.clone()].contains("bell") => ["say", "silence"].contains(&key),
            Section::Other => SEGMENT.contains(&key) && !["bell", "bed", "voice"].contains(&key),
            Section::Segment | Section::Unknown => false,
        }
    }

    /// Reports a segment's key above all headers, such as `silence`. If no top-level key follows, a header is inserted above it.
    fn segment_key_outside_segment(&mut self, statements: &[Statement], text: &str, key: &str) -> SyntaxError {
        let statement = &statements[0];
        let message = format!("`{key}` belongs to a segment, but there is no [[segment]] above it");
        let help = "add [[segment]] on the line above";
        let error = SyntaxError::new(Code::MisplacedKey, statement.tokens[0].span.clone(), message, help);
        let mut following = statements.iter().take_while(|statement| !statement.is_header);
        if following.any(|statement| key_of(text, statement).is_some_and(|key| TOP_LEVEL_ONLY.contains(&key))) {
            return error.with_placeholder(statement.span.clone(), "");
        }
        let start = statement.span.start;
        self.enter(Section::Segment, start..start);
        error.with_intended(start..start, format!("[[{}]]\n", ARRAY_HEADERS[0]))
    }

    fn repeated_key(&self, text: &str, key: &str, statement: &Statement) -> Option<SyntaxError> {
        let (line, _) = line_and_column(text, *self.keys.get(key)?);
        let starts_segment = ["say", "silence", "bell", "repeat", "clip"].contains(&key);
        let help = if self.section == Section::Segment && starts_segment {
            "keep only one of them; to start another segment, add [[segment]] above this line"
        } else {
            "keep only one of them"
        };
        let message = format!("`{}` is already set on line {line}", excerpt(key));
        let error = SyntaxError::new(Code::DuplicateKey, statement.tokens[0].span.clone(), message, help);
        Some(error.with_placeholder(statement.span.clone(), ""))
    }
}

/// Returns whether this is a `sound`, or a `voice` that is a number.
fn is_section_key(text: &str, key: &str, statement: &Statement) -> bool {
    let is_number = || {
        let value = statement.tokens.get(2).filter(|value| value.kind == TokenKind::Bare);
        value.is_some_and(|value| {
            text[value.span.clone()].starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        })
    };
    key == "sound" || key == "voice" && is_number()
}

/// Reports `voice` without `[levels]`, or `sound` without `[bed]`.
fn section_key_at_top_level(key: &str, span: Span) -> SyntaxError {
    let header = if key == "voice" { "[levels]" } else { "[bed]" };
    let message = format!("`{key}` belongs under {header}");
    let help = format!("add a line {header} below the session's own keys, such as title, and move this line under it");
    SyntaxError::new(Code::MisplacedKey, span, message, help)
}
