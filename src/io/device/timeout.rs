//! Calls with a timeout, for sound systems that may never return.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The timeout for a sound system.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// Runs `work` on a new thread and returns its result, or `None` after the timeout. The thread is abandoned in that case.
pub(super) fn run_with_timeout<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, result) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("sound system".to_owned()).spawn(move || {
        let _ = sender.send(work());
    });
    thread.ok()?;
    result.recv_timeout(ANSWER_TIMEOUT).ok()
}
