//! Where a clip's bytes come from, and what went wrong while they were read.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, OnceLock};

use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};

/// The bytes of one clip: a file that the caller has opened, or bytes inside the program or in memory. Cloning is cheap, and every clone can
/// be read on its own.
#[derive(Clone, Debug)]
pub struct ClipBytes {
    name: Arc<str>,
    content: Content,
    length: u64,
}

#[derive(Clone, Debug)]
enum Content {
    File(Arc<File>),
    Embedded(&'static [u8]),
    Held(Arc<[u8]>),
}

impl ClipBytes {
    /// The bytes of `file`, as many as it has now. `name` is what messages call it.
    ///
    /// # Errors
    /// When the file's size can't be asked for, or it is not a regular file.
    pub fn from_file(file: File, name: impl Into<Arc<str>>) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(Self { name: name.into(), content: Content::File(Arc::new(file)), length: metadata.len() })
    }

    /// Bytes that are part of the program.
    #[must_use]
    pub fn embedded(bytes: &'static [u8], name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), content: Content::Embedded(bytes), length: bytes.len() as u64 }
    }

    /// Bytes in memory.
    #[must_use]
    pub fn held(bytes: impl Into<Arc<[u8]>>, name: impl Into<Arc<str>>) -> Self {
        let bytes = bytes.into();
        Self { name: name.into(), length: bytes.len() as u64, content: Content::Held(bytes) }
    }

    /// What messages call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes there are.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn cursor(&self, trouble: &Trouble) -> ByteCursor {
        ByteCursor { bytes: self.clone(), position: 0, trouble: trouble.clone() }
    }

    fn read_at(&self, position: u64, into: &mut [u8]) -> io::Result<usize> {
        let bytes = match &self.content {
            Content::File(file) => return read_file_at(file, position, into),
            Content::Embedded(bytes) => bytes,
            Content::Held(bytes) => bytes.as_ref(),
        };
        let rest = &bytes[usize::try_from(position).unwrap_or(usize::MAX).min(bytes.len())..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, position: u64, into: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, position)
}

#[cfg(windows)]
fn read_file_at(file: &File, position: u64, into: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, position)
}

/// The first thing that went wrong while a clip's bytes were read: one sentence.
#[derive(Clone, Debug, Default)]
pub(super) struct Trouble(Arc<OnceLock<String>>);

impl Trouble {
    pub(super) fn get(&self) -> Option<&str> {
        self.0.get().map(String::as_str)
    }

    fn note(&self, sentence: impl FnOnce() -> String) {
        self.0.get_or_init(sentence);
    }
}

/// A position in a clip's bytes.
pub(super) struct ByteCursor {
    bytes: ClipBytes,
    position: u64,
    trouble: Trouble,
}

impl ByteCursor {
    /// As symphonia wants it, from the position `start` on.
    pub(super) fn into_stream(mut self, start: u64) -> MediaSourceStream<'static> {
        self.position = start;
        MediaSourceStream::new(Box::new(self), MediaSourceStreamOptions { buffer_len: 64 * 1024 })
    }

    pub(super) fn length(&self) -> u64 {
        self.bytes.length
    }

    /// Fills as much of `into` as there is from `position` on, and says how much that was.
    pub(super) fn read_fully_at(&mut self, position: u64, into: &mut [u8]) -> usize {
        self.position = position;
        let mut done = 0;
        while done < into.len() {
            match self.read(&mut into[done..]) {
                Ok(0) | Err(_) => break,
                Ok(count) => done += count,
            }
        }
        done
    }
}

impl Read for ByteCursor {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.bytes.length.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let wanted = left.min(into.len());
        if wanted == 0 {
            return Ok(0);
        }
        let name = self.bytes.name();
        let count = loop {
            match self.bytes.read_at(self.position, &mut into[..wanted]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.trouble.note(|| format!("{name} can't be read any more: {error}"));
                    return Err(error);
                }
                Ok(count) => break count,
            }
        };
        if count == 0 {
            self.trouble.note(|| format!("{name} has become shorter while it was read"));
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for ByteCursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.bytes.length.checked_add_signed(offset),
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
        Some(self.bytes.length)
    }
}
