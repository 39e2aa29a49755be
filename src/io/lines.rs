//! Lines on standard input, where it is no terminal.

use std::io::{BufRead, Read};
use std::sync::mpsc::Sender;
use std::thread;

/// A longer line is no command.
const LONGEST: u64 = 1024;

/// Reads standard input until its end. The end stops nothing.
///
/// # Errors
/// When the system has no thread left.
pub fn listen<T: Send + 'static>(send: Sender<T>, wrap: impl Fn(String) -> T + Send + 'static) -> std::io::Result<()> {
    thread::Builder::new().name("standard input".to_owned()).spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            let mut line = Vec::new();
            match input.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            if !line.is_empty() && send.send(wrap(line)).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}
