//! What the engine asks of the edge: clips, decoded as a stream. The engine opens no files itself.

use std::fmt;

use crate::units::{Frame, Frames, Rate};

/// A clip that is open for reading, at its own rate, folded to two channels (a mono clip in both ears, at full level).
///
/// Reading is exact: after `seek(n)`, `read` yields the same samples as a reading straight through from the start would at
/// frame `n`, bit for bit. A hole in a damaged file, and everything between its true end and its length, reads as silence;
/// every sample is finite.
pub trait ClipReader: Send {
    /// Frames a second of the samples that `read` yields.
    fn rate(&self) -> Rate;

    /// The length at that rate, after trimming what an encoder added in front and behind.
    fn frames(&self) -> Frames;

    /// Whether left and right are the same in every frame, which saves work.
    fn is_mono(&self) -> bool {
        false
    }

    /// Moves to a frame. Beyond the end there is only silence.
    fn seek(&mut self, frame: Frames);

    /// Fills the whole block with what follows, and moves on by as many frames.
    fn read(&mut self, block: &mut [Frame]);

    /// The first thing that went wrong since it was opened, other than damage in the file: one sentence that names it. From
    /// there on there may be silence.
    fn trouble(&self) -> Option<&str> {
        None
    }
}

/// Opens clips. `Clip` is how the timeline names one.
pub trait ClipSource: Send + Sync {
    /// Opens the clip with this number in the timeline's list of clips.
    ///
    /// # Errors
    /// When it is gone, or can't be decoded any more; the caller plays silence for its time.
    fn open(&self, clip: usize) -> Result<Box<dyn ClipReader>, ClipOpenError>;
}

/// Why a clip that was there when the timeline was built can't be read now: one sentence, in lower case, naming the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClipOpenError(pub String);

impl fmt::Display for ClipOpenError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ClipOpenError {}
