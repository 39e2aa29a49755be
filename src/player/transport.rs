//! The listener's hand on the sound: a pure state machine, in frames. Every control is the same gesture: ramp down, then hold,
//! jump or end.
//!
//! ```text
//!            pause                       ramp done
//!  Playing ─────────► Pausing ─────────────────────► Paused
//!     ▲  ◄──────────────┘ resume                       │ resume
//!     └───────────────── Resuming ◄────────────────────┘
//!  any ── next, back, seek, soften ──► Jumping ──► Resuming, or Paused where it was paused
//!  any ── exit ──► Ending ── closing rung out, or stop ──► Ended
//! ```
//!
//! The machine is told how many frames were played, and says at which gain, which frames, and what is to be rendered next.

mod command;
mod ramp;
mod step;

use std::sync::Arc;
use std::time::Duration;

pub use command::TransportCommand;
pub use ramp::{Ramp, Volume};
pub use step::OutputAction;

use crate::timeline::{Programme, Segment, SegmentKind, Timeline};
use crate::units::{Decibels, Frames, Rate};

/// The session, its gentler passage and its closing, all at one rate.
#[derive(Clone, Debug)]
pub struct Programmes {
    /// What is listened to.
    pub session: Arc<Timeline>,
    /// The gentler passage.
    pub soften: Arc<Timeline>,
    /// What closes a gentle exit.
    pub closing: Arc<Timeline>,
}

impl Programmes {
    /// The timeline of one of them.
    #[must_use]
    pub fn get(&self, programme: Programme) -> &Arc<Timeline> {
        match programme {
            Programme::Session => &self.session,
            Programme::Soften => &self.soften,
            Programme::Closing => &self.closing,
        }
    }
}

/// A frame of a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playhead {
    /// Which.
    pub programme: Programme,
    /// From its start.
    pub frame: Frames,
}

impl Playhead {
    /// A frame of the session.
    #[must_use]
    pub fn session(frame: Frames) -> Self {
        Self { programme: Programme::Session, frame }
    }
}

/// What a jump leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterJump {
    /// The sound comes up again.
    Play,
    /// The playhead holds there.
    Hold,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// It was heard to its end.
    Completed,
    /// By the gentle exit, to the end of the closing.
    Exited,
    /// At once.
    Stopped,
}

/// How far an ending has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStage {
    /// What sounded fades.
    Fading,
    /// The closing plays.
    Closing,
    /// All fades, at once.
    Stopping,
}

/// What the transport is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportState {
    /// Sound at full gain.
    Playing,
    /// Ramping down, to hold where the ramp began.
    Pausing {
        /// There.
        from: Playhead,
    },
    /// Silence; the playhead holds.
    Paused,
    /// Ramping up.
    Resuming,
    /// Ramping down, then waiting for the frames of another place.
    Jumping {
        /// That place.
        to: Playhead,
        /// What follows.
        then: AfterJump,
    },
    /// Leaving. Only a stop is heard any more.
    Ending(ExitStage),
    /// Silence for good.
    Ended(EndReason),
}

/// What the transport asks of those around it, in the order in which it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportRequest {
    /// Frames of another place are wanted: once `after` more frames of what plays now are rendered.
    Render {
        /// From here on.
        place: Playhead,
        /// So many frames are still wanted of what plays now.
        after: Frames,
    },
    /// Something to tell.
    Notify(TransportEvent),
}

/// What happened, and at which frame of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportEvent {
    /// The sound goes down, to hold.
    Paused,
    /// It comes up again.
    Resumed,
    /// The playhead moves to a frame of the session.
    Jumped {
        /// There.
        to: Frames,
    },
    /// The gentler passage begins.
    SoftenStarted,
    /// It is over, or was left.
    SoftenEnded,
    /// The gentle exit begins.
    ExitStarted,
    /// All is over.
    Ended(EndReason),
}

/// How long each gesture takes.
#[derive(Clone, Copy, Debug)]
struct FadeLengths {
    pause: Frames,
    down: Frames,
    up: Frames,
    exit: Frames,
    stop: Frames,
}

impl FadeLengths {
    fn new(rate: Rate) -> Self {
        let milliseconds = |count| rate.frames(Duration::from_millis(count));
        Self {
            pause: milliseconds(250),
            down: milliseconds(150),
            up: milliseconds(100),
            exit: milliseconds(2000),
            stop: milliseconds(100),
        }
    }
}

/// The most requests that one command or one step makes.
const MOST_REQUESTS: usize = 4;

/// Requests, without allocation.
#[derive(Clone, Copy, Debug, Default)]
pub struct TransportRequests {
    list: [Option<TransportRequest>; MOST_REQUESTS],
    count: usize,
}

impl TransportRequests {
    fn push(&mut self, request: TransportRequest) {
        if let Some(free) = self.list.get_mut(self.count) {
            *free = Some(request);
            self.count += 1;
        }
    }

