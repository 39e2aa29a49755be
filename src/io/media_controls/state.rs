//! The state and commands exchanged with the desktop's media controls.

use std::time::Duration;

/// A command by a media key or the desktop's media controls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum MediaCommand {
    /// Continues after a pause.
    Play,
    /// Pauses.
    Pause,
    /// Pauses or continues.
    PlayPause,
    /// Leaves.
    Stop,
    /// Jumps to the next part.
    Next,
    /// Jumps to the previous part.
    Previous,
    /// Seeks forward by a time.
    SeekForward(Duration),
    /// Seeks backward by a time.
    SeekBackward(Duration),
    /// Seeks to a time.
    SeekTo(Duration),
    /// Sets the volume, as a linear amplitude: 1.0 is 0 dB.
    SetVolume(f64),
}

/// The state of a session for the desktop. All text is free of control characters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MediaState {
    /// The title of the session.
    pub(crate) title: String,
    /// The current chapter.
    pub(crate) chapter: Option<String>,
    /// The length of the session.
    pub(crate) length: Duration,
    /// The position in the session.
    pub(crate) position: Duration,
    /// Whether it is paused.
    pub(crate) is_paused: bool,
    /// The volume, as a linear amplitude.
    pub(crate) volume: f64,
}
