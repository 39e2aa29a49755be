//! The relevant keys.

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A character.
    Char(char),
    /// →
    Right,
    /// ←
    Left,
    /// ↑
    Up,
    /// ↓
    Down,
    /// A lone Esc.
    Escape,
    /// Enter.
    Enter,
    /// Any other key, or a chord.
    Other,
}

impl Key {
    /// Returns the key of a character. Caps Lock has no effect, except on letters whose capital has another meaning.
    pub(super) fn of(c: char) -> Self {
        Self::Char(if matches!(c, 'N' | 'P') { c } else { c.to_ascii_lowercase() })
    }
}

/// A key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyPress {
    /// A key.
    Key(Key),
    /// Ctrl-C, on systems where it arrives as a key.
    Interrupt,
}
