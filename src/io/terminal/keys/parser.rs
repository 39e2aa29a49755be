//! Parses key presses in the bytes sent by a terminal. An incomplete sequence is dropped after a timeout; otherwise it would swallow the
//! following keys.

use super::press::{Key, KeyPress};

const ESCAPE: u8 = 0x1B;
const CONTROL_C: u8 = 0x03;
/// The maximum length of an escape sequence in bytes. A longer one is not a key.
const MAX_SEQUENCE_BYTES: usize = 64;

/// Converts bytes to key presses, however they are split.
#[derive(Debug, Default)]
pub(super) struct KeyParser {
    /// The beginning of an incomplete sequence.
    pending: Vec<u8>,
}

impl KeyParser {
    /// Returns whether the rest of a sequence is awaited.
    pub(super) fn is_waiting(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Returns the presses completed by these bytes, which arrived at once.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Vec<KeyPress> {
        let mut presses = Vec::new();
        // A byte that arrives together with an Esc is a chord with Alt; a later one is another key.
        if self.pending == [ESCAPE] && !matches!(bytes.first(), None | Some(b'[' | b'O')) {
            presses.extend(self.expire());
        }
        self.pending.extend(bytes);
        let mut rest = self.pending.as_slice();
        while let Some((length, press)) = first_press(rest) {
            presses.extend(press);
            rest = &rest[length..];
        }
        self.pending = rest.to_vec();
        presses
    }

    /// Gives up waiting for the rest of a sequence. A lone Esc is a key.
    pub(super) fn expire(&mut self) -> Option<KeyPress> {
        let is_escape = std::mem::take(&mut self.pending) == [ESCAPE];
        is_escape.then_some(KeyPress::Key(Key::Escape))
    }
}

/// Returns the length of the first element, and the press if it is one. `None` if it is incomplete.
fn first_press(bytes: &[u8]) -> Option<(usize, Option<KeyPress>)> {
    let key = |length, key| Some((length, Some(KeyPress::Key(key))));
    match bytes {
        [] | [ESCAPE] | [ESCAPE, b'O'] => None,
        [ESCAPE, b'[', rest @ ..] => control_sequence(rest).map(|(length, key)| (length + 2, key.map(KeyPress::Key))),
        [ESCAPE, b'O', last, ..] => key(3, arrow(*last).unwrap_or(Key::Other)),
        [ESCAPE, ESCAPE, ..] => key(1, Key::Escape),
        [ESCAPE, rest @ ..] => character(rest).and_then(|(length, _)| key(length + 1, Key::Other)),
        [CONTROL_C, ..] => Some((1, Some(KeyPress::Interrupt))),
        [b'\r' | b'\n', ..] => key(1, Key::Enter),
        [0..0x20 | 0x7F, ..] => key(1, Key::Other),
        _ => character(bytes).map(|(length, c)| (length, c.map(|c| KeyPress::Key(Key::of(c))))),
    }
}

/// Parses the rest of a sequence after `ESC [`: parameters, and a final byte that identifies it.
fn control_sequence(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let Some(end) = bytes.iter().position(|byte| !matches!(byte, 0x20..0x40)) else {
        return (bytes.len() > MAX_SEQUENCE_BYTES).then_some((bytes.len(), None));
    };
    match bytes[end] {
        // A mouse click, followed by three more bytes of any value.
        b'M' if end == 0 => (bytes.len() >= 4).then_some((4, None)),
        // The first function keys of the Linux console.
        b'[' if end == 0 => (bytes.len() >= 2).then_some((2, Some(Key::Other))),
        // Mouse clicks, focus changes, and answers of the terminal are not keys.
        b'M' | b'm' | b'I' | b'O' | b'R' | b'c' => Some((end + 1, None)),
        last @ 0x40..0x7F => Some((end + 1, Some(arrow(last).unwrap_or(Key::Other)))),
        // This byte can't be part of the sequence, which is therefore broken, and starts a new element.
        _ => Some((end, None)),
    }
}

fn arrow(last: u8) -> Option<Key> {
    Some(match last {
        b'A' => Key::Up,
        b'B' => Key::Down,
        b'C' => Key::Right,
        b'D' => Key::Left,
        _ => return None,
    })
}

/// Returns the length of a UTF-8 character, and the character if it is valid.
fn character(bytes: &[u8]) -> Option<(usize, Option<char>)> {
    let length = match bytes.first()? {
        0..0x80 => 1,
        0xC2..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0..0xF5 => 4,
        _ => return Some((1, None)),
    };
    let is_continued = |byte: &&u8| matches!(byte, 0x80..0xC0);
    let present = 1 + bytes[1..].iter().take(length - 1).take_while(is_continued).count();
    if present < length {
        // Either more bytes follow, or a new element starts.
        return (present < bytes.len()).then_some((present, None));
    }
    Some((length, std::str::from_utf8(&bytes[..length]).ok().and_then(|text| text.chars().next())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chars(text: &str) -> Vec<KeyPress> {
        text.chars().map(|c| KeyPress::Key(Key::Char(c))).collect()
    }

    /// Returns the presses for bytes that arrive in pieces, with a timeout after the last.
    fn presses(pieces: &[&[u8]]) -> Vec<KeyPress> {
        let mut parser = KeyParser::default();
        let mut presses: Vec<_> = pieces.iter().flat_map(|piece| parser.read(piece)).collect();
        presses.extend(parser.expire());
        presses
    }

    #[test]
    fn a_lone_escape_is_a_key_and_later_keys_are_not_lost() {
        let escape = KeyPress::Key(Key::Escape);
        assert_eq!(presses(&[b"\x1b"]), [escape]);
        assert_eq!(presses(&[b"\x1b", b"s"]), [escape, KeyPress::Key(Key::Char('s'))]);
        assert_eq!(presses(&[b"\x1b", b"\x1b"]), [escape, escape]);
        assert_eq!(presses(&[b"\x1bs"]), [KeyPress::Key(Key::Other)], "Alt and a letter");
    }

    #[test]
    fn an_arrow_is_recognised_however_it_is_split() {
        let arrows: [(&[u8], Key); 4] =
            [(b"\x1b[A", Key::Up), (b"\x1b[B", Key::Down), (b"\x1bOC", Key::Right), (b"\x1b[1;5D", Key::Left)];
        for (bytes, key) in arrows {
            for at in 0..bytes.len() {
                assert_eq!(presses(&[&bytes[..at], &bytes[at..]]), [KeyPress::Key(key)], "{bytes:?} at {at}");
            }
        }
        assert_eq!(presses(&[b"\x1b", b"[3~n"])[1..], chars("n"));
    }

    #[test]
    fn an_incomplete_sequence_swallows_no_key() {
        for lone in [&b"\x1b[<"[..], b"\x1b[", b"\x1bO", b"\xc3", b"\xf0\x9f", b"\x1b[M!", b"\x1b[1;"] {
            let mut parser = KeyParser::default();
            assert_eq!(parser.read(lone), []);
            assert!(parser.is_waiting());
            assert_eq!(parser.expire(), None);
            assert_eq!(parser.read(b"q"), chars("q"), "{lone:?}");
        }
        assert_eq!(presses(&[b"\xc3q"]), chars("q"), "a byte that can't continue a character starts a new key");
        assert_eq!(presses(&[b"\x1b[1\xc3\xa9"]), chars("é"));
    }

    #[test]
    fn mouse_clicks_and_terminal_answers_are_not_keys() {
        assert_eq!(presses(&[b"\x1b[<0;3;4M\x1b[<0;3;4mq"]), chars("q"));
        assert_eq!(presses(&[b"\x1b[M !!q"]), chars("q"));
        assert_eq!(presses(&[b"\x1b[Iq"]), chars("q"));
        for other in [&b"\x1b[3~"[..], b"\x1b[[A", b"\x1bOP", b"\t", b"\x7f"] {
            assert_eq!(presses(&[other]), [KeyPress::Key(Key::Other)], "{other:?}");
        }
        assert_eq!(presses(&[b"\r\n"]), [KeyPress::Key(Key::Enter); 2]);
        assert_eq!(presses(&[b"\x03"]), [KeyPress::Interrupt]);
    }

    #[test]
    fn capitals_equal_lower_case_unless_they_have_another_meaning() {
        assert_eq!(presses(&[b"QsNn"]), [chars("q"), chars("s"), chars("N"), chars("n")].concat());
    }

    proptest! {
        #[test]
        fn keys_are_recognised_after_any_bytes(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..12), 0..6)) {
            let mut parser = KeyParser::default();
            for piece in &pieces {
                let _ = parser.read(piece);
            }
            parser.expire();
            prop_assert_eq!(parser.read(b"q"), chars("q"));
        }

        #[test]
        fn letters_survive_any_split(text in "[a-zé漢🙂,. ]{0,12}", at in 0_usize..20) {
            let bytes = text.as_bytes();
            let at = at.min(bytes.len());
            prop_assert_eq!(presses(&[&bytes[..at], &bytes[at..]]), chars(&text));
        }
    }
}
