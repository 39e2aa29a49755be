//! The terminal: keys as they are pressed, and its modes as they were once we are gone.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};

use crate::controls::Key;

/// How often it is looked whether keys are still ours to read.
const LOOK: Duration = Duration::from_millis(100);

/// What is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// A key that may mean something.
    Key(Key),
    /// Ctrl-C, where it arrives as a key.
    Interrupt,
}

/// Whether standard input is a terminal.
#[must_use]
pub fn has_keys() -> bool {
    std::io::stdin().is_terminal()
}

/// Whether something can be drawn that moves: standard error is a terminal that knows how.
#[must_use]
pub fn can_draw() -> bool {
    let knows = std::env::var_os("TERM").is_none_or(|term| term != "dumb" && !term.is_empty());
    std::io::stderr().is_terminal() && knows
}

/// How many columns there are to write in.
#[must_use]
pub fn columns() -> usize {
    console_size().unwrap_or(80)
}

#[cfg(unix)]
fn console_size() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stderr()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn console_size() -> Option<usize> {
    crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns))
}

/// Whether this program may read and draw now: a shell may have put it into the background.
#[cfg(unix)]
#[must_use]
pub fn in_foreground() -> bool {
    match rustix::termios::tcgetpgrp(std::io::stdin()) {
        Ok(group) => group == rustix::process::getpgrp(),
        Err(_) => true,
    }
}

/// Elsewhere a program is always in front.
#[cfg(not(unix))]
#[must_use]
pub fn in_foreground() -> bool {
    true
}

/// Keys arrive one by one and unseen, until this is dropped.
pub struct Modes {
    #[cfg(unix)]
    saved: Option<rustix::termios::Termios>,
}

impl Modes {
    /// Leaves line editing and echo. Ctrl-C and Ctrl-Z stay signals, and what is printed stays in order: a whole raw mode takes both away.
    #[cfg(unix)]
    #[must_use]
    pub fn enter() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        if !has_keys() || !in_foreground() {
            return Self { saved: None };
        }
        let Ok(saved) = tcgetattr(std::io::stdin()) else { return Self { saved: None } };
        let mut modes = saved.clone();
        modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &modes);
        restore_on_panic(saved.clone());
        Self { saved: Some(saved) }
    }

    /// Where there is no termios, crossterm's raw mode.
    #[cfg(not(unix))]
    #[must_use]
    pub fn enter() -> Self {
        if has_keys() {
            let _ = crossterm::terminal::enable_raw_mode();
        }
        Self {}
    }
}

impl Drop for Modes {
    #[cfg(unix)]
    fn drop(&mut self) {
        if let Some(saved) = self.saved.take() {
            restore(&saved);
        }
    }

    #[cfg(not(unix))]
    fn drop(&mut self) {
        let _ = crossterm::terminal::disable_raw_mode();
        show_cursor();
    }
}

#[cfg(unix)]
fn restore(saved: &rustix::termios::Termios) {
    let _ = rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, saved);
    show_cursor();
}

/// Shows the cursor again, where it was hidden.
fn show_cursor() {
    use std::io::Write;
    if can_draw() {
        let _ = std::io::stderr().write_all(b"\x1b[?25h");
    }
}

/// A panic prints its message into a terminal as it should be.
#[cfg(unix)]
fn restore_on_panic(saved: rustix::termios::Termios) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        restore(&saved);
        before(panic);
    }));
}

/// Reads keys until `over` is set.
///
/// # Errors
/// When the system has no thread left.
pub fn listen<T: Send + 'static>(
    send: Sender<T>,
    over: Arc<AtomicBool>,
    wrap: impl Fn(Pressed) -> T + Send + 'static,
) -> std::io::Result<()> {
    thread::Builder::new().name("keys".to_owned()).spawn(move || {
        while !over.load(Ordering::Relaxed) {
            if !in_foreground() {
                thread::park_timeout(LOOK);
                continue;
            }
            match event::poll(LOOK) {
                Ok(false) => continue,
                Ok(true) => {}
                Err(_) if over.load(Ordering::Relaxed) => return,
                Err(_) => {
                    thread::park_timeout(LOOK);
                    continue;
                }
            }
            let Ok(event) = event::read() else { return };
            if let Some(pressed) = pressed(&event)
                && send.send(wrap(pressed)).is_err()
            {
                return;
            }
        }
    })?;
    Ok(())
}

fn pressed(event: &Event) -> Option<Pressed> {
    let Event::Key(key) = event else { return None };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return (key.code == KeyCode::Char('c')).then_some(Pressed::Interrupt);
    }
    Some(Pressed::Key(match key.code {
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Right => Key::Right,
        KeyCode::Left => Key::Left,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Esc => Key::Escape,
        _ => return None,
    }))
}
