//! The terminal: its size, its modes, whether the program is in the foreground, and its keys.

mod keys;
mod modes;

use std::io::IsTerminal;

pub(crate) use keys::{Key, KeyPress, listen};
pub use modes::Modes;

/// The size of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Columns, at least 1.
    pub columns: usize,
    /// Rows, at least 1.
    pub rows: usize,
}

/// The size to assume if it is unknown.
const DEFAULT_SIZE: Size = Size { columns: 80, rows: 24 };

/// Returns whether standard input is a terminal.
#[must_use]
pub(crate) fn stdin_is_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// Returns whether lines can be drawn in place: standard error is a terminal that supports it. On Unix it has a name that is not `dumb`.
#[must_use]
pub(crate) fn can_draw() -> bool {
    let is_capable = std::env::var_os("TERM").map_or(cfg!(windows), |term| term != "dumb" && !term.is_empty());
    std::io::stderr().is_terminal() && is_capable
}

/// Returns the size of the terminal on standard error.
#[must_use]
pub(crate) fn size() -> Size {
    known_size().filter(|size| size.columns > 0 && size.rows > 0).unwrap_or(DEFAULT_SIZE)
}

/// Returns the number of columns on standard output; 80 if it is not a terminal.
#[must_use]
pub(crate) fn output_columns() -> usize {
    if std::io::stdout().is_terminal() { output_size().unwrap_or(80) } else { 80 }
}

#[cfg(unix)]
fn output_size() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn output_size() -> Option<usize> {
    console_size()
}

#[cfg(unix)]
fn known_size() -> Option<Size> {
    let size = rustix::termios::tcgetwinsize(std::io::stderr()).ok()?;
    Some(Size { columns: usize::from(size.ws_col), rows: usize::from(size.ws_row) })
}

#[cfg(not(unix))]
fn known_size() -> Option<Size> {
    let (columns, rows) = crossterm::terminal::size().ok()?;
    Some(Size { columns: usize::from(columns), rows: usize::from(rows) })
}

/// Returns whether this program is in the foreground, and may read and draw now.
#[cfg(unix)]
#[must_use]
pub(crate) fn in_foreground() -> bool {
    let group = rustix::process::getpgrp();
    let is_ours = |holder: rustix::io::Result<rustix::process::Pid>| holder.map_or(true, |holder| holder == group);
    if stdin_is_terminal() {
        is_ours(rustix::termios::tcgetpgrp(std::io::stdin()))
    } else {
        is_ours(rustix::termios::tcgetpgrp(std::io::stderr()))
    }
}

/// On other systems, a program is always in the foreground.
#[cfg(not(unix))]
#[must_use]
pub(crate) fn in_foreground() -> bool {
    true
}

/// Records whether the cursor is hidden, so that it is always shown again.
pub(super) fn note_cursor(hidden: bool) {
    modes::CURSOR_IS_HIDDEN.store(hidden, std::sync::atomic::Ordering::Relaxed);
}
