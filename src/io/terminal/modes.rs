//! The terminal's modes: keys arrive one by one and unseen, and all is as it was once we are gone.

use std::io::Write;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;

#[cfg(unix)]
type Saved = rustix::termios::Termios;
#[cfg(not(unix))]
type Saved = ();

/// The modes as they were, while ours are in force.
static SAVED: Mutex<Option<Saved>> = Mutex::new(None);
/// The cursor is to be shown again.
pub(super) static CURSOR_IS_HIDDEN: AtomicBool = AtomicBool::new(false);

const SHOW_CURSOR: &[u8] = b"\x1b[?25h";

/// Keys arrive one by one and unseen, until this is dropped.
#[derive(Debug)]
pub struct Modes {
    reads: bool,
    was_in_foreground: bool,
}

impl Modes {
    /// Takes the terminal, if it is to be read, there is one, and this program is in front.
    #[must_use]
    pub fn enter(reads: bool) -> Self {
        restore_on_panic();
        let mut modes = Self { reads, was_in_foreground: false };
        modes.mind();
        modes
    }

    /// Looks again whether the terminal is ours, and takes it if it is.
    pub fn mind(&mut self) {
        let is_in_foreground = super::in_foreground();
        let comes = is_in_foreground && !self.was_in_foreground;
        self.was_in_foreground = is_in_foreground;
        if comes && self.reads && super::has_keys() {
            set();
        }
    }

    /// Takes the terminal once more: this program was stopped, and a shell may have set its own modes.
    pub fn retake(&mut self) {
        self.was_in_foreground = false;
        self.mind();
    }

    /// Gives the terminal back, until it is minded again.
    pub fn leave(&mut self) {
        self.was_in_foreground = false;
        restore();
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        restore();
    }
}

/// Leaves line editing, echo, and Ctrl-S, which would hold up whoever writes. Ctrl-C and Ctrl-Z stay signals, and what is printed stays
/// in order: a whole raw mode takes both away.
#[cfg(unix)]
fn set() {
    use rustix::termios::{InputModes, LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let mut saved = SAVED.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(before) = saved.take().or_else(|| tcgetattr(std::io::stdin()).ok()) else { return };
    let mut modes = before.clone();
    modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
    modes.input_modes.remove(InputModes::IXON);
    if tcsetattr(std::io::stdin(), OptionalActions::Now, &modes).is_ok() {
        *saved = Some(before);
    }
}

/// Where there is no termios, crossterm's raw mode.
#[cfg(not(unix))]
fn set() {
    if crossterm::terminal::enable_raw_mode().is_ok() {
        *SAVED.lock().unwrap_or_else(PoisonError::into_inner) = Some(());
    }
}

/// In the background the modes are the shell's, and left alone. Keys that nobody read are dropped: they were not meant for the shell. What
/// was written is not waited for: perhaps nobody reads it.
#[cfg(unix)]
fn undo(saved: &Saved) {
    use rustix::termios::{OptionalActions, QueueSelector, tcflush, tcsetattr};
    if super::in_foreground() {
        let _ = tcflush(std::io::stdin(), QueueSelector::IFlush);
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, saved);
    }
}

#[cfg(not(unix))]
fn undo((): &Saved) {
    let _ = crossterm::terminal::disable_raw_mode();
}

fn restore() {
    if let Some(saved) = SAVED.lock().unwrap_or_else(PoisonError::into_inner).take() {
        undo(&saved);
    }
    if CURSOR_IS_HIDDEN.swap(false, Ordering::Relaxed) && takes_output() {
        let _ = std::io::stderr().write_all(SHOW_CURSOR);
    }
}

/// Whether something can be written on standard error without waiting for its reader.
#[cfg(unix)]
fn takes_output() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let (error, at_once) = (std::io::stderr(), Timespec { tv_sec: 0, tv_nsec: 0 });
    poll(&mut [PollFd::new(&error, PollFlags::OUT)], Some(&at_once)).is_ok_and(|ready| ready > 0)
}

#[cfg(not(unix))]
fn takes_output() -> bool {
    true
}

/// A panic of this thread, which ends the program, prints its message into a terminal as it should be, below what was drawn.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let (owner, before) = (thread::current().id(), panic::take_hook());
        panic::set_hook(Box::new(move |panic| {
            if thread::current().id() == owner {
                if CURSOR_IS_HIDDEN.load(Ordering::Relaxed) {
                    let _ = std::io::stderr().write_all(b"\r\n");
                }
                restore();
            }
            before(panic);
        }));
    });
}
