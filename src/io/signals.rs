//! Signals from the system, as events.

use std::sync::mpsc::Sender;
use std::thread;

/// What a signal means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C: the gentle exit.
    Interrupt,
    /// SIGTERM: the same.
    Terminate,
    /// The window is closed: the gentle exit, unseen.
    HangUp,
    /// Ctrl-\: at once.
    Quit,
    /// Ctrl-Z: to be stopped, once it is quiet.
    Suspend,
    /// Going on after that.
    Continue,
    /// The window has another size.
    Resized,
}

/// Begins to listen. Each signal reaches `send` once it is understood.
///
/// # Errors
/// When the system refuses a handler.
#[cfg(unix)]
pub fn listen<T: Send + 'static>(send: Sender<T>, wrap: impl Fn(Signal) -> T + Send + 'static) -> std::io::Result<()> {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
    use signal_hook::iterator::Signals;
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            let meaning = match signal {
                SIGINT => Signal::Interrupt,
                SIGTERM => Signal::Terminate,
                SIGHUP => Signal::HangUp,
                SIGQUIT => Signal::Quit,
                SIGTSTP => Signal::Suspend,
                SIGCONT => Signal::Continue,
                SIGWINCH => Signal::Resized,
                _ => continue,
            };
            if send.send(wrap(meaning)).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

/// Elsewhere Ctrl-C arrives as a key, and there is nothing to listen to.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn listen<T: Send + 'static>(
    _send: Sender<T>,
    _wrap: impl Fn(Signal) -> T + Send + 'static,
) -> std::io::Result<()> {
    Ok(())
}

/// A program in the background that touches its terminal is stopped by it. From now on this thread, and those it starts, are not.
#[cfg(unix)]
pub fn ignore_terminal_stops() {
    use nix::sys::signal::{SigSet, Signal};
    let _ = SigSet::from_iter([Signal::SIGTTIN, Signal::SIGTTOU]).thread_block();
}

/// Elsewhere nothing is stopped so.
#[cfg(not(unix))]
pub fn ignore_terminal_stops() {}

/// Stops this process as Ctrl-Z would have done, until it is told to go on.
#[cfg(unix)]
pub fn suspend_process() {
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
}

/// Elsewhere there is no such thing.
#[cfg(not(unix))]
pub fn suspend_process() {}
