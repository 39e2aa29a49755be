//! Detects Ctrl-C, SIGTERM and the like, for work that can simply be abandoned.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(unix)]
use signal_hook::consts::{SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};

/// A flag that is set when the program is asked to stop.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Starts to watch for signals that ask the program to end; each sets the flag.
    #[must_use]
    pub(crate) fn watch() -> Self {
        let flag = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU] {
            let _ = signal_hook::flag::register(signal, flag.clone());
        }
        // A file size limit then causes a write error instead of ending the program.
        #[cfg(unix)]
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
        Self(flag)
    }

    /// Returns whether the program was asked to stop.
    #[must_use]
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
