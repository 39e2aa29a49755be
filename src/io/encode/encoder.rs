//! The interface of encoders.

use std::io;

use crate::io::atomic_file::AtomicFile;
use crate::units::{Frame, Frames, SILENCE};

/// The maximum number of frames that an encoder processes at once. It bounds the size of its buffers.
pub(super) const BLOCK_SIZE: usize = 4_096;

static SILENT_BLOCK: [Frame; BLOCK_SIZE] = [SILENCE; BLOCK_SIZE];

/// Encodes frames into a file of one format.
///
/// Samples are expected within ±1 and clamped otherwise.
pub(super) trait AudioEncoder {
    /// Encodes the next frames.
    fn write(&mut self, block: &[Frame]) -> io::Result<()>;

    /// Encodes digital silence, as cheaply as the format permits.
    fn write_silence(&mut self, mut frames: Frames) -> io::Result<()> {
        while frames > Frames::ZERO {
            let count = frames.index().min(BLOCK_SIZE);
            self.write(&SILENT_BLOCK[..count])?;
            frames = frames.saturating_sub(Frames(count as u64));
        }
        Ok(())
    }

    /// Writes buffered frames and everything that is only known at the end, and returns the complete file.
    fn finish(self: Box<Self>) -> io::Result<AtomicFile>;
}
