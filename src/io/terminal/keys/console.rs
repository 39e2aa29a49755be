//! Reads keys on systems without termios.

use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::press::{Key, KeyPress};

/// The keys of a console.
#[derive(Default)]
pub(super) struct ConsoleInput;

impl ConsoleInput {
    /// Returns the pressed keys, waiting up to a timeout; `None` once the console is closed.
    pub(super) fn read(&mut self, within: Duration) -> Option<Vec<KeyPress>> {
        match event::poll(within) {
            Ok(true) => {}
            Ok(false) => return Some(Vec::new()),
            Err(_) => return None,
        }
        Some(match event::read() {
            Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => vec![press(&key)],
            Ok(_) => Vec::new(),
            Err(_) => return None,
        })
    }
}

fn press(key: &KeyEvent) -> KeyPress {
    if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
        return KeyPress::Interrupt;
    }
    if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
        return KeyPress::Key(Key::Other);
    }
    KeyPress::Key(match key.code {
        KeyCode::Char(c) => Key::of(c),
        KeyCode::Right => Key::Right,
        KeyCode::Left => Key::Left,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        _ => Key::Other,
    })
}
