//! Formats durations, counts and paths for people, and escapes untrusted text for the terminal.

pub(crate) mod pronunciation;

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use unicode_width::UnicodeWidthChar;

pub(crate) use pronunciation::without_pronunciations;

use crate::units::{Frames, Rate};

/// Formats a position as minutes and seconds, such as `3:07`, or with hours, such as `1:03:07`. Fractions of a second are truncated.
#[must_use]
pub(crate) fn format_clock(position: Frames, rate: Rate) -> String {
    let seconds = position.0 / u64::from(rate.hertz());
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Describes a duration in words, rounded to the second: "40 seconds", "2 minutes and 1 second", "1 hour and 5 minutes".
/// Durations of an hour or more are described without seconds.
#[must_use]
pub(crate) fn describe_duration(duration: Duration) -> String {
    let seconds = (duration.as_millis() + 500) / 1000;
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let counted = |count: u128, unit: &str| if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") };
    let mut parts = Vec::new();
    if hours > 0 {
        parts.push(counted(hours, "hour"));
    }
    if minutes > 0 {
        parts.push(counted(minutes, "minute"));
    }
    if rest > 0 && hours == 0 || parts.is_empty() {
        parts.push(counted(rest, "second"));
    }
    parts.join(" and ")
}

/// Returns the maximum width of a text in columns. Terminals that do not join emoji show each of them.
#[must_use]
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Describes how often something happens: "once", "twice", "three times", "12 times".
#[must_use]
pub(crate) fn describe_count(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        3 => "three times".to_owned(),
        more => format!("{more} times"),
    }
}

/// Formats a path for display, with control characters escaped.
#[must_use]
pub(crate) fn display_path(path: &Path) -> String {
    escape_controls(&path.display().to_string())
}

/// Joins untrusted text into a single line: words separated by single spaces, control characters escaped.
#[must_use]
pub(crate) fn single_line(text: &str) -> String {
    text.split_whitespace().map(escape_controls).collect::<Vec<_>>().join(" ")
}

/// Escapes the control characters in untrusted text, so that it can neither move the cursor nor change colours. Line breaks and
/// tabs become spaces. Characters that change the direction of text are escaped as well.
#[must_use]
pub(crate) fn escape_controls(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => escaped.push(' '),
            c if c.is_control() || is_invisible_format(c) => escaped.extend(c.escape_default()),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Escapes what a JSON document may contain and a terminal would act upon, so that it can be shown. It means the same.
#[must_use]
pub(crate) fn escape_json(document: &str) -> String {
    let mut escaped = String::with_capacity(document.len());
    for c in document.chars() {
        if c != '\n' && (c.is_control() || is_invisible_format(c)) {
            // All of them have four digits.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Returns whether a character changes the direction of the text around it, or is invisible.
fn is_invisible_format(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_described_in_words() {
        assert_eq!(format_clock(Frames(48_000 * 187), Rate::DEFAULT), "3:07");
        assert_eq!(format_clock(Frames(48_000 * 3_787), Rate::DEFAULT), "1:03:07");
        assert_eq!(describe_duration(Duration::from_secs(40)), "40 seconds");
        assert_eq!(describe_duration(Duration::from_secs(61)), "1 minute and 1 second");
        assert_eq!(describe_duration(Duration::from_mins(65)), "1 hour and 5 minutes");
    }

    #[test]
    fn untrusted_text_is_escaped() {
        let text = "a\u{7f}b\u{9b}2Jc\u{202e}d\u{feff}é";
        let document = escape_json(&serde_json::to_string(text).unwrap());
        assert_eq!(document, "\"a\\u007fb\\u009b2Jc\\u202ed\\ufeffé\"");
        assert_eq!(serde_json::from_str::<String>(&document).unwrap(), text);
        assert_eq!(escape_controls("a\u{1b}[2Jb\u{202e}c\r\nd"), "a\\u{1b}[2Jb\\u{202e}c  d");
    }
}
