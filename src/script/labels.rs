//! Finds the names of lines: "intro-welcome: Welcome to this practice."

use super::block::ScriptItem;

/// The minimum number of such names. With fewer, they are part of the speech.
const MIN_LABELS: usize = 3;

/// Returns whether lines of a script begin with their names.
pub(super) fn are_used(items: &[ScriptItem]) -> bool {
    let named = items.iter().map(|item| match item {
        ScriptItem::Block(block) => block.text.lines().filter(|line| label(line).is_some()).count(),
        ScriptItem::Event(_) => 0,
    });
    named.sum::<usize>() >= MIN_LABELS
}

/// Returns the name, and the length of what precedes the words, if a line starts with lower-case words joined by hyphens and a colon.
pub(super) fn label(line: &str) -> Option<(&str, usize)> {
    let (name, rest) = line.split_once(':')?;
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let is_name =
        name.contains('-') && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('-').all(is_part);
    let words = rest.trim_start();
    (is_name && rest.starts_with(' ') && !words.is_empty()).then(|| (name, line.len() - words.len()))
}
