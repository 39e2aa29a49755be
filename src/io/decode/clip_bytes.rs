//! Where a clip's bytes come from, and what went wrong while they were read.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};

/// Opens a file anew, if it is still the same.
pub type Opener = Arc<dyn Fn() -> io::Result<File> + Send + Sync>;

/// The bytes of one clip: a file, or bytes inside the program or in memory. Cloning is cheap, and every clone can be read on its
/// own.
#[derive(Clone)]
pub struct ClipBytes {
    name: Arc<str>,
    content: Content,
    length: u64,
}

#[derive(Clone)]
enum Content {
    /// Kept open, so that it can be read even when its name has gone.
    File(Arc<File>),
    /// Opened each time it is read: systems let a program hold a few hundred files, and a session may have thousands.
    Closed(Opener),
    Embedded(&'static [u8]),
    Held(Arc<[u8]>),
}

impl ClipBytes {
    /// The bytes of `file`, as many as it has now. `name` is what messages call it.
    ///
    /// # Errors
    /// When the file's size can't be asked for, or it is not a regular file.
    pub fn from_file(file: File, name: impl Into<Arc<str>>) -> io::Result<Self> {
        let length = length(&file)?;
        Ok(Self { name: name.into(), content: Content::File(Arc::new(file)), length })
    }

    /// The same of a file that is opened anew, and closed again, by whoever reads it.
    #[must_use]
    pub fn closed(self, opener: Opener) -> Self {
        Self { content: Content::Closed(opener), ..self }
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

    /// All of them, read into memory.
    ///
    /// # Errors
    /// When they can't be read, or are fewer than they were.
    pub fn read_whole(&self) -> io::Result<Vec<u8>> {
        let mut whole = Vec::new();
        self.cursor(&Trouble::default()).read_to_end(&mut whole)?;
        if whole.len() as u64 == self.length { Ok(whole) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    pub(super) fn cursor(&self, trouble: &Trouble) -> ByteCursor {
        let source = match &self.content {
            Content::File(file) => Source::File(file.clone()),
            Content::Embedded(bytes) => Source::Embedded(bytes),
            Content::Held(bytes) => Source::Held(bytes.clone()),
            Content::Closed(opener) => match opener() {
                Ok(file) => Source::File(Arc::new(file)),
                Err(error) => {
                    trouble.note(|| format!("{} can't be read any more: {}", self.name, reason(&error)));
                    Source::Gone
                }
            },
        };
        let (name, length) = (self.name.clone(), self.length);
        let seekable = Arc::new(AtomicBool::new(true));
        ByteCursor { name, source, length, position: 0, gap: 0..0, seekable, trouble: trouble.clone() }
    }
}

/// The size of a regular file.
fn length(file: &File) -> io::Result<u64> {
    let facts = file.metadata()?;
    if facts.is_file() {
        Ok(facts.len())
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"))
    }
}

/// What the system says, without its error number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// Where a cursor reads.
enum Source {
    File(Arc<File>),
    Embedded(&'static [u8]),
    Held(Arc<[u8]>),
    Gone,
}

impl Source {
    fn read_at(&self, position: u64, into: &mut [u8]) -> io::Result<usize> {
        let bytes = match self {
            Self::File(file) => return read_file_at(file, position, into),
            Self::Embedded(bytes) => bytes,
            Self::Held(bytes) => bytes.as_ref(),
            Self::Gone => return Err(io::ErrorKind::NotFound.into()),
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

/// After so many bytes in which no sound was found, none is looked for any more: a file can be huge and take no room on a disk.
const MOST_WITHOUT_SOUND: u64 = 256 * 1024 * 1024;

/// The first thing that went wrong while a clip's bytes were read: one sentence. And how many were read in vain.
#[derive(Clone, Debug, Default)]
pub(super) struct Trouble {
    sentence: Arc<OnceLock<String>>,
    in_vain: Arc<AtomicU64>,
}

impl Trouble {
    pub(super) fn get(&self) -> Option<&str> {
        self.sentence.get().map(String::as_str)
    }

    /// Sound was found in what was read.
    pub(super) fn found_sound(&self) {
        self.in_vain.store(0, Ordering::Relaxed);
    }

    fn note(&self, sentence: impl FnOnce() -> String) {
        self.sentence.get_or_init(sentence);
    }

    /// Counts bytes that were read. Too many of them without sound are an error.
    fn count(&self, bytes: usize, name: &str) -> io::Result<()> {
        if self.in_vain.fetch_add(bytes as u64, Ordering::Relaxed) < MOST_WITHOUT_SOUND {
            return Ok(());
        }
        self.note(|| format!("{name} holds no sound over {} MiB", MOST_WITHOUT_SOUND / 1024 / 1024));
        Err(io::ErrorKind::InvalidData.into())
    }
}

/// A position in a clip's bytes.
pub(super) struct ByteCursor {
    name: Arc<str>,
    source: Source,
    /// Of the whole, what is passed over counted in.
    length: u64,
    position: u64,
    /// What is passed over, as if it weren't there.
    gap: Range<u64>,
    seekable: Arc<AtomicBool>,
    trouble: Trouble,
}

impl ByteCursor {
    /// As symphonia wants it, from the position `start` on.
    pub(super) fn into_stream(mut self, start: u64) -> MediaSourceStream<'static> {
        self.position = start;
        MediaSourceStream::new(Box::new(self), MediaSourceStreamOptions { buffer_len: 64 * 1024 })
    }

    /// As if these bytes weren't there.
    pub(super) fn without(self, gap: Range<u64>) -> Self {
        Self { gap, ..self }
    }

    /// Whether whoever reads may go back, which can be changed while it is read.
    pub(super) fn seekable(&self) -> Arc<AtomicBool> {
        self.seekable.clone()
    }

    pub(super) fn length(&self) -> u64 {
        self.length.saturating_sub(self.gap.end - self.gap.start)
    }

    /// Sound was found in what was read.
    pub(super) fn found_sound(&self) {
        self.trouble.found_sound();
    }

    /// Where the byte at the position really is, and how many follow it there.
    fn place(&self) -> (u64, u64) {
        if self.position < self.gap.start {
            (self.position, self.gap.start - self.position)
        } else {
            let place = self.position.saturating_add(self.gap.end - self.gap.start);
            (place, self.length.saturating_sub(place))
        }
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
        let (place, left) = self.place();
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(into.len());
        if wanted == 0 {
            return Ok(0);
        }
        let name = &self.name;
        let count = loop {
            match self.source.read_at(place, &mut into[..wanted]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.trouble.note(|| format!("{name} can't be read any more: {}", reason(&error)));
                    return Err(error);
                }
                Ok(count) => break count,
            }
        };
        if count == 0 {
            self.trouble.note(|| format!("{name} has become shorter while it was read"));
        }
        self.trouble.count(count, name)?;
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
        self.seekable.load(Ordering::Relaxed)
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length())
    }
}
