//! The controls of a playing session, by key or by line on standard input. One table serves both.

use std::time::Duration;

use crate::io::terminal::Key;
use crate::manifest::duration;
use crate::units::Decibels;

/// A request by the listener to a playing session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wish {
    /// Pauses.
    Pause,
    /// Continues after a pause.
    Resume,
    /// Pauses or continues.
    Toggle,
    /// Jumps to the start of the next segment that has words, a bell, or at least ten seconds of silence; in the last one, to its end.
    Next,
    /// Leaves the open silence.
    Continue,
    /// Jumps to the start of this segment; within its first two seconds, to the start of the previous one. The same segments count.
    Back,
    /// Jumps by this many chapters, forwards or backwards.
    ChapterBy(i32),
    /// Seeks forward by a time.
    SeekForward(Duration),
    /// Seeks backward by a time.
    SeekBackward(Duration),
    /// Seeks to a time of the session.
    SeekTo(Duration),
    /// Plays the gentler passage, and returns.
    Soften,
    /// Leaves gently: fades, plays the closing, ends. The second time, stops. During the fade, resuming cancels it.
    Exit,
    /// Leaves gently because the system ends the program; this can't be cancelled.
    Terminate,
    /// Ends immediately.
    Stop,
    /// Changes the volume.
    ChangeVolume(Decibels),
    /// Sets the volume.
    SetVolume(Decibels),
}

impl Wish {
    /// Returns whether this ends the session.
    #[must_use]
    pub(crate) fn is_leaving(self) -> bool {
        matches!(self, Self::Exit | Self::Terminate | Self::Stop)
    }
}

/// The meaning of a key or a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Control {
    /// A wish for the session.
    Wish(Wish),
    /// Shows or hides the captions.
    ToggleCaptions,
    /// Shows the keys.
    ShowHelp,
    /// Shows the most important keys, after an unknown one.
    ShowHint,
}

/// The time that one key press seeks by.
const SEEK_STEP: Duration = Duration::from_secs(10);
/// The change of the volume by one key press.
const VOLUME_STEP: Decibels = Decibels(1.5);

/// The keys with their descriptions for the help, the most important first.
pub(crate) const KEYS: [(&str, &str); 10] = [
    ("space", "pause, go on"),
    ("s", "soften"),
    ("q", "leave"),
    ("→ n", "next part"),
    ("← p", "back"),
    ("N P", "chapters"),
    (". ,", "ten seconds"),
    ("↑ ↓", "volume"),
    ("c", "captions"),
    ("?", "keys"),
];

/// The lines on standard input, for the help.
pub(crate) const LINES: &str = "pause, resume, toggle, next, back, chapter 1, chapter -1, seek 10s, seek -10s, soften, exit, stop, volume 1.5, captions, help";

/// Returns the control for a key.
#[must_use]
pub(crate) fn from_key(key: Key) -> Control {
    let wish = match key {
        Key::Char(' ') => Wish::Toggle,
        Key::Right | Key::Char('n') => Wish::Next,
        Key::Enter => Wish::Continue,
        Key::Left | Key::Char('p') => Wish::Back,
        Key::Char('N') => Wish::ChapterBy(1),
        Key::Char('P') => Wish::ChapterBy(-1),
        Key::Char('.') => Wish::SeekForward(SEEK_STEP),
        Key::Char(',') => Wish::SeekBackward(SEEK_STEP),
        Key::Char('s') => Wish::Soften,
        Key::Char('q') | Key::Escape => Wish::Exit,
        // `=` is the same key as `+` without Shift.
        Key::Up | Key::Char('+' | '=') => Wish::ChangeVolume(VOLUME_STEP),
        Key::Down | Key::Char('-') => Wish::ChangeVolume(-VOLUME_STEP),
        Key::Char('c') => return Control::ToggleCaptions,
        Key::Char('?' | 'h') => return Control::ShowHelp,
        Key::Char(_) | Key::Other => return Control::ShowHint,
    };
    Control::Wish(wish)
}

/// Returns the control for a line, or `None` if it is not one of [`LINES`].
#[must_use]
pub(crate) fn from_line(line: &str) -> Option<Control> {
    let mut words = line.split_whitespace();
    let (word, argument) = (words.next()?, words.next());
    if words.next().is_some() {
        return None;
    }
    let wish = match (word, argument) {
        ("pause", None) => Wish::Pause,
        ("resume", None) => Wish::Resume,
        ("toggle", None) => Wish::Toggle,
        ("next", None) => Wish::Next,
        ("back", None) => Wish::Back,
        ("soften", None) => Wish::Soften,
        ("exit", None) => Wish::Exit,
        ("stop", None) => Wish::Stop,
        ("chapter", Some(by)) => Wish::ChapterBy(by.parse().ok().filter(|by| *by != 0)?),
        ("seek", Some(by)) => seek(by)?,
        ("volume", Some(by)) => Wish::ChangeVolume(Decibels(by.parse().ok().filter(|by: &f64| by.is_finite())?)),
        ("captions", None) => return Some(Control::ToggleCaptions),
        ("help", None) => return Some(Control::ShowHelp),
        _ => return None,
    };
    Some(Control::Wish(wish))
}

/// Parses a duration with or without a sign.
fn seek(text: &str) -> Option<Wish> {
    match text.as_bytes().first()? {
        b'-' => duration::parse(&text[1..]).map(Wish::SeekBackward),
        b'+' => duration::parse(&text[1..]).map(Wish::SeekForward),
        _ => duration::parse(text).map(Wish::SeekForward),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_and_keys_have_the_same_controls() {
        assert_eq!(from_line("seek 10s"), Some(from_key(Key::Char('.'))));
        assert_eq!(from_line("seek +10s"), Some(from_key(Key::Char('.'))));
        assert_eq!(from_line(" seek  -10s "), Some(from_key(Key::Char(','))));
        assert_eq!(from_line("volume 1.5"), Some(from_key(Key::Up)));
        assert_eq!(from_line("volume -1.5"), Some(from_key(Key::Char('-'))));
        assert_eq!(from_line("exit"), Some(from_key(Key::Escape)));
        assert_eq!(from_line("chapter 1"), Some(from_key(Key::Char('N'))));
        assert_eq!(from_line("chapter +1"), Some(from_key(Key::Char('N'))));
        assert_eq!(from_line("chapter -1"), Some(from_key(Key::Char('P'))));
        for nothing in [
            "",
            "seek",
            "seek 10",
            "seek - 10s",
            "pause now",
            "volume",
            "volume loud",
            "volume inf",
            "PAUSE",
            "quit",
            "chapter",
            "chapter 0",
            "chapter one",
            "chapter 1.5",
        ] {
            assert_eq!(from_line(nothing), None, "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn no_line_panics(line in "\\PC{0,40}|(seek|volume) [-+0-9.hms]{0,12}") {
            let _ = from_line(&line);
        }
    }
}
