//! The layout of lines for a terminal's width.

use unicode_width::UnicodeWidthChar;

use crate::text::width;

/// The maximum width. Longer lines are hard to read.
const MAX_WIDTH: usize = 76;
/// The minimum width of a useful progress bar.
const MIN_BAR_WIDTH: usize = 10;
/// With less room than this for the chapter, the bar is omitted.
const MIN_TITLE_WIDTH_WITH_BAR: usize = 30;
/// The minimum width of a truncated chapter title.
const MIN_TITLE_WIDTH: usize = 4;
/// The separator between keys in the help.
const GUTTER: usize = 3;

/// Returns the usable width of a terminal. The last column stays free, because a cursor beyond it would wrap.
pub(crate) fn room(columns: usize) -> usize {
    columns.saturating_sub(1).clamp(1, MAX_WIDTH)
}

/// Returns a text, truncated with an ellipsis if it does not fit.
pub(crate) fn fitted(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (mut kept, mut taken) = (String::new(), 1);
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken > columns {
            break;
        }
        kept.push(c);
    }
    kept.truncate(kept.trim_end().len());
    if columns > 0 {
        kept.push('…');
    }
    kept
}

/// Returns a text padded with spaces.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Divides the progress line: returns the width of the chapter, and whether there is room for a bar.
pub(crate) fn shares(room: usize, times: usize, label: usize) -> (usize, bool) {
    let free = room.saturating_sub(times);
    let columns =
        if free >= MIN_TITLE_WIDTH_WITH_BAR { label.min(free - MIN_BAR_WIDTH - 3) } else { free.saturating_sub(1) };
    let columns = columns.min(label);
    let columns = if columns < MIN_TITLE_WIDTH.min(label) { 0 } else { columns };
    (columns, free.saturating_sub(columns + 3) >= MIN_BAR_WIDTH)
}

/// Returns the most important keys that fit.
pub(crate) fn hint(room: usize) -> &'static str {
    let hints = [
        "space pause · s soften · q leave · ? keys",
        "space pause · s soften · q leave · ?",
        "s soften · q leave · ? keys",
        "q leave · ? keys",
        "q ?",
    ];
    hints.into_iter().find(|hint| width(hint) <= room).unwrap_or("")
}

/// Returns how to continue after a pause and, if there is room, the other keys.
pub(crate) fn pause_hint(to_continue: &str, room: usize) -> String {
    let more = format!("{to_continue} · q leave · ? keys");
    if to_continue.starts_with("space") && width(&more) <= room { more } else { fitted(to_continue, room) }
}

/// Returns all keys with their descriptions, in as many columns as fit, to be read downwards.
pub(crate) fn key_table(keys: &[(&str, &str)], room: usize) -> Vec<String> {
    let longest = |part: fn(&(&str, &str)) -> usize| keys.iter().map(part).max().unwrap_or_default();
    let (key, does) = (longest(|(key, _)| width(key)), longest(|(_, does)| width(does)));
    let cell = key + 2 + does;
    let across = ((room + GUTTER) / (cell + GUTTER)).clamp(1, keys.len().max(1));
    let down = keys.len().div_ceil(across);
    let line = |row: usize| {
        let cells = keys.iter().skip(row).step_by(down);
        let line = cells.map(|(name, what)| padded(&format!("{}  {what}", padded(name, key)), cell + GUTTER));
        fitted(line.collect::<String>().trim_end(), room)
    };
    (0..down).map(line).collect()
}

/// Wraps a sentence between words.
pub(crate) fn wrapped(sentence: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in sentence.split_whitespace() {
        let line = lines.last_mut().expect("there is a first line");
        if line.is_empty() {
            line.push_str(word);
        } else if width(line) + 1 + width(word) <= columns {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
