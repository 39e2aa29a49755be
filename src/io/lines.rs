//! Lines on standard input, where it is no terminal.

use std::io::{BufRead, Read};
use std::sync::mpsc::Sender;
use std::thread;

/// A longer line is no command.
const LONGEST: u64 = 1024;
/// So much of it is told.
const SHOWN: usize = 40;

/// Reads standard input until its end. The end stops nothing.
///
/// # Errors
/// When the system has no thread left.
pub fn listen<T: Send + 'static>(send: Sender<T>, wrap: impl Fn(String) -> T + Send + 'static) -> std::io::Result<()> {
    thread::Builder::new().name("standard input".to_owned()).spawn(move || {
        let mut input = std::io::stdin().lock();
        while let Some(line) = next(&mut input) {
            if !line.is_empty() && send.send(wrap(line)).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

/// The next line, without space around it; nothing at the end. Of one that is too long, the beginning with a mark, so that it means nothing.
fn next(input: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    if input.by_ref().take(LONGEST).read_until(b'\n', &mut line).ok()? == 0 {
        return None;
    }
    let is_cut = line.len() as u64 == LONGEST && !line.ends_with(b"\n");
    let text = String::from_utf8_lossy(&line).trim_start_matches('\u{feff}').trim().to_owned();
    if !is_cut {
        return Some(text);
    }
    input.skip_until(b'\n').ok()?;
    Some(format!("{}…", text.chars().take(SHOWN).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<String> {
        let mut input = text;
        std::iter::from_fn(|| next(&mut input)).collect()
    }

    #[test]
    fn lines_come_with_any_ending() {
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
}
