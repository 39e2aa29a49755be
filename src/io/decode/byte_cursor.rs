//! A position in a clip's bytes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};

use super::read_monitor::ReadMonitor;

/// The bytes that a cursor reads.
pub(super) enum ByteSource {
    File(Arc<File>),
    Static(&'static [u8]),
    Memory(Arc<[u8]>),
    /// A source for a file that could not be opened. Every read fails.
    Unavailable,
}

impl ByteSource {
    fn read_at(&self, position: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = match self {
            Self::File(file) => return read_file_at(file, position, buffer),
            Self::Static(bytes) => bytes,
            Self::Memory(bytes) => bytes.as_ref(),
            Self::Unavailable => return Err(io::ErrorKind::NotFound.into()),
        };
        let rest = &bytes[usize::try_from(position).unwrap_or(usize::MAX).min(bytes.len())..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, position: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, position)
}

#[cfg(windows)]
fn read_file_at(file: &File, position: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, position)
}

/// Reads a clip's bytes, with its own position.
pub(super) struct ByteCursor {
    source: ByteSource,
    /// Bytes that replace those before the range of the source.
    head: Arc<[u8]>,
    /// The range of the source's bytes.
    range: Range<u64>,
    name: Arc<str>,
    monitor: ReadMonitor,
    position: u64,
}

impl ByteCursor {
    pub(super) fn new(source: ByteSource, size: u64, name: &Arc<str>, monitor: &ReadMonitor) -> Self {
        let (name, monitor) = (name.clone(), monitor.clone());
        Self { source, head: Arc::new([]), range: 0..size, name, monitor, position: 0 }
    }

    /// Converts the cursor to a symphonia stream from the position `start` on.
    pub(super) fn into_stream(mut self, start: u64) -> MediaSourceStream<'static> {
        self.position = start;
        MediaSourceStream::new(Box::new(self), MediaSourceStreamOptions { buffer_len: 64 * 1024 })
    }

    /// Reads only a range of the bytes, preceded by others that replace the header of the file.
    pub(super) fn with_head(self, head: &[u8], range: Range<u64>) -> Self {
        let end = range.end.min(self.range.end);
        Self { head: head.into(), range: range.start.min(end)..end, ..self }
    }

    /// Returns the number of bytes.
    pub(super) fn length(&self) -> u64 {
        self.head.len() as u64 + (self.range.end - self.range.start)
    }

    /// Reports that the bytes read last contain audio.
    pub(super) fn audio_found(&self) {
        self.monitor.audio_found();
    }

    /// Copies the rest of the header at the position.
    fn read_head(&self, buffer: &mut [u8]) -> usize {
        let rest =
            usize::try_from(self.position).ok().and_then(|position| self.head.get(position..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        count
    }

    /// Returns the position in the source, and the number of remaining bytes.
    fn source_position(&self) -> (u64, u64) {
        let offset = self.position.saturating_sub(self.head.len() as u64);
        let position = self.range.start.saturating_add(offset);
        (position, self.range.end.saturating_sub(position))
    }

    /// Fills the buffer from `position` on as far as possible, and returns the number of bytes.
    pub(super) fn read_fully_at(&mut self, position: u64, buffer: &mut [u8]) -> usize {
        self.position = position;
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..]) {
                Ok(0) | Err(_) => break,
                Ok(count) => filled += count,
            }
        }
        filled
    }
}

impl Read for ByteCursor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let from_head = self.read_head(buffer);
        if from_head > 0 {
            self.position += from_head as u64;
            return Ok(from_head);
        }
        let (position, remaining) = self.source_position();
        let wanted = usize::try_from(remaining).unwrap_or(usize::MAX).min(buffer.len());
        if wanted == 0 {
            return Ok(0);
        }
        let count = loop {
            match self.source.read_at(position, &mut buffer[..wanted]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let kind = error.kind();
                    self.monitor.record_io_error(&self.name, error);
                    return Err(kind.into());
                }
                Ok(count) => break count,
            }
        };
        if count == 0 {
            self.monitor.record_shrunk(&self.name);
        }
        self.monitor.count(count, &self.name)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for ByteCursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

impl MediaSource for ByteCursor {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length())
    }
}
