//! Lines on standard input, if it is not a terminal.

use std::io::{BufRead, Read};
use std::thread;

/// The maximum length of a line. A longer one is not a command.
const MAX_LINE_BYTES: u64 = 1024;
/// The number of characters kept of a longer line.
const SHOWN_CHARACTERS: usize = 40;
/// Starts a thread that reads standard input until its end, or until `deliver` returns false. While `deliver` blocks, nothing more is read,
/// so that eventually the program that writes the lines blocks. The end of the input has no further effect.
///
/// # Errors
/// If the thread can't be started.
pub(crate) fn listen(deliver: impl FnMut(String) -> bool + Send + 'static) -> std::io::Result<()> {
    let read = move || read_lines(&mut std::io::stdin().lock(), deliver);
    thread::Builder::new().name("standard input".to_owned()).spawn(read)?;
    Ok(())
}

fn read_lines(input: &mut impl BufRead, mut deliver: impl FnMut(String) -> bool) {
    while let Some(line) = read_line(input) {
        if !line.is_empty() && !deliver(line) {
            return;
        }
    }
}

/// Returns the next line, trimmed, or `None` at the end. A line that is too long is truncated and marked, so that it is not a command.
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::sync_channel;

    use super::*;

    fn lines(text: &[u8]) -> Vec<String> {
        let mut input = text;
        std::iter::from_fn(|| read_line(&mut input)).collect()
    }

    #[test]
    fn every_line_ending_is_accepted() {
        assert_eq!(lines(b"\xef\xbb\xbfpause\r\n  seek  10s \n\nstop"), ["pause", "seek  10s", "", "stop"]);
        assert_eq!(lines(b"\xff\xfe\n"), ["\u{fffd}\u{fffd}"]);
    }

    #[test]
    fn an_overlong_line_is_never_a_command() {
        for end in ["stop", "\nstop\n"] {
            let found = lines(format!("pause{}{end}", " ".repeat(1_019)).as_bytes());
            assert_eq!(found[0], "pause…", "{end:?}");
        }
        assert_eq!(lines(format!("{}\nstop", "x".repeat(100_000)).as_bytes()).last().unwrap(), "stop");
    }

    /// An endless input that counts the lines read.
    struct Endless(Arc<AtomicUsize>);

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0.fetch_add(1, Ordering::SeqCst);
            buffer[..7].copy_from_slice(b"toggle\n");
            Ok(7)
        }
    }

    #[test]
    fn only_a_few_lines_are_read_ahead() {
        const QUEUED_LINES: usize = 16;
        let (sender, queue) = sync_channel(QUEUED_LINES);
        let read = Arc::new(AtomicUsize::new(0));
        let input = Endless(read.clone());
        let reader = thread::spawn(move || read_lines(&mut BufReader::new(input), |line| sender.send(line).is_ok()));
        // The reader holds one more line, which waits for room.
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
}
