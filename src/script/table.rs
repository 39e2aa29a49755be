//! Reads tables with columns for words, pauses, and remarks to the guide.

use super::block::{BlockKind, EventContent, ScriptEvent, ScriptItem, TextBlock};
use super::line::{is_listed, one_line};
use super::marks::{self, MarkPlace};

/// Titles of columns that are spoken.
const WORDS: &str =
    "words/script/text/narration/spoken text/spoken words/what to say/guide says/voice/texto/guion/sprechtext/texte";
/// Titles of columns with pauses.
const PAUSES: &str = "pause/pauses/silence/pause after/pause (s)/pause (seconds)/pause (sec)/pausa/stille/silencio";

/// The kind of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Words,
    Pause,
    Remark,
}

/// Returns the kinds of the columns with these titles; `None` if no column is spoken.
pub(super) fn columns(titles: &[String]) -> Option<Vec<Column>> {
    let column = |title: &String| {
        let title = title.trim().to_lowercase();
        if is_listed(&title, WORDS) {
            Column::Words
        } else if is_listed(&title, PAUSES) {
            Column::Pause
        } else {
            Column::Remark
        }
    };
    let columns: Vec<_> = titles.iter().map(column).collect();
    columns.contains(&Column::Words).then_some(columns)
}

/// Returns the parts of a row: remarks, then words, then a pause.
pub(super) fn row(cells: &[String], columns: &[Column], line: usize) -> Vec<ScriptItem> {
    let cells_of = |kind: Column| {
        let fits = move |(cell, column): (&String, &Column)| (*column == kind).then(|| one_line(cell));
        cells.iter().zip(columns).filter_map(fits).filter(|cell| cell.chars().any(char::is_alphanumeric))
    };
    let event = |content| ScriptItem::Event(ScriptEvent { line, content });
    let mut items: Vec<_> = cells_of(Column::Remark).map(|cell| event(EventContent::Direction(cell))).collect();
    items.extend(
        cells_of(Column::Words).map(|cell| ScriptItem::Block(TextBlock::new(BlockKind::Paragraph, line, cell))),
    );
    for cell in cells_of(Column::Pause) {
        let mark = marks::read(&cell, MarkPlace::Bracket);
        if mark.events.is_empty() || !mark.is_complete {
            items.push(event(EventContent::Direction(cell)));
        }
        items.extend(mark.events.into_iter().map(event));
    }
    items
}
