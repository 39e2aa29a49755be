//! Opens files for reading without ever waiting for the other end of a pipe.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Returns options for reading. Opening a pipe or a terminal with them neither waits nor changes anything.
pub(crate) fn read_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::fs::OFlags;
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
    }
    options
}

/// Opens a file that may be replaced by a pipe meanwhile. The caller checks what was opened.
///
/// # Errors
/// If the system can't open it.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    read_options().open(path)
}
