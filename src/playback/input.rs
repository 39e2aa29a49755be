//! Everything that can reach a session while it plays, in one channel.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;

use super::output::{Reserve, Sounding};
use super::sound::Material;
use crate::error::Failure;
use crate::io::lines::{self, Lines};
use crate::io::signals::{self, Signal};
use crate::io::terminal::{self, Pressed};
use crate::units::Decibels;

/// What reached the session.
pub(crate) enum Input {
    Pressed(Pressed),
    Line(String),
    /// Lines have come on standard input.
    LinesReady,
    Signal(Signal),
    /// The device of this opening is gone.
    Lost(u64),
    /// What this opening plays comes out somewhere else: there.
    Moved(u64, String),
    /// So much room there is above 0 dB.
    Room(Decibels),
    /// A device was looked for again.
    Looked(Option<Sounding>),
    /// Something is amiss with a clip, or with speech.
    Flaw(String),
    /// The session can't go on.
    Failed(Failure),
    /// More lines are spoken by now.
    Spoken(Material),
    /// A longer buffer was sought.
    Longer(Option<(Sounding, Reserve)>),
}

/// Starts the listeners. Keys end with `over`. Returns the lines of standard input, unless that is a terminal.
pub(crate) fn listen(send: &Sender<Input>, over: &Arc<AtomicBool>, leave_input_alone: bool) -> Option<Lines> {
    let _ = signals::listen(send.clone(), Input::Signal);
    if leave_input_alone {
        return None;
    }
    if terminal::has_keys() {
        let _ = terminal::listen(send.clone(), over.clone(), Input::Pressed);
        return None;
    }
    let send = send.clone();
    lines::listen(move || drop(send.send(Input::LinesReady))).ok()
}
