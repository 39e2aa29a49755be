//! The device supervisor: a pure state machine that decides when an output is opened, given up, searched for and replaced.
//!
//! ```text
//!             opened                    lost, stalled, reopening failed
//!  Opening ───────────► Playing ───────────────────────────────► Searching ◄────┐
//!     │ failed          ▲  │ ▲                                   │   │ failed   │ retry interval
//!     ▼                 │  │ └───────────── opened ──────────────┘   ▼          │
//!  (playback fails)     │  │ process continued                       Waiting ───┘
//!                       │  ▼
//!                       Reopening
//! ```
//! While an output plays, a second one with a longer buffer may be opened beside it, and takes over once the first is silent.
//!
//! Nothing in here blocks, opens or reads a clock: whoever drives the machine performs its actions and reports what came of them.

use std::time::{Duration, Instant};

use super::output::{BufferSize, OpenReason, OpeningId};
use super::watchdog::Watchdog;

/// How long to wait after a failed search before the next one. Each further search waits twice as long, up to a limit.
pub(crate) const RETRY_INTERVAL: Duration = Duration::from_secs(1);
/// How long to wait for the next search at most.
pub(crate) const LONGEST_RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// Something that happened to the output, or to the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SupervisorEvent {
    /// The output of an opening is open.
    Opened(OpeningId),
    /// An opening failed, or nobody is left who would report its result.
    OpenFailed(OpeningId),
    /// The device of an opening is gone.
    Lost(OpeningId),
    /// The output that plays has asked for this many blocks so far.
    Heartbeat(u64),
    /// The output that plays has run dry.
    Underrun,
    /// The output that plays has given its sound back, and is silent once `buffered` has passed.
    Released {
        /// What it had accepted and not played yet.
        buffered: Duration,
    },
    /// The process was stopped, and runs again.
    Continued,
    /// Time has passed.
    Tick,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SupervisorAction {
    /// Open an output in the background.
    Open {
        /// Names the opening.
        opening: OpeningId,
        /// What it is for.
        reason: OpenReason,
        /// How much it buffers.
        buffer: BufferSize,
    },
    /// Play through the output of the first opening.
    Start,
    /// Close the output that plays, and hold the session where it was heard last.
    Hold,
    /// Play through the output of another opening, paused: no sound bursts into a room.
    Replace {
        /// It takes the place of a device that was lost.
        was_lost: bool,
    },
    /// Fade out the output that plays, and ask it for its sound.
    Release,
    /// Play on through the output with the longer buffer.
    HandOver,
    /// Play on through the output that was asked for its sound.
    CancelHandOver,
    /// Close the output that is open and does not play.
    Discard,
    /// Report that the buffer is longer from now on.
    ReportLongerBuffer,
}

/// What is played into, and what is being opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SupervisorState {
    /// There is no device to supervise.
    NoDevice,
    /// The first output is being opened.
    Opening(OpeningId),
    /// An output plays.
    Playing(OpeningId, BufferGrowth),
    /// An output that may not have survived is replaced.
    Reopening(OpeningId),
    /// A device is searched for.
    Searching(OpeningId),
    /// The next search begins at a moment.
    Waiting(Instant),
}

/// How far the change to a longer buffer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BufferGrowth {
    /// None is under way.
    Idle,
    /// An output with a longer buffer is being opened.
    Opening(OpeningId, BufferSize),
    /// It is open, and what plays is fading.
    Releasing(OpeningId, BufferSize),
    /// What plays has given its sound back, and is silent at a moment.
    Draining(OpeningId, BufferSize, Instant),
    /// The output with the longer buffer was lost; what plays gets its sound back as soon as it has given it away.
    Returning,
}

/// Decides what happens to the output.
#[derive(Debug)]
pub(crate) struct DeviceSupervisor {
    state: SupervisorState,
    buffer: BufferSize,
    watchdog: Watchdog,
    /// Counts the openings, so that news of an earlier one is recognized as such.
    openings: u64,
    /// How long to wait after the next search that fails.
    retry_interval: Duration,
    has_reported_growth: bool,
}

