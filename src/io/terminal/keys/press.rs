//! Keys, as far as they mean anything here.

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A letter or sign.
    Char(char),
    /// →
    Right,
    /// ←
    Left,
    /// ↑
    Up,
    /// ↓
    Down,
    /// Esc, by itself.
    Escape,
    /// Enter.
    Enter,
    /// Any other key, or a chord.
    Other,
}

impl Key {
    /// Returns the key of a character. Caps Lock changes no wish, except where a capital has a meaning of its own.
    pub(super) fn of(c: char) -> Self {
        Self::Char(if matches!(c, 'N' | 'P') { c } else { c.to_ascii_lowercase() })
    }
}

/// A key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPress {
    /// A key.
    Key(Key),
    /// Ctrl-C, where it arrives as a key.
    Interrupt,
}
