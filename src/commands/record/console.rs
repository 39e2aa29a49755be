//! The terminal in which lines are recorded.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded, unbounded};

use crate::io::display::Screen;
use crate::io::interrupt::Interrupt;
use crate::io::signals::{self, Signal};
use crate::io::terminal::{self, KeyPress, Modes};
use crate::recorder::{Recorder, recorder_lines};

/// The capacity of the queue of keys.
const KEY_QUEUE_SIZE: usize = 16;
/// Maximum time for clearing the screen.
const CLEAR_TIMEOUT: Duration = Duration::from_secs(1);

/// The screen, the keys and the signals. Fields are dropped in order: the modes of the terminal are restored last.
pub(super) struct Console {
    pub(super) screen: Screen,
    /// Ends the thread that reads keys.
    is_over: Arc<AtomicBool>,
    pub(super) keys: Receiver<KeyPress>,
    pub(super) signals: Receiver<Signal>,
    modes: Modes,
}

impl Console {
    /// Starts reading keys and listening for signals.
    pub(super) fn open() -> Self {
        signals::ignore_terminal_stops();
        // A file size limit then causes a write error instead of ending the program.
        let _ = Interrupt::watch();
        let modes = Modes::enter(true);
        let (signal_sender, signals) = unbounded();
        let _ = signals::listen(move |signal| signal_sender.send(signal).is_ok());
        let (key_sender, keys) = bounded(KEY_QUEUE_SIZE);
        let is_over = Arc::new(AtomicBool::new(false));
        let _ = terminal::listen(is_over.clone(), move |press| key_sender.send(press).is_ok());
        Self { screen: Screen::default(), is_over, keys, signals, modes }
    }

    pub(super) fn draw(&mut self, recorder: &Recorder) {
        self.modes.refresh();
        if let Some(size) = self.screen.layout_size() {
            self.screen.draw(recorder_lines(recorder, size), size);
        }
    }

    /// Suspends the process until it is continued.
    pub(super) fn suspend(&mut self) {
        self.clear();
        self.modes.leave();
        signals::suspend_process();
        self.modes.reapply();
        self.screen.redraw();
    }

    /// Stops reading keys, and clears the screen. The cursor is shown again before anything else is printed, and before the program ends.
    pub(super) fn close(mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.clear();
    }

    fn clear(&mut self) {
        self.screen.clear();
        let _ = self.screen.wait_idle(CLEAR_TIMEOUT);
    }
}
