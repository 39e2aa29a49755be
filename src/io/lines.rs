//! Lines on standard input, where that is no terminal.

use std::io::{BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// A longer line is no command.
const MAX_LINE_BYTES: u64 = 1024;
/// How much of a longer line is kept, in characters.
const SHOWN_CHARACTERS: usize = 40;
/// How many lines may wait to be taken. When more come, the thread that reads them waits, and at last the program that writes them.
const QUEUED_LINES: usize = 16;

/// The lines that have been read and not taken yet.
pub struct Lines {
    queue: Receiver<String>,
    /// The reader has announced lines since one was taken last.
    is_announced: Arc<AtomicBool>,
}

impl Lines {
    /// The next line, if one has come.
    #[must_use]
    pub fn next_line(&self) -> Option<String> {
        // Cleared first: a line that comes from here on is announced again.
        self.is_announced.store(false, Ordering::SeqCst);
        self.queue.try_recv().ok()
    }
}

/// Starts a thread that reads standard input until its end, and calls `announce` when lines have come, once until one is taken. The end of
/// the input ends nothing else.
///
/// # Errors
/// When the thread can't be started.
pub fn listen(announce: impl Fn() + Send + 'static) -> std::io::Result<Lines> {
    let (sender, queue) = sync_channel(QUEUED_LINES);
    let is_announced = Arc::new(AtomicBool::new(false));
    let lines = Lines { queue, is_announced: is_announced.clone() };
    thread::Builder::new().name("standard input".to_owned()).spawn(move || {
        read_lines(&mut std::io::stdin().lock(), &sender, || {
            if !is_announced.swap(true, Ordering::SeqCst) {
                announce();
            }
        });
    })?;
    Ok(lines)
}

/// Reads lines until the end, or until nobody takes them any more.
fn read_lines(input: &mut impl BufRead, sender: &SyncSender<String>, announce: impl Fn()) {
    while let Some(line) = read_line(input) {
        if line.is_empty() {
            continue;
        }
        if sender.send(line).is_err() {
            return;
        }
        announce();
    }
}

/// The next line without the space around it, or nothing at the end. Of a line that is too long, the beginning and a mark, so that it is no
/// command.
fn read_line(input: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    if input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line).ok()? == 0 {
        return None;
    }
    let is_cut = line.len() as u64 == MAX_LINE_BYTES && !line.ends_with(b"\n");
    let text = String::from_utf8_lossy(&line).trim_start_matches('\u{feff}').trim().to_owned();
    if !is_cut {
        return Some(text);
    }
    input.skip_until(b'\n').ok()?;
    Some(format!("{}…", text.chars().take(SHOWN_CHARACTERS).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn lines(text: &[u8]) -> Vec<String> {
        let mut input = text;
        std::iter::from_fn(|| read_line(&mut input)).collect()
    }

    #[test]
    fn lines_may_end_in_any_way() {
        assert_eq!(lines(b"\xef\xbb\xbfpause\r\n  seek  10s \n\nstop"), ["pause", "seek  10s", "", "stop"]);
        assert_eq!(lines(b"\xff\xfe\n"), ["\u{fffd}\u{fffd}"]);
    }

    #[test]
    fn no_part_of_a_line_that_is_too_long_is_a_command() {
        for end in ["stop", "\nstop\n"] {
            let found = lines(format!("pause{}{end}", " ".repeat(1_019)).as_bytes());
            assert_eq!(found[0], "pause…", "{end:?}");
        }
        assert_eq!(lines(format!("{}\nstop", "x".repeat(100_000)).as_bytes()).last().unwrap(), "stop");
    }

    /// Endless lines; counts how many were read.
    struct Endless(Arc<AtomicUsize>);

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0.fetch_add(1, Ordering::SeqCst);
            buffer[..7].copy_from_slice(b"toggle\n");
            Ok(7)
        }
    }

    #[test]
    fn however_many_lines_come_only_a_few_are_read_before_they_are_taken() {
        let (sender, queue) = sync_channel(QUEUED_LINES);
        let read = Arc::new(AtomicUsize::new(0));
        let input = Endless(read.clone());
        let reader = thread::spawn(move || read_lines(&mut BufReader::new(input), &sender, || {}));
        // One more line is in the hands of the reader, and waits for room.
        while read.load(Ordering::SeqCst) <= QUEUED_LINES {
            thread::yield_now();
        }
        for taken in 0..1_000 {
            assert!(read.load(Ordering::SeqCst) <= taken + QUEUED_LINES + 1);
            assert_eq!(queue.recv().unwrap(), "toggle");
        }
        drop(queue);
        reader.join().unwrap();
    }

    #[test]
    fn lines_are_announced_once_until_one_is_taken() {
        let (sender, queue) = sync_channel(QUEUED_LINES);
        let lines = Lines { queue, is_announced: Arc::default() };
        let announced = AtomicUsize::new(0);
        let read = |text: &str| {
            read_lines(&mut text.as_bytes(), &sender, || {
                if !lines.is_announced.swap(true, Ordering::SeqCst) {
                    announced.fetch_add(1, Ordering::SeqCst);
                }
            });
        };
        read("pause\nresume\n");
        assert_eq!(announced.load(Ordering::SeqCst), 1);
        assert_eq!(lines.next_line().as_deref(), Some("pause"));
        read("stop\n");
        assert_eq!(announced.load(Ordering::SeqCst), 2);
        assert_eq!(
            [lines.next_line(), lines.next_line(), lines.next_line()].map(Option::unwrap_or_default),
            ["resume", "stop", ""]
        );
    }
}
