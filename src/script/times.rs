//! Finds the times of a recording at the beginning of lines: "0:15 Let the breath come."

use super::block::{ScriptDocument, ScriptItem, TextBlock};
use super::tokens::{MarkToken, tokens};

/// The minimum number of times. With fewer, each is read as the length of a pause.
const MIN_TIMES: usize = 3;

/// A time at the beginning of a line.
struct LineTime {
    seconds: f64,
    /// Its position in the text of the block, in bytes, with its brackets.
    start: usize,
    end: usize,
}

/// Encloses the times at the beginning of lines in square brackets, if they ascend, so that they become comments.
pub(super) fn enclose_all(document: &mut ScriptDocument) {
    let times: Vec<Vec<LineTime>> = document.items.iter().map(item_times).collect();
    let seconds: Vec<f64> = times.iter().flatten().map(|time| time.seconds).collect();
    if seconds.len() < MIN_TIMES || !seconds.is_sorted() {
        return;
    }
    let mut first = None;
    for (item, times) in document.items.iter_mut().zip(times) {
        let ScriptItem::Block(block) = item else { continue };
        for time in times.iter().rev() {
            first = first.or(Some(block.line));
            enclose(block, time);
        }
    }
    if let (Some(line), Some(last)) = (first, seconds.last()) {
        let (minutes, rest) = ((last / 60.0) as u64, (last % 60.0) as u64);
        let message = format!(
            "the times at the lines, up to {minutes}:{rest:02}, are comments; the lengths come from the words and the silences instead"
        );
        document.note(line, message);
    }
}

fn item_times(item: &ScriptItem) -> Vec<LineTime> {
    let ScriptItem::Block(block) = item else { return Vec::new() };
    if !block.is_prose() {
        return Vec::new();
    }
    let mut start = 0;
    let mut times = Vec::new();
    for line in block.text.split_inclusive('\n') {
        times.extend(line_time(line, start));
        start += line.len();
    }
    times
}

/// Returns the time at the beginning of a line, if further text follows it.
fn line_time(line: &str, start: usize) -> Option<LineTime> {
    let skipped = line.len() - line.trim_start().len();
    let text = &line[skipped..];
    let closing = match text.chars().next()? {
        '(' => Some(')'),
        '[' => Some(']'),
        _ => None,
    };
    let inner = &text[usize::from(closing.is_some())..];
    let length = inner.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b':').count();
    let seconds = match tokens(&inner[..length]).as_slice() {
        [MarkToken::Clock(seconds)] => *seconds,
        _ => return None,
    };
    let rest = &inner[length..];
    let is_closed = match closing {
        Some(closing) => rest.starts_with(closing),
        None => rest.starts_with([' ', '\t']),
    };
    let end = usize::from(closing.is_some()) * 2 + length;
    is_closed.then_some(LineTime { seconds, start: start + skipped, end: start + skipped + end })
}

/// Encloses a time in square brackets.
fn enclose(block: &mut TextBlock, time: &LineTime) {
    let inner = block.text[time.start..time.end].trim_matches(['(', ')', '[', ']']);
    let enclosed = format!("[{inner}]");
    let added = enclosed.len() - (time.end - time.start);
    // A dash or colon between the time and the words is not spoken.
    let after = &block.text[time.end..];
    let separator = after.len() - after.trim_start_matches([' ', '-', '–', '—', ':', '|']).len();
    let is_dash = after[..separator].contains(['-', '–', '—', ':', '|']);
    let removed = if is_dash { separator } else { 0 };
    for range in block.italics.iter_mut().chain(&mut block.bold) {
        for edge in [&mut range.start, &mut range.end] {
            if *edge >= time.end + removed {
                *edge = *edge + added - removed;
            }
        }
    }
    block.text.replace_range(time.start..time.end + removed, &enclosed);
}
