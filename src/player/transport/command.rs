//! The listener's commands to the player.

use crate::units::{Decibels, Frames};

/// A command to the player.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum TransportCommand {
    /// Pauses.
    Pause,
    /// Resumes.
    Resume,
    /// Pauses or resumes.
    Toggle,
    /// Jumps to the start of the next segment that has words, a bell or a long silence.
    Next,
    /// Leaves the open silence; has no effect anywhere else.
    Continue,
    /// Jumps to the start of this segment, or of the previous one (only segments that [`Next`](Self::Next) stops at).
    Back,
    /// Jumps by this many chapters, forwards or backwards.
    ChapterBy(i32),
    /// Moves the playhead of the session by this many frames, forwards or backwards.
    SeekBy(i64),
    /// Moves the playhead of the session to this frame.
    SeekTo(Frames),
    /// Plays the gentler passage.
    Soften,
    /// Leaves by the gentle exit; a second time, stops. Until the closing starts, [`Resume`](Self::Resume) and [`Toggle`](Self::Toggle)
    /// cancel it.
    Exit,
    /// Like [`Exit`](Self::Exit), but can't be cancelled.
    Terminate,
    /// Stops immediately.
    Stop,
    /// Changes the volume.
    SetVolume(Decibels),
}
