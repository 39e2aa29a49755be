//! Signals of the operating system.

use std::thread;

/// A signal, named by its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM, or another signal that would end the program.
    Terminate,
    /// SIGHUP: the terminal was closed.
    HangUp,
    /// Ctrl-\.
    Quit,
    /// Ctrl-Z.
    Suspend,
    /// SIGCONT: the program continues after a suspension.
    Continue,
    /// SIGWINCH: the size of the terminal has changed.
    Resized,
}

/// Starts a thread that delivers every signal, until `deliver` returns false.
///
/// # Errors
/// If a handler can't be installed, or the thread can't be started.
#[cfg(unix)]
pub(crate) fn listen(mut deliver: impl FnMut(Signal) -> bool + Send + 'static) -> std::io::Result<()> {
    use signal_hook::consts::{
        SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH, SIGXCPU,
    };
    use signal_hook::iterator::Signals;
    let mut signals = Signals::new([
        SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH,
    ])?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            let signal = match signal {
                SIGINT => Signal::Interrupt,
                SIGTERM | SIGUSR1 | SIGUSR2 | SIGALRM | SIGXCPU => Signal::Terminate,
                SIGHUP => Signal::HangUp,
                SIGQUIT => Signal::Quit,
                SIGTSTP => Signal::Suspend,
                SIGCONT => Signal::Continue,
                SIGWINCH => Signal::Resized,
                _ => continue,
            };
            if !deliver(signal) {
                return;
            }
        }
    })?;
    Ok(())
}

/// On other systems, Ctrl-C arrives as a key, and there are no signals.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub(crate) fn listen(_: impl FnMut(Signal) -> bool + Send + 'static) -> std::io::Result<()> {
    Ok(())
}

/// Prevents this thread, and those it starts, from being suspended when the program uses its terminal in the background.
#[cfg(unix)]
pub(crate) fn ignore_terminal_stops() {
    use nix::sys::signal::{SigSet, Signal};
    let _ = SigSet::from_iter([Signal::SIGTTIN, Signal::SIGTTOU]).thread_block();
}

/// On other systems, background programs are not suspended.
#[cfg(not(unix))]
pub(crate) fn ignore_terminal_stops() {}

/// Suspends this process, as Ctrl-Z does by default, until it receives SIGCONT.
#[cfg(unix)]
pub(crate) fn suspend_process() {
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
}

/// On other systems, a process can't be suspended.
#[cfg(not(unix))]
pub(crate) fn suspend_process() {}
