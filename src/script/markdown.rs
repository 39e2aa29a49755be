//! Reads Markdown.

mod tags;

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser};

use super::block::{BlockKind, ScriptDocument, ScriptItem, TextBlock};
use super::front_matter;
use super::line::one_line;
use super::table::Column;

/// Replaces `<` during parsing, because angle brackets enclose marks in scripts, not HTML that hides text.
const ANGLE: char = '\u{e000}';
/// Replaces a line break within a comment.
const BREAK: char = '\u{e001}';

/// Returns whether a text is Markdown, if its file name does not determine the format.
pub(super) fn is_markdown(text: &str) -> bool {
    let is_heading = |line: &str| {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        (1..=6).contains(&level) && line[level..].starts_with(' ')
    };
    let is_emphasised = |line: &str| {
        let line = line.trim();
        ['*', '_'].into_iter().any(|sign| {
            line.match_indices(sign).any(|(position, _)| {
                let before = line[..position].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
                let rest = &line[position + 1..];
                let starts = rest.starts_with(|c: char| c.is_alphanumeric() || "(\"“[".contains(c));
                before && starts && rest.find(sign).is_some_and(|end| !rest[..end].ends_with(' '))
            })
        })
    };
    let is_marked = |line: &str| {
        is_heading(line)
            || line.contains("**")
            || line.starts_with("> ")
            || line.starts_with("```")
            || is_emphasised(line)
    };
    let mut document = ScriptDocument::default();
    front_matter::split(text, &mut document) > 0 || text.lines().any(is_marked)
}

pub(super) fn read(text: &str) -> ScriptDocument {
    let mut document = ScriptDocument { may_quote: true, ..ScriptDocument::default() };
    let start = front_matter::split(text, &mut document);
    let source = &without_html(&text[start..]);
    let first = text[..start].matches('\n').count() + 1;
    let mut reader = MarkdownReader::new(source, first);
    let parser = Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    for (label, definition) in parser.reference_definitions().iter() {
        reader.add_definition(label, &definition.dest, definition.span.clone());
    }
    for (event, range) in parser.into_offset_iter() {
        reader.read(event, range);
    }
    reader.finish();
    reader.items.sort_by_key(|(offset, _)| *offset);
    document.items = reader.items.into_iter().map(|(_, item)| item).collect();
    for line in reader.table_rows {
        document.note(line, "a row of a table is not understood; it is a comment in the manifest");
    }
    front_matter::take_header(&mut document);
    document
}

/// Replaces everything that would be parsed as HTML, including comments with empty lines.
fn without_html(text: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(position) = rest.find('<') {
        replaced.push_str(&rest[..position]);
        replaced.push(ANGLE);
        let inner = &rest[position + 1..];
        let comment = inner.starts_with("!--").then(|| inner.find("-->")).flatten().unwrap_or(0);
        replaced.extend(inner[..comment].chars().map(|c| if c == '\n' { BREAK } else { c }));
        rest = &inner[comment..];
    }
    replaced.push_str(rest);
    replaced
}

/// Reverts [`without_html`] for a character.
fn original(character: char) -> char {
    match character {
        ANGLE => '<',
        BREAK => '\n',
        other => other,
    }
}

struct MarkdownReader<'text> {
    source: &'text str,
    /// The number of the first line of `source`.
    first: usize,
    /// The start of each line, in bytes.
    line_starts: Vec<usize>,
    items: Vec<(usize, ScriptItem)>,
    block: Option<(usize, TextBlock)>,
    quotations: usize,
    italics: Vec<usize>,
    bold: Vec<usize>,
    /// The text of a code block, and its start.
    code: Option<(usize, String)>,
    /// The end of the open link, if it is a pronunciation.
    links: Vec<Option<String>>,
    /// Rows of tables that are not understood.
    table_rows: Vec<usize>,
    /// The columns of the table, if one is spoken.
    columns: Option<Vec<Column>>,
}

impl<'text> MarkdownReader<'text> {
    fn new(source: &'text str, first: usize) -> Self {
        let starts = source.match_indices(['\n', BREAK]).map(|(position, found)| position + found.len());
        Self {
            source,
            first,
            line_starts: std::iter::once(0).chain(starts).collect(),
            items: Vec::new(),
            block: None,
            quotations: 0,
            italics: Vec::new(),
            bold: Vec::new(),
            code: None,
            links: Vec::new(),
            table_rows: Vec::new(),
            columns: None,
        }
    }

    fn line(&self, offset: usize) -> usize {
        self.first + self.line_starts.partition_point(|start| *start <= offset).max(1) - 1
    }

    /// Handles a mark such as `[PAUSE]: 8s` alone on a line, which has the form of a link definition.
    fn add_definition(&mut self, label: &str, destination: &str, span: Range<usize>) {
        if destination.contains("//") || destination.starts_with(['#', '/']) {
            return;
        }
        let (line, offset) = (self.line(span.start), span.start);
        let value = self.source[span].split_once("]:").map_or(destination, |(_, value)| value.trim());
        let text: String = format!("[{label}: {}]", one_line(value)).chars().map(original).collect();
        self.items.push((offset, ScriptItem::Block(TextBlock::new(BlockKind::Paragraph, line, text))));
    }

    fn read(&mut self, event: Event, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => match &mut self.code {
                Some((_, code)) => code.push_str(&text),
                None => self.push(&text, range.start),
            },
            Event::Code(text) => self.push(&text, range.start),
            Event::SoftBreak | Event::HardBreak => self.push("\n", range.start),
            Event::Rule => {
                self.finish();
                let rule = TextBlock::new(BlockKind::Rule, self.line(range.start), "");
                self.items.push((range.start, ScriptItem::Block(rule)));
            }
            _ => self.push(&self.source[range.clone()], range.start),
        }
    }

    fn prose(&self) -> BlockKind {
        if self.quotations > 0 { BlockKind::Quotation } else { BlockKind::Paragraph }
    }

    fn open(&mut self, kind: BlockKind, offset: usize) {
        self.finish();
        self.block = Some((offset, TextBlock::new(kind, self.line(offset), "")));
    }

    /// Opens a block if none is open. Returns the length of its text.
    fn open_block_length(&mut self, offset: usize) -> usize {
        self.push("", offset);
        self.block.as_ref().map_or(0, |(_, block)| block.text.len())
    }

    fn push(&mut self, text: &str, offset: usize) {
        if self.block.is_none() {
            self.open(self.prose(), offset);
        }
        if let Some((_, block)) = &mut self.block {
            block.text.extend(text.chars().map(original));
        }
    }

    fn finish(&mut self) {
        self.italics.clear();
        self.bold.clear();
        if let Some((offset, block)) = self.block.take().filter(|(_, block)| !block.text.trim().is_empty()) {
            self.items.push((offset, ScriptItem::Block(block)));
        }
    }
}
