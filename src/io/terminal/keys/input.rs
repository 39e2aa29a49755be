//! Reads keys from standard input.

use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::parser::KeyParser;
use super::press::KeyPress;

/// An arrow key begins with an Esc; over a slow line the rest comes so much later.
const REST_OF_KEY: Duration = Duration::from_millis(50);
/// How much is read at once.
const READ_BYTES: usize = 256;

/// The keys of a terminal.
#[derive(Default)]
pub(super) struct KeyInput {
    parser: KeyParser,
}

impl KeyInput {
    /// Returns the keys that were pressed, within a time at most; `None` once the terminal has gone away.
    pub(super) fn read(&mut self, within: Duration) -> Option<Vec<KeyPress>> {
        let within = if self.parser.is_waiting() { REST_OF_KEY } else { within };
        let (input, wait) = (std::io::stdin(), Timespec { tv_sec: 0, tv_nsec: within.subsec_nanos().into() });
        let mut inputs = [PollFd::new(&input, PollFlags::IN)];
        match poll(&mut inputs, Some(&wait)) {
            Ok(0) => return Some(self.parser.expire().into_iter().collect()),
            Err(_) => return Some(Vec::new()),
            // A read from a terminal that has gone away would be tried for ever.
            Ok(_) if inputs[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) => return None,
            Ok(_) => {}
        }
        let mut bytes = [0; READ_BYTES];
        match rustix::io::read(&input, &mut bytes) {
            Ok(0) => None,
            Ok(count) => Some(self.parser.read(&bytes[..count])),
            Err(_) => Some(Vec::new()),
        }
    }
}