impl DeviceSupervisor {
    /// Returns a supervisor without a device, which asks for nothing.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            state: SupervisorState::NoDevice,
            buffer: BufferSize::default(),
            watchdog: Watchdog::new(now),
            openings: 0,
            retry_interval: RETRY_INTERVAL,
            has_reported_growth: false,
        }
    }

    /// Opens the first output.
    pub(crate) fn start(&mut self) -> SupervisorAction {
        let opening = self.next_opening();
        self.state = SupervisorState::Opening(opening);
        self.open(opening, OpenReason::Start)
    }

    /// Whether there is no output because its device was lost.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.state, SupervisorState::Searching(_) | SupervisorState::Waiting(_))
    }

    /// Whether an output is being opened that nothing can be heard before.
    pub(crate) fn is_opening(&self) -> bool {
        matches!(self.state, SupervisorState::Opening(_) | SupervisorState::Reopening(_))
    }

    /// Whether the output that plays is asked to give its sound back.
    pub(crate) fn is_releasing(&self) -> bool {
        matches!(self.state, SupervisorState::Playing(_, BufferGrowth::Releasing(..) | BufferGrowth::Returning))
    }

    /// Whether something is about to happen that must not wait for the next tick.
    pub(crate) fn is_handing_over(&self) -> bool {
        matches!(
            self.state,
            SupervisorState::Playing(
                _,
                BufferGrowth::Releasing(..) | BufferGrowth::Draining(..) | BufferGrowth::Returning
            )
        )
    }

    /// Whether a change to a longer buffer is under way.
    pub(crate) fn is_growing(&self) -> bool {
        matches!(self.state, SupervisorState::Playing(_, growth) if growth != BufferGrowth::Idle)
    }

    /// Takes note that the output that plays is about to play again after a sleep.
    pub(crate) fn on_uncorked(&mut self, now: Instant) {
        self.watchdog = Watchdog::new(now);
    }

    /// Takes note of an event at a moment. Returns what has to be done, in this order.
    #[must_use]
    pub(crate) fn on(&mut self, event: &SupervisorEvent, now: Instant) -> Vec<SupervisorAction> {
        match *event {
            SupervisorEvent::Opened(opening) => self.on_opened(opening, now),
            SupervisorEvent::OpenFailed(opening) => self.on_open_failed(opening, now),
            SupervisorEvent::Lost(opening) => self.on_lost(opening),
            SupervisorEvent::Heartbeat(count) => self.on_heartbeat(count, now),
            SupervisorEvent::Underrun => self.on_underrun(),
            SupervisorEvent::Released { buffered } => self.on_released(buffered, now),
            SupervisorEvent::Continued => self.on_continued(),
            SupervisorEvent::Tick => self.on_tick(now),
        }
    }

    fn on_opened(&mut self, opening: OpeningId, now: Instant) -> Vec<SupervisorAction> {
        match self.state {
            SupervisorState::Opening(current) if current == opening => {
                self.play(opening, now);
                vec![SupervisorAction::Start]
            }
            SupervisorState::Searching(current) if current == opening => {
                self.play(opening, now);
                vec![SupervisorAction::Replace { was_lost: true }]
            }
            SupervisorState::Reopening(current) if current == opening => {
                self.play(opening, now);
                vec![SupervisorAction::Replace { was_lost: false }]
            }
            SupervisorState::Playing(playing, BufferGrowth::Opening(current, buffer)) if current == opening => {
                self.state = SupervisorState::Playing(playing, BufferGrowth::Releasing(current, buffer));
                vec![SupervisorAction::Release]
            }
            // It comes too late.
            _ => vec![SupervisorAction::Discard],
        }
    }

    fn on_open_failed(&mut self, opening: OpeningId, now: Instant) -> Vec<SupervisorAction> {
        match self.state {
            SupervisorState::Searching(current) if current == opening => {
                self.state = SupervisorState::Waiting(now + self.retry_interval);
                self.retry_interval = (2 * self.retry_interval).min(LONGEST_RETRY_INTERVAL);
                Vec::new()
            }
            SupervisorState::Reopening(current) if current == opening => self.lose(),
            SupervisorState::Playing(playing, BufferGrowth::Opening(current, _)) if current == opening => {
                self.state = SupervisorState::Playing(playing, BufferGrowth::Idle);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn on_lost(&mut self, opening: OpeningId) -> Vec<SupervisorAction> {
        match self.state {
            SupervisorState::Playing(playing, _) if playing == opening => self.lose(),
            SupervisorState::Playing(playing, BufferGrowth::Releasing(longer, _)) if longer == opening => {
                self.state = SupervisorState::Playing(playing, BufferGrowth::Returning);
                vec![SupervisorAction::Discard]
            }
            SupervisorState::Playing(playing, BufferGrowth::Draining(longer, ..)) if longer == opening => {
                self.state = SupervisorState::Playing(playing, BufferGrowth::Idle);
                vec![SupervisorAction::Discard, SupervisorAction::CancelHandOver]
            }
            _ => Vec::new(),
        }
    }

    fn on_heartbeat(&mut self, count: u64, now: Instant) -> Vec<SupervisorAction> {
        let is_playing = matches!(self.state, SupervisorState::Playing(..));
        if is_playing && self.watchdog.is_stalled(count, now) { self.lose() } else { Vec::new() }
    }

    fn on_underrun(&mut self) -> Vec<SupervisorAction> {
        let (SupervisorState::Playing(playing, BufferGrowth::Idle), Some(buffer)) = (self.state, self.buffer.longer())
        else {
            return Vec::new();
        };
        let opening = self.next_opening();
        self.state = SupervisorState::Playing(playing, BufferGrowth::Opening(opening, buffer));
        let mut actions = vec![SupervisorAction::Open { opening, reason: OpenReason::LongerBuffer, buffer }];
        if !std::mem::replace(&mut self.has_reported_growth, true) {
            actions.push(SupervisorAction::ReportLongerBuffer);
        }
        actions
    }

    fn on_released(&mut self, buffered: Duration, now: Instant) -> Vec<SupervisorAction> {
        match self.state {
            SupervisorState::Playing(playing, BufferGrowth::Releasing(opening, buffer)) => {
                self.state = SupervisorState::Playing(playing, BufferGrowth::Draining(opening, buffer, now + buffered));
                Vec::new()
            }
            SupervisorState::Playing(playing, BufferGrowth::Returning) => {
                self.state = SupervisorState::Playing(playing, BufferGrowth::Idle);
                vec![SupervisorAction::CancelHandOver]
            }
            _ => Vec::new(),
        }
    }

    fn on_continued(&mut self) -> Vec<SupervisorAction> {
        let SupervisorState::Playing(_, growth) = self.state else { return Vec::new() };
        let opening = self.next_opening();
        self.state = SupervisorState::Reopening(opening);
        let mut actions = Self::abandon(growth);
        actions.push(self.open(opening, OpenReason::Reopen));
        actions
    }

    fn on_tick(&mut self, now: Instant) -> Vec<SupervisorAction> {
        match self.state {
            SupervisorState::Waiting(until) if now >= until => vec![self.search()],
            SupervisorState::Playing(_, BufferGrowth::Draining(opening, buffer, until)) if now >= until => {
                self.buffer = buffer;
                self.play(opening, now);
                vec![SupervisorAction::HandOver]
            }
            _ => Vec::new(),
        }
    }

    /// The device is gone: the session holds, and a device is searched for at once.
    fn lose(&mut self) -> Vec<SupervisorAction> {
        let mut actions = match self.state {
            SupervisorState::Playing(_, growth) => Self::abandon(growth),
            _ => Vec::new(),
        };
        actions.push(SupervisorAction::Hold);
        actions.push(self.search());
        actions
    }

    fn search(&mut self) -> SupervisorAction {
        let opening = self.next_opening();
        self.state = SupervisorState::Searching(opening);
        self.open(opening, OpenReason::Search)
    }

    /// Gives up the change to a longer buffer. An output that is still being opened is discarded once it is open.
    fn abandon(growth: BufferGrowth) -> Vec<SupervisorAction> {
        match growth {
            BufferGrowth::Idle | BufferGrowth::Opening(..) | BufferGrowth::Returning => Vec::new(),
            BufferGrowth::Releasing(..) | BufferGrowth::Draining(..) => vec![SupervisorAction::Discard],
        }
    }

    fn play(&mut self, opening: OpeningId, now: Instant) {
        self.state = SupervisorState::Playing(opening, BufferGrowth::Idle);
        self.watchdog = Watchdog::new(now);
        self.retry_interval = RETRY_INTERVAL;
    }

    fn open(&self, opening: OpeningId, reason: OpenReason) -> SupervisorAction {
        SupervisorAction::Open { opening, reason, buffer: self.buffer }
    }

    fn next_opening(&mut self) -> OpeningId {
        self.openings += 1;
        OpeningId(self.openings)
    }
}

#[cfg(test)]
mod tests;
