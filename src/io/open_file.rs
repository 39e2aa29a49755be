//! Opens files for reading without blocking on pipes.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Returns options for reading. Opening a pipe or a terminal with them neither blocks nor has an effect.
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

/// Opens a file that may have been replaced by a pipe. The caller checks the type of the opened file.
///
/// # Errors
/// If the system can't open it.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    read_options().open(path)
}
