//! How times and counts are written for people, and how foreign words are made harmless on a terminal.

use std::path::Path;
use std::time::Duration;

use crate::units::{Frames, Rate};

/// Minutes and seconds, as in `3:07`, or with hours, as in `1:03:07`.
#[must_use]
pub fn clock(frames: Frames, rate: Rate) -> String {
    let seconds = frames.0 / u64::from(rate.hertz());
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A length in words that read well aloud: "40 seconds", "2 minutes", "2 minutes and a half", "1 hour and 5 minutes".
#[must_use]
pub fn length(duration: Duration) -> String {
    let seconds = (duration.as_millis() + 500) / 1000;
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let counted = |count: u128, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
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

/// How often, as in "three times".
#[must_use]
pub fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        3 => "three times".to_owned(),
        more => format!("{more} times"),
    }
}

/// A path as it is shown, harmless.
#[must_use]
pub fn path(path: &Path) -> String {
    harmless(&path.display().to_string())
}

/// Text from a stranger in one line, its words apart by single spaces, and harmless.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().map(harmless).collect::<Vec<_>>().join(" ")
}

/// Text from a stranger, with its control characters made visible, so that it can neither move the cursor nor colour the screen.
/// Line breaks and tabs become spaces.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => shown.push(' '),
            c if c.is_control() || is_reordering(c) => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

/// Characters that change the direction of what follows, or hide in it.
fn is_reordering(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_write_them() {
        assert_eq!(clock(Frames(48_000 * 187), Rate::DEFAULT), "3:07");
        assert_eq!(clock(Frames(48_000 * 3_787), Rate::DEFAULT), "1:03:07");
        assert_eq!(length(Duration::from_secs(40)), "40 seconds");
        assert_eq!(length(Duration::from_secs(61)), "1 minute and 1 second");
        assert_eq!(length(Duration::from_mins(65)), "1 hour and 5 minutes");
    }

    #[test]
    fn foreign_words_move_no_cursor() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{202e}c\r\nd"), "a\\u{1b}[2Jb\\u{202e}c  d");
    }
}
