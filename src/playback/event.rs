//! What happens while a session plays.

use crate::io::device::Silence;
use crate::player::transport::EndReason;
use crate::player::{PlayerSnapshot, WaitReason};
use crate::timeline::Programmes;
use crate::units::{Decibels, Frames};

/// Something that happened while a session plays.
#[derive(Clone, Debug)]
pub struct Event {
    /// The frame of the session. In the gentler passage and the closing it stays where the session was left.
    pub at: Frames,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// The session starts.
    Started {
        /// Its timelines, as far as they are known.
        programmes: Programmes,
    },
    /// More is known of the session: lines have been spoken meanwhile.
    TimelinesChanged {
        /// The timelines from now on.
        programmes: Programmes,
    },
    /// A segment of the session starts, or is jumped into.
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
        /// The frame of the session that it moves to.
        to: Frames,
    },
    /// The open silence starts, which goes on until the listener continues.
    OpenSilenceStarted,
    /// The gentler passage starts.
    SoftenStarted,
    /// The gentler passage is over, or was left.
    SoftenEnded,
    /// The gentle exit starts.
    ExitStarted,
    /// The session is over. This is the last event.
    Ended(EndReason),
    /// Playback can't go on; [`Playback::finish`](super::Playback::finish) returns the error. This is the last event.
    Failed,
    /// Frames were missing when the output asked for them.
    Underrun {
        /// How many.
        frames: Frames,
    },
    /// The machine is busy, and the buffer is longer from now on.
    BufferLengthened,
    /// Nothing is heard until something is ready.
    Waiting(WaitReason),
    /// The volume has changed.
    VolumeChanged {
        /// The volume from now on.
        volume: Decibels,
    },
    /// The volume is as high as the session's peak allows.
    VolumeLimited {
        /// The volume from now on.
        volume: Decibels,
    },
    /// There is no sound device; the session continues with captions only.
    NoDevice,
    /// The sound device is gone, and the session holds.
    DeviceLost,
    /// There is a sound device again. The session stays paused.
    DeviceFound,
    /// The sound comes from another device.
    DeviceMoved {
        /// The name of that device.
        to: String,
        /// The session is paused for that, because the device before is gone.
        pauses: bool,
    },
    /// The output or the stream is muted, or its volume is at zero, outside of the program.
    Silenced(Silence),
    /// A wish has no effect, as there is no sound device at the moment.
    WishIgnored,
    /// The machine was asleep, and the session is paused.
    MachineSlept,
    /// A clip can't be read any more; its time passes in silence.
    ClipFailed {
        /// What went wrong.
        message: String,
    },
    /// A recording is damaged, or silent.
    RecordingFault {
        /// What is wrong with it.
        message: String,
    },
    /// Lines were not spoken, and are only shown.
    SpeechFailed {
        /// What went wrong.
        message: String,
    },
    /// Nothing is heard any more: the process may be stopped.
    ReadyToSuspend,
}

/// What can be heard of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputState {
    /// The output is being opened.
    Opening,
    /// What was asked for, be it no sound.
    Playing,
    /// No sound, as there was no device when the session started.
    CaptionsOnly,
    /// No sound, as the device is gone. The session holds until there is one.
    Lost,
}

/// The state of a session at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaybackSnapshot {
    /// Where the session is, and whether it is paused.
    pub player: PlayerSnapshot,
    /// What can be heard of it.
    pub output: OutputState,
    /// How many events had been sent when this was the state.
    pub(crate) events: u64,
}

/// Receives the events of a session, on the thread that plays it.
pub trait EventSink: Send {
    /// Takes an event. This must not wait.
    fn send(&mut self, event: Event);

    /// Whether the events so far have been read. As long as they have not, further wishes wait, except to leave.
    fn has_room(&self) -> bool {
        true
    }
}

impl<F: FnMut(Event) + Send> EventSink for F {
    fn send(&mut self, event: Event) {
        self(event);
    }
}
