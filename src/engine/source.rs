//! The clips that the engine plays, as streams of decoded frames. The engine itself opens no files.

use std::fmt;

use crate::units::{Frame, Frames, Rate};

/// A clip that is open for reading, at its own rate, with two channels. A mono clip is the same in both channels, at full level.
///
/// Reading is exact: after `seek(n)`, `read` yields bit for bit the samples that reading from the start would yield at frame `n`. A gap
/// in a damaged file, and everything between its actual end and its stated length, reads as silence. Every sample is finite.
pub trait ClipReader: Send {
    /// Returns the sample rate of the frames that `read` yields.
    fn rate(&self) -> Rate;

    /// Returns the length at that rate, without the padding added by an encoder.
    fn frames(&self) -> Frames;

    /// Returns whether left and right are equal in every frame, which saves work.
    fn is_mono(&self) -> bool {
        false
    }

    /// Moves to a frame. Beyond the end there is only silence.
    fn seek(&mut self, frame: Frames);

    /// Fills the whole block with the next frames, and advances by its length.
    fn read(&mut self, block: &mut [Frame]);

    /// Returns the first error since the clip was opened, other than damage in the file, as a sentence that names the file. From there
    /// on, the clip may be silent.
    fn first_error(&self) -> Option<&str> {
        None
    }
}

/// Opens clips. `Clip` is the timeline's name for a clip.
pub trait ClipSource: Send + Sync {
    /// Opens the clip with this index in the timeline's list of clips.
    ///
    /// # Errors
    /// If it is gone, or can't be decoded any more. The caller replaces it by silence.
    fn open(&self, clip: usize) -> Result<Box<dyn ClipReader>, ClipOpenError>;
}

/// Why a clip that existed when the timeline was built can't be read now: one sentence in lower case that names the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClipOpenError(pub String);

impl fmt::Display for ClipOpenError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ClipOpenError {}
