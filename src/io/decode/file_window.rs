//! A part of the file in memory.

use super::byte_cursor::ByteCursor;

/// The number of bytes read at once.
const CHUNK_SIZE: usize = 64 * 1024;

/// Reads small pieces of a file through a larger buffer.
pub(super) struct FileWindow {
    cursor: ByteCursor,
    chunk_start: u64,
    chunk: Vec<u8>,
}

impl FileWindow {
    pub(super) fn new(cursor: ByteCursor) -> Self {
        Self { cursor, chunk_start: 0, chunk: Vec::new() }
    }

    pub(super) fn file_size(&self) -> u64 {
        self.cursor.length()
    }

    /// Reports that the bytes read last contain audio.
    pub(super) fn audio_found(&self) {
        self.cursor.audio_found();
    }

    /// Returns `count` bytes at a position; fewer at the end of the file.
    pub(super) fn at(&mut self, position: u64, count: usize) -> &[u8] {
        let file_size = self.file_size();
        if position >= file_size {
            return &[];
        }
        let chunk_end = self.chunk_start + self.chunk.len() as u64;
        let end = position.saturating_add(count as u64).min(file_size);
        if position < self.chunk_start || end > chunk_end {
            self.chunk.resize(CHUNK_SIZE.max(count), 0);
            let read = self.cursor.read_fully_at(position, &mut self.chunk);
            self.chunk.truncate(read);
            self.chunk_start = position;
        }
        let offset = usize::try_from(position - self.chunk_start).unwrap_or(usize::MAX).min(self.chunk.len());
        let end = offset.saturating_add(count).min(self.chunk.len());
        &self.chunk[offset..end]
    }
}
