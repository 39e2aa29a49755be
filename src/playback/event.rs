//! Events and state of a playing session.

use crate::io::device::Mute;
use crate::player::transport::EndReason;
use crate::player::{PlayerSnapshot, WaitReason};
use crate::timeline::Programmes;
use crate::units::{Decibels, Frames};

/// An event of a playing session.
#[derive(Clone, Debug)]
pub struct Event {
    /// The frame of the session. In the gentler passage and the closing, it stays at the frame where the session was left.
    pub at: Frames,
    /// The kind of event.
    pub kind: EventKind,
}

/// The kind of an event, with its details.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// The session starts.
    Started {
        /// The timelines, as far as they are known.
        programmes: Programmes,
    },
    /// The timelines have changed, because lines have been spoken meanwhile.
    TimelinesChanged {
        /// The timelines from now on.
        programmes: Programmes,
    },
    /// A segment of the session starts, or was jumped into.
    SegmentStarted {
        /// Its index.
        index: usize,
    },
    /// The sound fades out, and the playhead holds.
    Paused,
    /// The sound fades in again.
    Resumed,
    /// The playhead moves.
    Jumped {
        /// The target frame in the session.
        to: Frames,
    },
    /// The open silence starts, which lasts until the listener continues.
    OpenSilenceStarted,
    /// The gentler passage starts.
    SoftenStarted,
    /// The gentler passage has ended or was left.
    SoftenEnded,
    /// The gentle exit starts.
    ExitStarted,
    /// The session is over. This is the last event.
    Ended(EndReason),
    /// Playback has failed; [`Playback::finish`](super::Playback::finish) returns the error. This is the last event.
    Failed,
    /// Frames were missing when the output requested them.
    Underrun {
        /// The number of missing frames.
        frames: Frames,
    },
    /// The buffer has been enlarged because the machine is busy.
    BufferLengthened,
    /// Playback is silent until something is ready.
    Waiting(WaitReason),
    /// The volume has changed.
    VolumeChanged {
        /// The new volume.
        volume: Decibels,
    },
    /// The volume was limited by the session's peak.
    VolumeLimited {
        /// The new volume.
        volume: Decibels,
    },
    /// There is no sound device; the session continues with captions only.
    NoDevice,
    /// The sound device was lost, and the session is held.
    DeviceLost,
    /// There is a sound device again. The session stays paused.
    DeviceFound,
    /// The sound moved to another device.
    DeviceMoved {
        /// The name of the new device.
        to: String,
        /// Whether the session was paused because the previous device is gone.
        pauses: bool,
    },
    /// The output or the stream is muted, or its volume is zero, in the system's settings.
    Muted(Mute),
    /// A wish has no effect, because there is no sound device at the moment.
    WishIgnored,
    /// The machine was asleep, and the session is paused.
    MachineSlept,
    /// A clip can't be read any more; silence replaces it.
    ClipFailed {
        /// The error.
        message: String,
    },
    /// A recording is damaged, or silent.
    RecordingFault {
        /// The problem.
        message: String,
    },
    /// Lines were not spoken, and are only shown.
    SpeechFailed {
        /// The error.
        message: String,
    },
    /// The output is silent, so the process may be suspended.
    ReadyToSuspend,
}

/// The output of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputState {
    /// The output is being opened.
    Opening,
    /// The requested output plays, which may be the null output.
    Playing,
    /// The null output plays, because there was no device when the session started.
    CaptionsOnly,
    /// There is no output, because the device is gone. The session is held until there is one.
    Lost,
}

/// A snapshot of a session's state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaybackSnapshot {
    /// The position of the session, and whether it is paused.
    pub player: PlayerSnapshot,
    /// The output.
    pub output: OutputState,
    /// The number of events sent before this snapshot.
    pub(crate) events: u64,
}

/// A receiver of the events of a session, called on the playback thread.
pub trait EventSink: Send {
    /// Takes an event. Must not block.
    fn send(&mut self, event: Event);

    /// Returns whether further events can be taken. While it returns false, wishes wait, except those to leave.
    fn has_room(&self) -> bool {
        true
    }
}

impl<F: FnMut(Event) + Send> EventSink for F {
    fn send(&mut self, event: Event) {
        self(event);
    }
}
