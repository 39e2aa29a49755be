//! Draws lines in place: unchanged lines are not written again, and nothing wraps.

use std::time::Duration;

use super::ScreenLine;
use crate::io::output_queue::{OutputQueue, OutputStream};
use crate::io::terminal;
use crate::text::width;

const HIDE_CURSOR: &str = "\x1b[?25l";
const SHOW_CURSOR: &str = "\x1b[?25h";
/// Without wrapping, a line that is too wide is cut off at the edge, instead of shifting the others down.
const DISABLE_WRAP: &str = "\x1b[?7l";
const ENABLE_WRAP: &str = "\x1b[?7h";
const CLEAR_TO_END_OF_LINE: &str = "\x1b[K";
const CLEAR_ROW: &str = "\x1b[2K";
const CLEAR_BELOW: &str = "\x1b[J";

/// The lines on the screen. The hidden cursor rests at the start of the last one.
pub(super) struct Painter {
    output: OutputQueue,
    lines: Vec<ScreenLine>,
    columns: usize,
}

impl Default for Painter {
    fn default() -> Self {
        Self { output: OutputQueue::start(OutputStream::Error), lines: Vec::new(), columns: 0 }
    }
}

impl Painter {
    /// Returns whether the terminal has accepted everything so far.
    pub(super) fn is_idle(&self) -> bool {
        self.output.is_idle()
    }

    /// Waits until the terminal has accepted everything, up to a timeout. Returns whether it has.
    pub(super) fn wait_idle(&self, timeout: Duration) -> bool {
        self.output.wait_idle(timeout)
    }

    /// Draws the lines on a screen of this width.
    pub(super) fn paint(&mut self, lines: Vec<ScreenLine>, columns: usize) {
        if lines == self.lines && columns == self.columns {
            return;
        }
        let mut written = String::new();
        if columns != self.columns {
            self.erase(columns, &mut written);
        }
        if self.lines.is_empty() {
            terminal::note_cursor(true);
            written.push_str(HIDE_CURSOR);
        }
        written.push_str(DISABLE_WRAP);
        self.change(&lines, &mut written);
        written.push_str(ENABLE_WRAP);
        (self.lines, self.columns) = (lines, columns);
        self.output.write(&written);
    }

    /// Writes permanent text above the lines.
    pub(super) fn print(&mut self, above: &[String]) {
        let mut written = String::new();
        let lines = self.lines.clone();
        self.erase(self.columns, &mut written);
        for line in above {
            written.push_str(line);
            written.push_str("\r\n");
        }
        self.output.write(&written);
        if !lines.is_empty() {
            self.paint(lines, self.columns);
        }
    }

    /// Clears the lines, and shows the cursor.
    pub(super) fn clear(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        let mut written = String::new();
        self.erase(self.columns, &mut written);
        written.push_str(SHOW_CURSOR);
        self.output.write(&written);
        terminal::note_cursor(false);
    }

    /// Restarts at the cursor, because something else was written below or over the lines.
    pub(super) fn forget(&mut self) {
        self.lines.clear();
    }

    /// Draws the next lines completely, in the same place, because the present ones may be disturbed.
    pub(super) fn invalidate(&mut self) {
        self.columns = 0;
    }

    /// Clears the lines from a screen that may have become narrower and wrapped them.
    fn erase(&mut self, columns: usize, written: &mut String) {
        let rows = |line: &ScreenLine| width(&line.text).div_ceil(columns.max(1)).max(1);
        let above = self.lines.iter().rev().skip(1).map(rows).sum();
        if !self.lines.is_empty() {
            written.push('\r');
            up(above, written);
            // Row by row, because some terminals keep text in their scrollback that is cleared from the top of the screen on.
            for _ in 0..above {
                written.push_str(CLEAR_ROW);
                written.push('\n');
            }
            written.push_str(CLEAR_BELOW);
            up(above, written);
        }
        self.lines.clear();
    }

    /// Writes the differences, from the first line to the last.
    fn change(&self, lines: &[ScreenLine], written: &mut String) {
        written.push('\r');
        up(self.lines.len().saturating_sub(1), written);
        for (number, line) in lines.iter().enumerate() {
            if number > 0 {
                written.push_str("\r\n");
            }
            if self.lines.get(number) != Some(line) {
                draw(line, written);
            }
        }
        if self.lines.len() > lines.len() {
            written.push_str("\r\n");
            written.push_str(CLEAR_BELOW);
            up(1, written);
        }
        written.push('\r');
    }
}

/// During a panic, the screen is left to its message.
impl Drop for Painter {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.clear();
        }
    }
}

fn draw(line: &ScreenLine, written: &mut String) {
    let dim = line.dim && has_colour();
    if dim {
        written.push_str("\x1b[2m");
    }
    written.push_str(&line.text);
    if dim {
        written.push_str("\x1b[22m");
    }
    written.push_str(CLEAR_TO_END_OF_LINE);
}

fn up(rows: usize, written: &mut String) {
    if rows > 0 {
        written.push_str(&format!("\x1b[{rows}A"));
    }
}

/// Returns whether colours are allowed: <https://no-color.org>.
fn has_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
