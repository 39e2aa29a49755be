//! Reads Markdown.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::block::{BlockKind, EventContent, ScriptDocument, ScriptEvent, ScriptItem, TextBlock};
use super::line::one_line;
use super::table::{self, Column};
use super::{front_matter, plain};

/// Replaces `<` during parsing, because angle brackets enclose marks in scripts, not HTML that hides text.
const ANGLE: char = '\u{e000}';
/// Replaces a line break within a comment.
const BREAK: char = '\u{e001}';
/// Marks the end of a cell of a table.
const CELL_END: &str = "\u{e002}";
/// The maximum number of words in a title that is underlined.
const MAX_TITLE_WORDS: usize = 10;

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

    fn start(&mut self, tag: Tag, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.open(self.prose(), range.start),
            Tag::Heading { level, .. } => {
                let kind = if self.is_underlined_paragraph(level, &range) {
                    BlockKind::Paragraph
                } else {
                    BlockKind::Heading(level as u8)
                };
                self.open(kind, range.start);
            }
            Tag::BlockQuote(_) => {
                self.finish();
                self.quotations += 1;
            }
            Tag::CodeBlock(kind) => {
                self.finish();
                let start = match kind {
                    CodeBlockKind::Fenced(_) => {
                        self.source[range.clone()].find('\n').map_or(range.end, |position| range.start + position + 1)
                    }
                    CodeBlockKind::Indented => range.start,
                };
                self.code = Some((start, String::new()));
            }
            Tag::List(_) | Tag::Item | Tag::Table(_) => self.finish(),
            Tag::Emphasis => {
                let start = self.open_block_length(range.start);
                self.italics.push(start);
            }
            Tag::Strong => {
                let start = self.open_block_length(range.start);
                self.bold.push(start);
            }
            Tag::Link { dest_url, .. } => {
                let is_pronunciation = dest_url.len() > 2 && dest_url.starts_with('/') && dest_url.ends_with('/');
                if is_pronunciation {
                    self.push("[", range.start);
                }
                self.links.push(is_pronunciation.then(|| format!("]({dest_url})")));
            }
            Tag::Image { .. } => self.push("[image: ", range.start),
            Tag::TableHead | Tag::TableRow => self.open(BlockKind::Paragraph, range.start),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Emphasis => self.close_style(range, true),
            TagEnd::Strong => self.close_style(range, false),
            TagEnd::Link => {
                if let Some(end) = self.links.pop().flatten() {
                    self.push(&end, range.start);
                }
            }
            TagEnd::Image => self.push("]", range.start),
            TagEnd::CodeBlock => {
                if let Some((start, code)) = self.code.take() {
                    let code: String = code.chars().map(original).collect();
                    let lines: Vec<&str> = code.lines().collect();
                    let items = plain::blocks(&lines, self.line(start));
                    self.items.extend(items.into_iter().map(|item| (start, item)));
                }
            }
            TagEnd::BlockQuote(_) => {
                self.finish();
                self.quotations = self.quotations.saturating_sub(1);
            }
            TagEnd::TableCell => self.push(CELL_END, range.start),
            TagEnd::TableHead => self.close_row(true),
            TagEnd::TableRow => self.close_row(false),
            TagEnd::Heading(level) => {
                let is_rule = self.is_underlined_paragraph(level, &range);
                self.finish();
                if is_rule {
                    let line = self.line(range.end.saturating_sub(2));
                    self.items.push((range.end - 1, ScriptItem::Block(TextBlock::new(BlockKind::Rule, line, ""))));
                }
            }
            TagEnd::Paragraph | TagEnd::Item | TagEnd::List(_) => self.finish(),
            _ => {}
        }
    }

    fn prose(&self) -> BlockKind {
        if self.quotations > 0 { BlockKind::Quotation } else { BlockKind::Paragraph }
    }

    /// Returns whether an apparent title is a paragraph with a horizontal rule directly below it.
    fn is_underlined_paragraph(&self, level: HeadingLevel, range: &Range<usize>) -> bool {
        let source = self.source[range.clone()].trim();
        let text = source.rsplit_once('\n').map_or(source, |(text, _)| text).trim();
        let is_sentence = text.ends_with(['.', '!', '?', '…', '"', '”', ')', ']']);
        level == HeadingLevel::H2
            && !source.starts_with('#')
            && (is_sentence || text.split_whitespace().count() > MAX_TITLE_WORDS)
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

    fn close_style(&mut self, range: Range<usize>, is_italic: bool) {
        let end = self.open_block_length(range.start);
        let start = if is_italic { self.italics.pop() } else { self.bold.pop() };
        if let (Some((_, block)), Some(start)) = (&mut self.block, start.filter(|start| *start <= end)) {
            let styles = if is_italic { &mut block.italics } else { &mut block.bold };
            styles.push(start..end);
        }
    }

    /// Reads a row of a table. If the table has no column of words, the row becomes a direction.
    fn close_row(&mut self, is_head: bool) {
        let Some((offset, block)) = self.block.take() else { return };
        let cells: Vec<String> = block.text.split(CELL_END).map(one_line).collect();
        if is_head {
            self.columns = table::columns(&cells);
        }
        if let Some(columns) = &self.columns {
            let items = if is_head { Vec::new() } else { table::row(&cells, columns, block.line) };
            return self.items.extend(items.into_iter().map(|item| (offset, item)));
        }
        let text = cells.into_iter().filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" · ");
        let event = ScriptEvent { line: block.line, content: EventContent::Direction(text) };
        self.table_rows.push(block.line);
        self.items.push((offset, ScriptItem::Event(event)));
    }

    fn finish(&mut self) {
        self.italics.clear();
        self.bold.clear();
        if let Some((offset, block)) = self.block.take().filter(|(_, block)| !block.text.trim().is_empty()) {
            self.items.push((offset, ScriptItem::Block(block)));
        }
    }
}
