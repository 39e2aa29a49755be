//! The terminal's modes: keys arrive one by one without echo, and the previous modes are restored at the end.

use std::io::Write;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;

#[cfg(unix)]
type Saved = rustix::termios::Termios;
#[cfg(not(unix))]
type Saved = ();

/// The previous modes, while ours are active.
static SAVED: Mutex<Option<Saved>> = Mutex::new(None);
/// Whether the cursor must be shown again.
pub(super) static CURSOR_IS_HIDDEN: AtomicBool = AtomicBool::new(false);

const SHOW_CURSOR: &[u8] = b"\x1b[?25h";

/// The modes in which keys arrive one by one without echo, until this is dropped.
#[derive(Debug)]
pub struct Modes {
    reads: bool,
    was_in_foreground: bool,
}

impl Modes {
    /// Sets the modes, if keys are to be read, there is a terminal, and this program is in the foreground.
    #[must_use]
    pub fn enter(reads: bool) -> Self {
        restore_on_panic();
        let mut modes = Self { reads, was_in_foreground: false };
        modes.refresh();
        modes
    }

    /// Checks again whether the program is in the foreground, and sets the modes if it is.
    pub(crate) fn refresh(&mut self) {
        let is_in_foreground = super::in_foreground();
        let comes = is_in_foreground && !self.was_in_foreground;
        self.was_in_foreground = is_in_foreground;
        if comes && self.reads && super::stdin_is_terminal() {
            set();
        }
    }

    /// Sets the modes again after a suspension, during which a shell may have set its own.
    pub(crate) fn reapply(&mut self) {
        self.was_in_foreground = false;
        self.refresh();
    }

    /// Restores the previous modes until the next check.
    pub(crate) fn leave(&mut self) {
        self.was_in_foreground = false;
        restore();
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        restore();
    }
}

/// Disables line editing, echo, and Ctrl-S, which would block writes. Ctrl-C and Ctrl-Z remain signals, and output processing remains on:
/// the raw mode would disable both.
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

/// Without termios, crossterm's raw mode is used.
#[cfg(not(unix))]
fn set() {
    if crossterm::terminal::enable_raw_mode().is_ok() {
        *SAVED.lock().unwrap_or_else(PoisonError::into_inner) = Some(());
    }
}

/// In the background, the modes belong to the shell and are left unchanged. Unread keys are dropped, because they were not meant for the
/// shell. Pending output is not waited for, because the terminal may be blocked.
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

/// Returns whether standard error can be written to without blocking.
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

/// If this thread panics, which ends the program, its message is printed to a restored terminal, below the display.
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
