//! The commands of a listener.

use crate::units::{Decibels, Frames};

/// What a listener can ask the player to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TransportCommand {
    /// Pauses.
    Pause,
    /// Resumes.
    Resume,
    /// Pauses or resumes.
    Toggle,
    /// Jumps to the start of the next segment.
    Next,
    /// Jumps to the start of this segment, or of the one before.
    Back,
    /// Moves the playhead of the session by this many frames, forwards or backwards.
    SeekBy(i64),
    /// Moves the playhead of the session to this frame.
    SeekTo(Frames),
    /// Plays the gentler passage.
    Soften,
    /// Leaves by the gentle exit; a second time, stops.
    Exit,
    /// Stops at once.
    Stop,
    /// Changes the volume.
    SetVolume(Decibels),
}
