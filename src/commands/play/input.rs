//! Everything that can reach a session while it plays, in one channel.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::output::{Period, Sounding};
use crate::controls::Key;
use crate::io::lines;
use crate::io::signals::{self, Signal};
use crate::io::terminal::{self, Pressed};
use crate::units::Decibels;

/// A key held down is no second wish.
const HELD: Duration = Duration::from_millis(300);

/// What reached the session.
pub(super) enum Input {
    Pressed(Pressed),
    Line(String),
    Signal(Signal),
    /// The device of this opening is gone.
    Lost(u64),
    /// What this opening plays comes out somewhere else: there.
    Moved(u64, String),
    /// So much room there is above 0 dB.
    Room(Decibels),
    /// A device was looked for again.
    Looked(Option<Sounding>),
    /// A longer buffer was sought.
    Longer(Option<(Sounding, Period)>),
}

/// Starts the listeners. Keys end with `over`.
pub(super) fn listen(send: &Sender<Input>, over: &Arc<AtomicBool>, leave_input_alone: bool) {
    let _ = signals::listen(send.clone(), Input::Signal);
    if leave_input_alone {
        return;
    }
    if terminal::has_keys() {
        let _ = terminal::listen(send.clone(), over.clone(), Input::Pressed);
    } else {
        let _ = lines::listen(send.clone(), Input::Line);
    }
}

/// Tells a key that is pressed again from one that is held down.
#[derive(Default)]
pub(super) struct Held {
    last: Option<(Pressed, Instant)>,
}

impl Held {
    /// Whether this is a wish of its own.
    pub(super) fn is_new(&mut self, pressed: Pressed) -> bool {
        let now = Instant::now();
        let same = self.last.is_some_and(|(last, when)| kin(last, pressed) && now.duration_since(when) < HELD);
        self.last = Some((pressed, now));
        !same
    }
}

/// Whether two keys are the same wish: every way to leave is one.
fn kin(one: Pressed, other: Pressed) -> bool {
    let leaves = |pressed| matches!(pressed, Pressed::Interrupt | Pressed::Key(Key::Escape | Key::Char('q')));
    one == other || leaves(one) && leaves(other)
}
