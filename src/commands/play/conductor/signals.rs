//! What signals from the system lead to.

use std::thread;
use std::time::{Duration, Instant};

use super::{Conductor, GO_ON, Next};
use crate::io::signals::{self, Signal};
use crate::io::terminal::Pressed;
use crate::playback::controls::Wish;
use crate::playback::input::Input;
use crate::player::transport::TransportCommand;

/// How long a fade may take before the program is stopped by the shell.
const SUSPENSION: Duration = Duration::from_millis(500);

impl Conductor {
    pub(super) fn signal(&mut self, signal: Signal) -> Next {
        match signal {
            // A closed window sends its signal twice, and a system that shuts down sends another kind before it.
            Signal::Interrupt | Signal::HangUp => return self.press(Pressed::Interrupt),
            Signal::Terminate if self.held.terminate(Instant::now()) => return self.key(Pressed::Interrupt),
            Signal::Terminate => {}
            Signal::Quit => return self.wish(Wish::Transport(TransportCommand::Stop)),
            Signal::Suspend => return self.suspend(),
            Signal::Continue if std::mem::take(&mut self.continues) => {}
            Signal::Continue => {
                self.modes.retake();
                self.view.redraw();
            }
            Signal::Resized => self.view.resized(),
        }
        GO_ON
    }

    /// Fades, holds, and lets the shell stop the program; draws anew when it goes on, paused. A session that is being left ends at
    /// once instead: there is nothing to come back to, and the terminal is wanted.
    fn suspend(&mut self) -> Next {
        if self.playback.is_leaving() {
            return self.wish(Wish::Transport(TransportCommand::Stop));
        }
        if !self.playback.is_lost() {
            self.playback.send(TransportCommand::Pause);
        }
        let deadline = Instant::now() + SUSPENSION;
        while !self.playback.is_lost() && !self.playback.snapshot().silent && Instant::now() < deadline {
            self.notices()?;
            thread::park_timeout(Duration::from_millis(5));
        }
        thread::sleep(self.playback.buffered());
        self.notices()?;
        self.view.clear();
        self.modes.leave();
        self.continues = true;
        signals::suspend_process();
        self.modes.mind();
        self.view.redraw();
        // A key held down asked for it several times before it was done.
        let waiting = self.pending.drain(..).chain(self.inputs.try_iter());
        self.pending = waiting.filter(|input| !matches!(input, Input::Signal(Signal::Suspend))).collect();
        if self.playback.reopen() { GO_ON } else { self.lose() }
    }
}
