//! Iterates over the chunks of a RIFF or IFF file.

use super::super::file_window::FileWindow;

/// The maximum number of chunks before the audio.
const MAX_CHUNKS: usize = 4096;
/// The range in which the audio is searched for after unreadable metadata, in bytes.
const SEARCH_LIMIT: u64 = 1024 * 1024;
/// The size of a chunk's header.
const HEADER_SIZE: u64 = 8;

/// The byte order of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }
}

/// A chunk: its name, and the position and stated size of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) name: [u8; 4],
    pub(super) start: u64,
    pub(super) size: u64,
}

impl Chunk {
    /// Reads bytes at an offset in the content. Returns `None` if they are outside the chunk or the file.
    pub(super) fn read<const N: usize>(&self, window: &mut FileWindow, offset: u64) -> Option<[u8; N]> {
        let is_inside = offset.checked_add(N as u64)? <= self.size;
        let bytes = window.at(self.start.checked_add(offset).filter(|_| is_inside)?, N);
        bytes.try_into().ok()
    }

    fn end(&self) -> u64 {
        self.start.saturating_add(self.size)
    }
}

/// Returns the chunk whose header is at a position, if it has a name.
pub(super) fn chunk_at(window: &mut FileWindow, position: u64, order: ByteOrder) -> Option<Chunk> {
    let (name, size) = window.at(position, 8).split_first_chunk::<4>()?;
    let (name, size) = (*name, order.u32(*size.first_chunk()?));
    let is_name = name.iter().all(|byte| (b' '..=b'~').contains(byte)) && name != *b"    ";
    is_name.then_some(Chunk { name, start: position + HEADER_SIZE, size: size.into() })
}

/// Calls `visit` with each chunk from a position on until it returns `false`. Unreadable metadata is skipped up to the chunk named
/// `sound`.
pub(super) fn walk(
    window: &mut FileWindow,
    start: u64,
    order: ByteOrder,
    sound: [u8; 4],
    mut visit: impl FnMut(&mut FileWindow, Chunk) -> bool,
) {
    let mut next = chunk_at(window, start, order);
    let mut has_searched = false;
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = next else { break };
        if !visit(window, chunk) {
            return;
        }
        next = following(window, chunk, order);
        if next.is_none() && !has_searched && chunk.name != sound {
            has_searched = true;
            next = find(window, chunk.start, order, sound);
        }
    }
}

/// Returns the chunk after another one. Some files lack the padding byte after an odd size.
fn following(window: &mut FileWindow, chunk: Chunk, order: ByteOrder) -> Option<Chunk> {
    let padding = chunk.size % 2;
    chunk_at(window, chunk.end().saturating_add(padding), order)
        .or_else(|| chunk_at(window, chunk.end(), order).filter(|_| padding == 1))
}

/// Searches for a chunk by its name.
fn find(window: &mut FileWindow, from: u64, order: ByteOrder, name: [u8; 4]) -> Option<Chunk> {
    let end = window.file_size().min(from.saturating_add(SEARCH_LIMIT));
    let position = (from..end).find(|position| window.at(*position, 4) == name)?;
    chunk_at(window, position, order)
}

/// Returns whether metadata starts at a position: a chunk that the file contains completely, or a tag.
pub(super) fn is_metadata(window: &mut FileWindow, position: u64, order: ByteOrder) -> bool {
    let file_size = window.file_size();
    let is_tag =
        [&b"TAG"[..], b"ID3", b"APETAGEX", b"LYRICSBEGIN"].iter().any(|tag| window.at(position, tag.len()) == *tag);
    let mut is_chunk =
        |position| chunk_at(window, position, order).is_some_and(|chunk| chunk.end() <= file_size.saturating_add(1));
    is_tag || is_chunk(position) || (position % 2 == 1 && is_chunk(position + 1))
}
