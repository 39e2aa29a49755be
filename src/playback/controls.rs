//! What a listener can ask for while a session plays: by a key, or by a line on standard input. One table serves both.

use crate::io::terminal::Key;
use crate::manifest::duration;
use crate::player::transport::TransportCommand;
use crate::units::{Decibels, Rate};

/// A listener's wish.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Wish {
    /// One that the transport hears.
    Transport(TransportCommand),
    /// Louder or softer by so much.
    Volume(Decibels),
    /// To show or hide the words.
    Captions,
    /// To see the keys.
    Help,
}

/// How far `.` and `,` go, in seconds.
const SEEK_SECONDS: i64 = 10;
/// How much ↑ and ↓ change the volume.
const VOLUME: Decibels = Decibels(1.5);

/// What each key does, for people, the most needed first.
pub(crate) const KEYS: [(&str, &str); 9] = [
    ("space", "pause, go on"),
    ("s", "soften"),
    ("q", "leave"),
    ("→ n", "next part"),
    ("← p", "back"),
    (". ,", "ten seconds"),
    ("↑ ↓", "volume"),
    ("c", "words"),
    ("?", "keys"),
];

/// The lines that standard input may hold, for people.
pub(crate) const LINES: &str =
    "pause, resume, toggle, next, back, seek 10s, seek -10s, soften, exit, stop, volume 1.5, captions, help";

/// What a key asks for.
#[must_use]
pub(crate) fn of_key(key: Key, rate: Rate) -> Option<Wish> {
    let seek = |seconds: i64| Wish::Transport(TransportCommand::SeekBy(seconds * i64::from(rate.hertz())));
    Some(match key {
        Key::Char(' ') => Wish::Transport(TransportCommand::Toggle),
        Key::Right | Key::Char('n') => Wish::Transport(TransportCommand::Next),
        Key::Left | Key::Char('p') => Wish::Transport(TransportCommand::Back),
        Key::Char('.') => seek(SEEK_SECONDS),
        Key::Char(',') => seek(-SEEK_SECONDS),
        Key::Char('s') => Wish::Transport(TransportCommand::Soften),
        Key::Char('q') | Key::Escape => Wish::Transport(TransportCommand::Exit),
        // Where + needs Shift, = is the same key.
        Key::Up | Key::Char('+' | '=') => Wish::Volume(VOLUME),
        Key::Down | Key::Char('-') => Wish::Volume(-VOLUME),
        Key::Char('c') => Wish::Captions,
        Key::Char('?' | 'h') => Wish::Help,
        Key::Char(_) => return None,
    })
}

/// What a line asks for; `None` where it means nothing here.
#[must_use]
pub(crate) fn of_line(line: &str, rate: Rate) -> Option<Wish> {
    let mut words = line.split_whitespace();
    let (word, argument) = (words.next()?, words.next());
    if words.next().is_some() {
        return None;
    }
    let transport = match (word, argument) {
        ("pause", None) => TransportCommand::Pause,
        ("resume", None) => TransportCommand::Resume,
        ("toggle", None) => TransportCommand::Toggle,
        ("next", None) => TransportCommand::Next,
        ("back", None) => TransportCommand::Back,
        ("soften", None) => TransportCommand::Soften,
        ("exit", None) => TransportCommand::Exit,
        ("stop", None) => TransportCommand::Stop,
        ("seek", Some(by)) => TransportCommand::SeekBy(signed(by, rate)?),
        ("volume", Some(by)) => {
            return by.parse().ok().filter(|by: &f64| by.is_finite()).map(|by| Wish::Volume(Decibels(by)));
        }
        ("captions", None) => return Some(Wish::Captions),
        ("help", None) => return Some(Wish::Help),
        _ => return None,
    };
    Some(Wish::Transport(transport))
}

/// A duration with or without a sign, in frames.
fn signed(text: &str, rate: Rate) -> Option<i64> {
    let (sign, length) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let frames = rate.frames(duration::parse(length)?);
    i64::try_from(frames.0).ok().map(|frames| sign * frames)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_and_keys_ask_for_the_same() {
        let rate = Rate::DEFAULT;
        assert_eq!(of_line("seek 10s", rate), of_key(Key::Char('.'), rate));
        assert_eq!(of_line(" seek  -10s ", rate), of_key(Key::Char(','), rate));
        assert_eq!(of_line("volume 1.5", rate), of_key(Key::Up, rate));
        assert_eq!(of_line("volume -1.5", rate), of_key(Key::Char('-'), rate));
        assert_eq!(of_line("exit", rate), of_key(Key::Escape, rate));
        for nothing in
            ["", "seek", "seek 10", "seek - 10s", "pause now", "volume", "volume loud", "volume inf", "PAUSE", "quit"]
        {
            assert_eq!(of_line(nothing, rate), None, "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn no_line_panics(line in "\\PC{0,40}|(seek|volume) [-+0-9.hms]{0,12}") {
            let _ = of_line(&line, Rate::DEFAULT);
        }
    }
}