    fn tell(&mut self, event: TransportEvent) {
        self.push(TransportRequest::Notify(event));
    }
}

impl IntoIterator for TransportRequests {
    type Item = TransportRequest;
    type IntoIter = std::iter::Flatten<std::array::IntoIter<Option<TransportRequest>, MOST_REQUESTS>>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter().flatten()
    }
}

/// The state machine.
#[derive(Clone, Debug)]
pub struct Transport {
    programmes: Programmes,
    lengths: FadeLengths,
    state: TransportState,
    ramp: Ramp,
    volume: Volume,
    /// Nothing was heard yet.
    fresh: bool,
    /// The frames that were asked for last are not there yet.
    awaits: bool,
    /// What is heard: the next frame to play.
    place: Playhead,
    /// Where the session was left: what counts while another programme plays.
    left: Frames,
}

impl Transport {
    /// Begins at a frame of the session, silent, and ramps up when the first frames are there.
    #[must_use]
    pub fn new(programmes: Programmes, start: Playhead, left: Frames, then: AfterJump, volume: Decibels) -> Self {
        let lengths = FadeLengths::new(programmes.session.rate);
        let volume = Volume::new(volume, lengths.up);
        Self {
            programmes,
            lengths,
            state: TransportState::Jumping { to: start, then },
            ramp: Ramp::silent(),
            volume,
            fresh: true,
            awaits: true,
            place: start,
            left,
        }
    }

    /// What it is doing.
    #[must_use]
    pub fn state(&self) -> TransportState {
        self.state
    }

    /// What is heard: the next frame to play.
    #[must_use]
    pub fn place(&self) -> Playhead {
        self.place
    }

    /// Where it is to be seen: at what is heard; while nothing is, at the place whose frames are awaited.
    #[must_use]
    pub fn stand(&self) -> Playhead {
        if self.want() == OutputAction::AwaitFrames { self.reference() } else { self.place }
    }

    /// Whether the session is heard, and nothing leads away from it.
    #[must_use]
    pub fn is_in_session(&self) -> bool {
        let leads_to = match self.state {
            TransportState::Jumping { to, .. } => to.programme,
            TransportState::Ending(_) | TransportState::Ended(_) => Programme::Closing,
            _ => self.place.programme,
        };
        leads_to == Programme::Session && self.stand().programme == Programme::Session
    }

    /// The frame of the session: what is heard of it, or where it was left, also while it still fades.
    #[must_use]
    pub fn session_frame(&self) -> Frames {
        let leaves = match self.state {
            TransportState::Jumping { to, .. } => to.programme != Programme::Session,
            TransportState::Ending(ExitStage::Fading) => true,
            _ => false,
        };
        if self.place.programme == Programme::Session && !leaves { self.place.frame } else { self.left }
    }

    /// The volume that it has, or is on its way to.
    #[must_use]
    pub fn volume(&self) -> Decibels {
        self.volume.target()
    }

    /// Goes on in a later version of the programmes, of which all up to the horizon of this one is the same. Gives this one back.
    #[must_use]
    pub fn renew(&mut self, programmes: Programmes) -> Programmes {
        std::mem::replace(&mut self.programmes, programmes)
    }

    /// The timeline of what is heard.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        self.programmes.get(self.place.programme)
    }

    /// Where a relative command counts from: the target of a jump that is under way, else what is heard.
    fn reference(&self) -> Playhead {
        match self.state {
            TransportState::Jumping { to, .. } => to,
            TransportState::Pausing { from } => from,
            _ => self.place,
        }
    }

    /// The start of the next segment; in the last one, its end. While that rings out, on is never back.
    fn next_from(&self, frame: Frames) -> Frames {
        let session = &self.programmes.session;
        let end = session.segments.get(session.segment_at(frame)).map_or(session.frames, Segment::end);
        end.max(frame)
    }

    /// The start of this segment; within its first two seconds, of the one before.
    fn back_from(&self, frame: Frames) -> Frames {
        let session = &self.programmes.session;
        let start = |number: usize| session.segments.get(number).map_or(Frames::ZERO, |segment| segment.start);
        let this = start(session.segment_at(frame));
        if frame - this >= session.rate.frames(Duration::from_secs(2)) {
            return this;
        }
        // One without length begins where the next does.
        start(session.segments.partition_point(|segment| segment.start < this).saturating_sub(1))
    }

    /// Where the session goes on after the gentler passage: never in the middle of a spoken line.
    fn return_to(&self, frame: Frames) -> Frames {
        let session = &self.programmes.session;
        match session.segments.get(session.segment_at(frame)) {
            Some(segment) if segment.kind == SegmentKind::Narration && frame < segment.end() => segment.start,
            _ => frame,
        }
    }
}
