//! Writes to standard output and standard error on background threads, so that nothing waits for a reader: a blocked terminal or pipe must
//! not prevent a listener from leaving.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The capacity of a queue. Further output is lost.
const MAX_QUEUED_BYTES: usize = 256 * 1024;
/// The fill level from which callers should wait, if they can.
const BUSY_FROM_BYTES: usize = 16 * 1024;

/// The stream of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputStream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// The pending output of a stream.
#[derive(Clone)]
pub(crate) struct OutputQueue {
    shared: Arc<Shared>,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<u8>,
    /// Whether the thread is writing a part that it has removed from the queue.
    is_writing: bool,
    /// Whether the queue is closed.
    is_closed: bool,
}

impl OutputQueue {
    /// Starts a queue for a stream. If no thread can be started, nothing is written.
    #[must_use]
    pub(crate) fn start(stream: OutputStream) -> Self {
        Self::start_with(move |bytes| write_all(stream, bytes))
    }

    fn start_with(write: impl FnMut(&[u8]) + Send + 'static) -> Self {
        let shared = Arc::new(Shared { queue: Mutex::default(), changed: Condvar::new() });
        let queue = Self { shared: shared.clone() };
        let run = move || shared.run(write);
        if thread::Builder::new().name("output".to_owned()).spawn(run).is_err() {
            queue.shared.lock().is_closed = true;
        }
        queue
    }

    /// Queues a text.
    pub(crate) fn write(&self, text: &str) {
        let mut queue = self.shared.lock();
        if !queue.is_closed && queue.waiting.len() + text.len() <= MAX_QUEUED_BYTES {
            queue.waiting.extend_from_slice(text.as_bytes());
            self.shared.changed.notify_all();
        }
    }

    /// Returns whether the reader keeps up.
    #[must_use]
    pub(crate) fn has_room(&self) -> bool {
        self.shared.lock().waiting.len() < BUSY_FROM_BYTES
    }

    /// Returns whether everything has been written.
    #[must_use]
    pub(crate) fn is_idle(&self) -> bool {
        self.shared.lock().is_idle()
    }

    /// Waits until everything has been written, up to a timeout. Returns whether it has.
    pub(crate) fn wait_idle(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let mut queue = self.shared.lock();
        while !queue.is_idle() {
            let remaining = deadline.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                return false;
            }
            queue = self.shared.changed.wait_timeout(queue, remaining).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

impl Queue {
    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && !self.is_writing
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the queued output in order, as long as the program runs.
    fn run(&self, mut write: impl FnMut(&[u8])) {
        let mut queue = self.lock();
        loop {
            while queue.waiting.is_empty() {
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            let bytes = std::mem::take(&mut queue.waiting);
            queue.is_writing = true;
            drop(queue);
            write(&bytes);
            queue = self.lock();
            queue.is_writing = false;
            self.changed.notify_all();
        }
    }
}

/// Writes without the locks of the standard library, which a thread that waits for a reader would hold. A closed pipe is not an error.
#[cfg(unix)]
fn write_all(stream: OutputStream, mut bytes: &[u8]) {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::Errno;
    use std::os::fd::AsFd;
    let (output, error) = (std::io::stdout(), std::io::stderr());
    let file = if stream == OutputStream::Output { output.as_fd() } else { error.as_fd() };
    while !bytes.is_empty() {
        match rustix::io::write(file, bytes) {
            Ok(0) => return,
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            // Another program has made the terminal non-blocking.
            Err(Errno::AGAIN) if poll(&mut [PollFd::new(&file, PollFlags::OUT)], None).is_ok() => {}
            Err(_) => return,
        }
    }
}

#[cfg(not(unix))]
fn write_all(stream: OutputStream, bytes: &[u8]) {
    use std::io::Write;
    let _ = match stream {
        OutputStream::Output => std::io::stdout().write_all(bytes).and_then(|()| std::io::stdout().flush()),
        OutputStream::Error => std::io::stderr().write_all(bytes),
    };
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(30);

    /// Returns a queue whose reader accepts each piece on request.
    fn queue() -> (OutputQueue, Sender<()>, Receiver<String>) {
        let (read, allowed) = channel();
        let (sender, written) = channel();
        let queue = OutputQueue::start_with(move |bytes| {
            let _ = allowed.recv();
            let _ = sender.send(String::from_utf8(bytes.to_vec()).unwrap());
        });
        (queue, read, written)
    }

    #[test]
    fn output_arrives_completely_and_in_order() {
        let (queue, read, written) = queue();
        assert!(queue.is_idle());
        queue.write("a");
        assert!(!queue.is_idle());
        (0..100).for_each(|number| queue.write(&format!("{number} ")));
        drop(read);
        assert!(queue.wait_idle(TIMEOUT));
        let expected: String = (0..100).map(|number| format!("{number} ")).collect();
        assert_eq!(written.try_iter().collect::<String>(), format!("a{expected}"));
    }

    #[test]
    fn a_stalled_reader_blocks_nothing_and_memory_is_bounded() {
        let (queue, read, written) = queue();
        let line = "x".repeat(1_000);
        (0..10_000).for_each(|_| queue.write(&line));
        assert!(!queue.has_room());
        assert!(!queue.wait_idle(Duration::from_millis(1)));
        drop(read);
        assert!(queue.wait_idle(TIMEOUT));
        let length = written.try_iter().map(|text| text.len()).sum::<usize>();
        assert!(length <= MAX_QUEUED_BYTES + line.len() && length.is_multiple_of(line.len()), "{length}");
        assert!(queue.has_room());
    }
}
