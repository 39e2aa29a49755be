//! The bytes of a clip, in a file or in memory.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::byte_cursor::{ByteCursor, ByteSource};
use super::read_monitor::ReadMonitor;

/// Reopens a file, and fails if it is no longer the same file.
pub(crate) type FileOpener = Arc<dyn Fn() -> io::Result<File> + Send + Sync>;

/// The bytes of a clip: a file, or bytes in memory. Clones are cheap and have independent positions.
#[derive(Clone)]
pub struct ClipBytes {
    name: Arc<str>,
    storage: Storage,
    size: u64,
}

#[derive(Clone)]
enum Storage {
    /// A file that is kept open, so that it can be read even after its deletion.
    OpenFile(Arc<File>),
    /// A file that is reopened for each reader, because systems limit the number of open files.
    ClosedFile(FileOpener),
    Static(&'static [u8]),
    Memory(Arc<[u8]>),
}

impl ClipBytes {
    /// Returns the bytes of a file with its current size. `name` is used in messages.
    ///
    /// # Errors
    /// If the file's metadata can't be read or it is not a regular file.
    pub fn from_file(file: File, name: impl Into<Arc<str>>) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(Self { name: name.into(), storage: Storage::OpenFile(Arc::new(file)), size: metadata.len() })
    }

    /// Returns bytes in memory. `name` is used in messages.
    #[must_use]
    pub fn from_memory(bytes: impl Into<Arc<[u8]>>, name: impl Into<Arc<str>>) -> Self {
        let bytes = bytes.into();
        Self { name: name.into(), size: bytes.len() as u64, storage: Storage::Memory(bytes) }
    }

    /// Returns bytes that are part of the program.
    #[must_use]
    pub(crate) fn from_static(bytes: &'static [u8], name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), storage: Storage::Static(bytes), size: bytes.len() as u64 }
    }

    /// Closes the file. It is reopened for each reader from now on.
    #[must_use]
    pub(crate) fn reopened_by(self, opener: FileOpener) -> Self {
        Self { storage: Storage::ClosedFile(opener), ..self }
    }

    /// Reads all bytes.
    ///
    /// # Errors
    /// If they can't be read or the file has become shorter.
    pub(crate) fn read_all(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.cursor(&ReadMonitor::default()).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == self.size { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Returns the name of the clip for messages.
    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Opens the bytes for one reader. Read errors are recorded by `monitor`.
    pub(super) fn cursor(&self, monitor: &ReadMonitor) -> ByteCursor {
        let source = match &self.storage {
            Storage::OpenFile(file) => ByteSource::File(file.clone()),
            Storage::Static(bytes) => ByteSource::Static(bytes),
            Storage::Memory(bytes) => ByteSource::Memory(bytes.clone()),
            Storage::ClosedFile(opener) => match opener() {
                Ok(file) => ByteSource::File(Arc::new(file)),
                Err(error) => {
                    monitor.record_io_error(&self.name, error);
                    ByteSource::Unavailable
                }
            },
        };
        ByteCursor::new(source, self.size, &self.name, monitor)
    }
}
