//! What passes between a session and the desktop's player controls.

use std::time::Duration;

/// Something that a media key, or a control of the desktop, asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum MediaCommand {
    /// Continue after a pause.
    Play,
    /// Pause.
    Pause,
    /// Pause, or continue.
    PlayPause,
    /// Leave.
    Stop,
    /// Go to the next part.
    Next,
    /// Go to the part before.
    Previous,
    /// Go forward by a time.
    SeekForward(Duration),
    /// Go back by a time.
    SeekBackward(Duration),
    /// Go to a time.
    SeekTo(Duration),
    /// Set the volume, as a linear amplitude: 1.0 is 0 dB.
    SetVolume(f64),
}

/// What the desktop shows of a session. All text is free of control characters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MediaState {
    /// The title of the session.
    pub(crate) title: String,
    /// The chapter that plays.
    pub(crate) chapter: Option<String>,
    /// The length of the session.
    pub(crate) length: Duration,
    /// Where the session is.
    pub(crate) position: Duration,
    /// Whether it is paused.
    pub(crate) is_paused: bool,
    /// The volume, as a linear amplitude.
    pub(crate) volume: f64,
}
