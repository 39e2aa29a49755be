//! Reads keys from standard input.

use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::parser::KeyParser;
use super::press::KeyPress;

/// An arrow key starts with an Esc; on a slow connection, the rest arrives later by up to this time.
const SEQUENCE_TIMEOUT: Duration = Duration::from_millis(50);
/// The size of a read.
const READ_BYTES: usize = 256;

/// The keys of a terminal.
#[derive(Default)]
pub(super) struct KeyInput {
    parser: KeyParser,
}

impl KeyInput {
    /// Returns the pressed keys, waiting up to a timeout; `None` once the terminal is closed.
    pub(super) fn read(&mut self, timeout: Duration) -> Option<Vec<KeyPress>> {
        let timeout = if self.parser.is_waiting() { SEQUENCE_TIMEOUT } else { timeout };
        let (input, wait) = (std::io::stdin(), Timespec { tv_sec: 0, tv_nsec: timeout.subsec_nanos().into() });
        let mut inputs = [PollFd::new(&input, PollFlags::IN)];
        match poll(&mut inputs, Some(&wait)) {
            Ok(0) => return Some(self.parser.expire().into_iter().collect()),
            Err(_) => return Some(Vec::new()),
            // A read from a closed terminal would be retried indefinitely.
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
