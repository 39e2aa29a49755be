//! Text on one line.

/// Normalises a text to one line with single spaces and without control characters.
pub(super) fn one_line(text: &str) -> String {
    let is_removed = |c: char| c.is_control() || c == '\u{feff}' || c == '\u{2029}';
    let cleaned: String = text.chars().map(|c| if is_removed(c) { ' ' } else { c }).collect();
    cleaned.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Quotes the beginning of a text in a message.
pub(super) fn quoted(text: &str) -> String {
    const MAX_SHOWN_CHARACTERS: usize = 60;
    let text = one_line(text);
    let shown: String = text.chars().take(MAX_SHOWN_CHARACTERS).collect();
    if shown.len() < text.len() { format!("\"{shown}…\"") } else { format!("\"{shown}\"") }
}

/// Returns whether a text is an entry of a list, whose entries are separated by slashes.
pub(super) fn is_listed(text: &str, list: &str) -> bool {
    list.split('/').any(|known| known == text)
}
