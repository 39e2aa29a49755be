//! Keys as they are pressed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// How often it is looked whether keys are still ours to read.
const LOOK: Duration = Duration::from_millis(100);
/// What is there already needs no waiting.
const AT_ONCE: Duration = Duration::from_millis(1);
/// An arrow key begins with an Esc; over a slow line the rest comes so much later.
const REST_OF_KEY: Duration = Duration::from_millis(50);
/// No key that means anything here is longer.
const LONGEST_KEY: usize = 8;

/// A key, as far as it means anything here.
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
}

/// A key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPress {
    /// A key that may mean something.
    Key(Key),
    /// Ctrl-C, where it arrives as a key.
    Interrupt,
}

/// Whether there is something to read.
enum Ready {
    Yes,
    No,
    /// The terminal has gone away.
    Never,
}

/// Reads keys until `deliver` returns false, `is_over` is set, or the terminal has gone away. In the background no key is read. If
/// `deliver` waits, nothing is read meanwhile.
///
/// # Errors
/// When the system has no thread left.
pub fn listen(
    is_over: Arc<AtomicBool>,
    mut deliver: impl FnMut(KeyPress) -> bool + Send + 'static,
) -> std::io::Result<()> {
    thread::Builder::new().name("keys".to_owned()).spawn(move || {
        while !is_over.load(Ordering::Relaxed) {
            if !super::in_foreground() {
                thread::park_timeout(LOOK);
                continue;
            }
            match ready() {
                Ready::Yes => {}
                Ready::No => continue,
                Ready::Never => return,
            }
            if !pressed(next).into_iter().all(&mut deliver) {
                return;
            }
        }
    })?;
    Ok(())
}

/// Looked at before every read: a read from a terminal that has gone away, or of a program in the background, would be tried for ever.
#[cfg(unix)]
fn ready() -> Ready {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let (input, wait) = (std::io::stdin(), Timespec { tv_sec: 0, tv_nsec: LOOK.subsec_nanos().into() });
    let mut inputs = [PollFd::new(&input, PollFlags::IN)];
    match poll(&mut inputs, Some(&wait)) {
        Ok(0) | Err(_) => Ready::No,
        Ok(_) if inputs[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) => Ready::Never,
        Ok(_) => Ready::Yes,
    }
}

#[cfg(not(unix))]
fn ready() -> Ready {
    match event::poll(LOOK) {
        Ok(true) => Ready::Yes,
        Ok(false) => Ready::No,
        Err(_) => Ready::Never,
    }
}

/// The next key, if it comes within a time.
fn next(within: Duration) -> Option<KeyEvent> {
    while event::poll(within).is_ok_and(|ready| ready) {
        match event::read() {
            Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => return Some(key),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
    None
}

/// All that was pressed, as far as it may mean something.
fn pressed(mut next: impl FnMut(Duration) -> Option<KeyEvent>) -> Vec<KeyPress> {
    let mut all = Vec::new();
    let mut coming = next(AT_ONCE);
    while let Some(key) = coming {
        coming = None;
        if key.code == KeyCode::Esc && key.modifiers.is_empty() {
            coming = next(REST_OF_KEY);
            if coming.is_some_and(|key| matches!(key.code, KeyCode::Char('[' | 'O'))) {
                coming = None;
                all.extend(rest_of_key(&mut next).map(KeyPress::Key));
            } else {
                all.push(KeyPress::Key(Key::Escape));
            }
        } else {
            all.extend(meaning(&key));
        }
        coming = coming.or_else(|| next(AT_ONCE));
    }
    all
}

/// The rest of a key whose Esc came by itself.
fn rest_of_key(next: &mut impl FnMut(Duration) -> Option<KeyEvent>) -> Option<Key> {
    for _ in 0..LONGEST_KEY {
        match next(REST_OF_KEY)?.code {
            KeyCode::Char('A') => return Some(Key::Up),
            KeyCode::Char('B') => return Some(Key::Down),
            KeyCode::Char('C') => return Some(Key::Right),
            KeyCode::Char('D') => return Some(Key::Left),
            KeyCode::Char(c) if c.is_ascii_digit() || c == ';' => {}
            _ => return None,
        }
    }
    None
}

fn meaning(key: &KeyEvent) -> Option<KeyPress> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return (key.code == KeyCode::Char('c')).then_some(KeyPress::Interrupt);
    }
    if key.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    Some(KeyPress::Key(match key.code {
        // Caps Lock changes no wish, except where a capital has a meaning of its own.
        KeyCode::Char(c @ ('N' | 'P')) => Key::Char(c),
        KeyCode::Char(c) => Key::Char(c.to_ascii_lowercase()),
        KeyCode::Right => Key::Right,
        KeyCode::Left => Key::Left,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Esc => Key::Escape,
        KeyCode::Enter => Key::Enter,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is made of keys that come one after the other, each so many milliseconds later.
    fn made_of(keys: &[(u64, KeyCode)]) -> Vec<KeyPress> {
        let mut keys = keys.iter().peekable();
        pressed(|within| {
            let (after, code) = keys.peek()?;
            if Duration::from_millis(*after) > within {
                return None;
            }
            let key = KeyEvent::from(*code);
            keys.next();
            Some(key)
        })
    }

    fn characters(text: &str) -> Vec<(u64, KeyCode)> {
        text.chars().map(|c| (0, KeyCode::Char(c))).collect()
    }

    #[test]
    fn an_escape_alone_is_one_and_what_follows_is_not_lost() {
        let escape = KeyPress::Key(Key::Escape);
        assert_eq!(made_of(&[(0, KeyCode::Esc)]), [escape]);
        assert_eq!(made_of(&[(0, KeyCode::Esc), (20, KeyCode::Char('s'))]), [escape, KeyPress::Key(Key::Char('s'))]);
    }

    #[test]
    fn an_arrow_torn_in_two_is_no_escape() {
        for (rest, key) in [("[A", Key::Up), ("[B", Key::Down), ("OC", Key::Right), ("[1;5D", Key::Left)] {
            let mut keys = vec![(0, KeyCode::Esc)];
            keys.extend(characters(rest));
            keys[1].0 = 40;
            assert_eq!(made_of(&keys), [KeyPress::Key(key)], "{rest}");
        }
        let mut unknown = vec![(0, KeyCode::Esc)];
        unknown.extend(characters("[3~n"));
        assert_eq!(made_of(&unknown), [KeyPress::Key(Key::Char('n'))]);
    }

    #[test]
    fn capitals_are_the_same_wish_and_other_chords_are_none() {
        assert_eq!(made_of(&characters("Qs")), [KeyPress::Key(Key::Char('q')), KeyPress::Key(Key::Char('s'))]);
        assert_eq!(made_of(&characters("Nn")), [KeyPress::Key(Key::Char('N')), KeyPress::Key(Key::Char('n'))]);
        let chord = |modifier| meaning(&KeyEvent::new(KeyCode::Char('c'), modifier));
        assert_eq!(chord(KeyModifiers::CONTROL), Some(KeyPress::Interrupt));
        assert_eq!(chord(KeyModifiers::ALT), None);
    }
}
