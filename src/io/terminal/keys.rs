//! Reads key presses.

#[cfg(not(unix))]
mod console;
#[cfg(unix)]
mod input;
#[cfg(unix)]
mod parser;
mod press;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

#[cfg(not(unix))]
use console::ConsoleInput as KeyInput;
#[cfg(unix)]
use input::KeyInput;

pub(crate) use press::{Key, KeyPress};

/// The interval for checking whether the program may still read keys.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Reads keys until `deliver` returns false, `is_over` is set, or the terminal is closed. Keys are not read in the background, or while
/// `deliver` blocks.
///
/// # Errors
/// If no thread can be started.
pub(crate) fn listen(
    is_over: Arc<AtomicBool>,
    mut deliver: impl FnMut(KeyPress) -> bool + Send + 'static,
) -> std::io::Result<()> {
    thread::Builder::new().name("keys".to_owned()).spawn(move || {
        let mut input = KeyInput::default();
        while !is_over.load(Ordering::Relaxed) {
            if !super::in_foreground() {
                thread::park_timeout(POLL_INTERVAL);
                continue;
            }
            let Some(presses) = input.read(POLL_INTERVAL) else { return };
            if !presses.into_iter().all(&mut deliver) {
                return;
            }
        }
    })?;
    Ok(())
}
