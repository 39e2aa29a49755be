//! The meaning of the tags.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, HeadingLevel, Tag, TagEnd};

use super::{MarkdownReader, original};
use crate::script::block::{BlockKind, EventContent, ScriptEvent, ScriptItem, TextBlock};
use crate::script::line::one_line;
use crate::script::{plain, table};

/// Marks the end of a cell of a table.
const CELL_END: &str = "\u{e002}";
/// The maximum number of words in a title that is underlined.
const MAX_TITLE_WORDS: usize = 10;

impl MarkdownReader<'_> {
    pub(super) fn start(&mut self, tag: Tag, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.open(self.prose(), range.start),
            Tag::Heading { level, .. } => self.open(self.heading_kind(level, &range), range.start),
            Tag::BlockQuote(_) => {
                self.finish();
                self.quotations += 1;
            }
            Tag::CodeBlock(kind) => self.open_code(&kind, range),
            Tag::List(_) | Tag::Item | Tag::Table(_) => self.finish(),
            Tag::Emphasis => {
                let start = self.open_block_length(range.start);
                self.italics.push(start);
            }
            Tag::Strong => {
                let start = self.open_block_length(range.start);
                self.bold.push(start);
            }
            Tag::Link { dest_url, .. } => self.open_link(&dest_url, range.start),
            Tag::Image { .. } => self.push("[image: ", range.start),
            Tag::TableHead | Tag::TableRow => self.open(BlockKind::Paragraph, range.start),
            _ => {}
        }
    }

    pub(super) fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Emphasis => self.close_style(range, true),
            TagEnd::Strong => self.close_style(range, false),
            TagEnd::Link => self.close_link(range.start),
            TagEnd::Image => self.push("]", range.start),
            TagEnd::CodeBlock => self.close_code(),
            TagEnd::BlockQuote(_) => {
                self.finish();
                self.quotations = self.quotations.saturating_sub(1);
            }
            TagEnd::TableCell => self.push(CELL_END, range.start),
            TagEnd::TableHead => self.close_row(true),
            TagEnd::TableRow => self.close_row(false),
            TagEnd::Heading(level) => self.close_heading(level, &range),
            TagEnd::Paragraph | TagEnd::Item | TagEnd::List(_) => self.finish(),
            _ => {}
        }
    }

    fn heading_kind(&self, level: HeadingLevel, range: &Range<usize>) -> BlockKind {
        if self.is_underlined_paragraph(level, range) { BlockKind::Paragraph } else { BlockKind::Heading(level as u8) }
    }

    /// Ends a heading, or the paragraph that it is, and adds the rule below the paragraph.
    fn close_heading(&mut self, level: HeadingLevel, range: &Range<usize>) {
        let is_rule = self.is_underlined_paragraph(level, range);
        self.finish();
        if is_rule {
            let line = self.line(range.end.saturating_sub(2));
            self.items.push((range.end - 1, ScriptItem::Block(TextBlock::new(BlockKind::Rule, line, ""))));
        }
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

    fn open_code(&mut self, kind: &CodeBlockKind, range: Range<usize>) {
        self.finish();
        let start = match kind {
            CodeBlockKind::Fenced(_) => {
                self.source[range.clone()].find('\n').map_or(range.end, |position| range.start + position + 1)
            }
            CodeBlockKind::Indented => range.start,
        };
        self.code = Some((start, String::new()));
    }

    /// Reads the text of a code block as plain text.
    fn close_code(&mut self) {
        let Some((start, code)) = self.code.take() else { return };
        let code: String = code.chars().map(original).collect();
        let lines: Vec<&str> = code.lines().collect();
        let items = plain::blocks(&lines, self.line(start));
        self.items.extend(items.into_iter().map(|item| (start, item)));
    }

    /// Starts a link, or the pronunciation that it is.
    fn open_link(&mut self, destination: &str, offset: usize) {
        let is_pronunciation = destination.len() > 2 && destination.starts_with('/') && destination.ends_with('/');
        if is_pronunciation {
            self.push("[", offset);
        }
        self.links.push(is_pronunciation.then(|| format!("]({destination})")));
    }

    fn close_link(&mut self, offset: usize) {
        if let Some(end) = self.links.pop().flatten() {
            self.push(&end, offset);
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
}
