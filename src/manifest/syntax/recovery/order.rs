//! Keys and sections where they do not belong, or twice.

use std::collections::HashMap;

use super::header::{self, Section};
use super::{Slip, pair};
use crate::manifest::codes::Code;
use crate::manifest::findings::Findings;
use crate::manifest::keys::{LISTS, SEGMENT, TOP, TOP_ONLY};
use crate::manifest::span::{Span, line_and_column};
use crate::manifest::syntax::edits::TextEdits;
use crate::manifest::syntax::scanner::{Form, Statement};
use crate::manifest::table::visible;

/// Where a walk through the statements has come to.
pub(super) struct Order {
    section: Section,
    /// Where the section's header stands.
    header: Span,
    /// The first header of all.
    first: Option<usize>,
    /// The keys of the section, and where they stand.
    keys: HashMap<String, usize>,
    /// The sections that may come once, and where they stand.
    singles: HashMap<String, usize>,
}

impl Default for Order {
    fn default() -> Self {
        let (keys, singles) = (HashMap::new(), HashMap::new());
        Self { section: Section::Top, header: 0..0, first: None, keys, singles }
    }
}

impl Order {
    /// Where the header of the section stands.
    pub(super) fn header_start(&self) -> usize {
        self.header.start
    }

    /// Whether a statement stands in a section that nobody can tell; it is taken out.
    pub(super) fn skips(&self, text: &str, statement: &Statement, edits: &mut TextEdits) -> bool {
        let skips = self.section == Section::Lost && !statement.header && !text.is_empty();
        if skips {
            edits.replace_reported(statement.span.clone(), "");
        }
        skips
    }

    /// Goes on to a section.
    pub(super) fn header(&mut self, text: &str, statement: &Statement, findings: &mut Findings, edits: &mut TextEdits) {
        let span = statement.span.clone();
        let header = header::read(text, span.clone());
        self.begin(header.section, span.clone());
        if let Some(slip) = header.slip {
            slip.tell(findings, edits);
        }
        if self.section != Section::Other || header.several {
            return;
        }
        if let Some(first) = self.singles.get(&header.name) {
            let help = format!("put its keys under the first, at line {}", line_and_column(text, *first).0);
            let message = format!("[{}] stands here a second time", visible(&header.name));
            Slip::new(Code::DuplicateSection, span.clone(), message, help).stub(span, "").tell(findings, edits);
            self.section = Section::Lost;
        } else {
            self.singles.insert(header.name, span.start);
        }
    }

    fn begin(&mut self, section: Section, header: Span) {
        self.first = self.first.or(Some(header.start));
        self.section = section;
        self.header = header;
        self.keys.clear();
    }

    /// Looks at a key with its value, the first of these statements.
    pub(super) fn pair(&mut self, text: &str, from: &[Statement], findings: &mut Findings, edits: &mut TextEdits) {
        let statement = &from[0];
        let Some(key) = pair::key(text, statement) else { return };
        let key_span = statement.tokens[0].span.clone();
        let slip = if self.section != Section::Top && TOP_ONLY.contains(&key) {
            findings.add_misplaced_key(key);
            Some(self.below(text, key, key_span.clone()).stub(statement.span.clone(), ""))
        } else if self.lacks_segment(text, key, statement) {
            findings.add_misplaced_key("segment");
            Some(self.above(from, text, key))
        } else if self.section == Section::Top && ["voice", "sound"].contains(&key) {
            let header = if key == "voice" { "[levels]" } else { "[bed]" };
            let help =
                format!("write {header} on a line of its own, below the keys such as title, and this line under it");
            let message = format!("`{key}` belongs under {header}");
            Some(Slip::new(Code::MisplacedKey, key_span.clone(), message, help).stub(statement.span.clone(), ""))
        } else {
            self.twice(text, key, statement)
        };
        if let Some(slip) = slip {
            slip.tell(findings, edits);
        }
        self.keys.entry(key.to_owned()).or_insert(key_span.start);
    }

    /// `title` within a segment.
    fn below(&self, text: &str, key: &str, span: Span) -> Slip {
        let header = visible(&text[self.header.clone()]);
        let (line, _) = line_and_column(text, self.header.start);
        let (first, _) = line_and_column(text, self.first.unwrap_or(0));
        let message = format!("`{key}` stands under the {header} of line {line}, and so belongs to it");
        let help = format!("move this line up, above line {first}, the first header of all");
        Slip::new(Code::MisplacedKey, span, message, help)
    }

    /// Whether a segment's key stands where no segment has begun.
    fn lacks_segment(&self, text: &str, key: &str, statement: &Statement) -> bool {
        let value = statement.tokens.get(2).map(|token| token.form);
        match self.section {
            Section::Top if key == "bell" => matches!(value, Some(Form::Text | Form::Bare | Form::Curly)),
            Section::Top => SEGMENT.contains(&key) && !TOP.contains(&key),
            Section::Other if text[self.header.clone()].contains("bell") => ["say", "silence"].contains(&key),
            Section::Other => SEGMENT.contains(&key) && key != "bell",
            Section::Segment | Section::Lost => false,
        }
    }

    /// `silence` above all headers: as if its header stood there, if no key of the top follows.
    fn above(&mut self, from: &[Statement], text: &str, key: &str) -> Slip {
        let statement = &from[0];
        let help = format!("write {} on a line above it", "[[segment]]");
        let message = format!("`{key}` belongs to a segment, and none has begun here");
        let slip = Slip::new(Code::MisplacedKey, statement.tokens[0].span.clone(), message, help);
        let rest = from.iter().take_while(|statement| !statement.header);
        let top_follows = rest.filter_map(|statement| pair::key(text, statement)).any(|key| TOP_ONLY.contains(&key));
        if top_follows {
            return slip.stub(statement.span.clone(), "");
        }
        let start = statement.span.start;
        self.begin(Section::Segment, start..start);
        slip.meant(start..start, format!("[[{}]]\n", LISTS[0]))
    }

    fn twice(&self, text: &str, key: &str, statement: &Statement) -> Option<Slip> {
        let (line, _) = line_and_column(text, *self.keys.get(key)?);
        let more = if self.section == Section::Segment && ["say", "silence", "bell", "repeat", "clip"].contains(&key) {
            "; for a segment more, write [[segment]] above it"
        } else {
            ""
        };
        let help = format!("keep one of the two{more}");
        let message = format!("`{}` stands at line {line} already", visible(key));
        let slip = Slip::new(Code::DuplicateKey, statement.tokens[0].span.clone(), message, help);
        Some(slip.stub(statement.span.clone(), ""))
    }
}
