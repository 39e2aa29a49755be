//! Calls into a sound system that may never return.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a sound system may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// Runs `work` on a thread of its own and returns its result, or nothing if it takes too long. The thread is then abandoned.
pub(super) fn run_with_timeout<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, result) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("sound system".to_owned()).spawn(move || {
        let _ = sender.send(work());
    });
    thread.ok()?;
    result.recv_timeout(ANSWER_TIMEOUT).ok()
}
