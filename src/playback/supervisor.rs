//! The device supervisor: a pure state machine that decides when outputs are opened, abandoned, searched for and replaced.
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
//! While an output plays, a second one with a larger buffer may be opened beside it. It takes over once the first is silent.
//!
//! Nothing here blocks, opens a device or reads a clock: the event loop executes the actions and reports their results.

use std::time::{Duration, Instant};

use super::output::{BufferSize, OpenReason, OpeningId};
use super::watchdog::Watchdog;

/// The wait after a failed search before the next one. It doubles with each further search, up to a limit.
pub(crate) const RETRY_INTERVAL: Duration = Duration::from_secs(1);
/// The longest wait before the next search.
pub(crate) const MAX_RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// An event of the output or the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SupervisorEvent {
    /// The output of an opening is open.
    Opened(OpeningId),
    /// An opening failed, or can no longer report its result.
    OpenFailed(OpeningId),
    /// The device of an opening is gone.
    Lost(OpeningId),
    /// The number of blocks requested by the current output so far.
    Heartbeat(u64),
    /// The current output had an underrun.
    Underrun,
    /// The current output has returned its source, and is silent once `buffered` has passed.
    Released {
        /// The sound that it had accepted but not played yet.
        buffered: Duration,
    },
    /// The process was suspended, and runs again.
    Continued,
    /// Time has passed.
    Tick,
}

/// An action for the event loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SupervisorAction {
    /// Open an output in the background.
    Open {
        /// The number of the opening.
        opening: OpeningId,
        /// The reason for the opening.
        reason: OpenReason,
        /// The buffer size.
        buffer: BufferSize,
    },
    /// Play through the first output.
    Start,
    /// Close the current output, and hold the session at the last frame heard.
    Hold,
    /// Switch to another output, paused, so that no sound starts unexpectedly.
    Replace {
        /// Whether it replaces a lost device.
        was_lost: bool,
    },
    /// Fade out the current output, and request its source.
    Release,
    /// Switch to the output with the larger buffer.
    HandOver,
    /// Return the source to the current output.
    CancelHandOver,
    /// Close the output that is open but does not play.
    Discard,
    /// Report that the buffer has been enlarged.
    ReportLongerBuffer,
}

/// The current output, and the opening in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SupervisorState {
    /// There is no device to supervise.
    NoDevice,
    /// The first output is being opened.
    Opening(OpeningId),
    /// An output plays.
    Playing(OpeningId, BufferGrowth),
    /// An output that may not have survived a suspension is being replaced.
    Reopening(OpeningId),
    /// A device is being searched for.
    Searching(OpeningId),
    /// The next search starts at this time.
    Waiting(Instant),
}

/// The progress of switching to a larger buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BufferGrowth {
    /// No switch is in progress.
    Idle,
    /// An output with a larger buffer is being opened.
    Opening(OpeningId, BufferSize),
    /// It is open, and the current output is fading.
    Releasing(OpeningId, BufferSize),
    /// The current output has returned its source, and is silent at this time.
    Draining(OpeningId, BufferSize, Instant),
    /// The output with the larger buffer was lost; the current output gets its source back as soon as it has returned it.
    Returning,
}

/// Decides about the outputs.
#[derive(Debug)]
pub(crate) struct DeviceSupervisor {
    state: SupervisorState,
    buffer: BufferSize,
    watchdog: Watchdog,
    /// Counts the openings, so that reports about earlier ones can be recognised.
    openings: u64,
    /// The wait after the next failed search.
    retry_interval: Duration,
    has_reported_growth: bool,
}

impl DeviceSupervisor {
    /// Creates a supervisor without a device, which never requests an action.
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

    /// Requests the first output.
    pub(crate) fn start(&mut self) -> SupervisorAction {
        let opening = self.next_opening();
        self.state = SupervisorState::Opening(opening);
        self.open(opening, OpenReason::Start)
    }

    /// Returns whether there is no output because its device was lost.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.state, SupervisorState::Searching(_) | SupervisorState::Waiting(_))
    }

    /// Returns whether an output is being opened before which nothing can be heard.
    pub(crate) fn is_opening(&self) -> bool {
        matches!(self.state, SupervisorState::Opening(_) | SupervisorState::Reopening(_))
    }

    /// Returns whether the source of the current output has been requested.
    pub(crate) fn is_releasing(&self) -> bool {
        matches!(self.state, SupervisorState::Playing(_, BufferGrowth::Releasing(..) | BufferGrowth::Returning))
    }

    /// Returns whether the next action must not wait for the next tick.
    pub(crate) fn is_handing_over(&self) -> bool {
        matches!(
            self.state,
            SupervisorState::Playing(
                _,
                BufferGrowth::Releasing(..) | BufferGrowth::Draining(..) | BufferGrowth::Returning
            )
        )
    }

    /// Returns whether a switch to a larger buffer is under way.
    pub(crate) fn is_growing(&self) -> bool {
        matches!(self.state, SupervisorState::Playing(_, growth) if growth != BufferGrowth::Idle)
    }

    /// Records that the current output is about to wake up.
    pub(crate) fn on_uncorked(&mut self, now: Instant) {
        self.watchdog = Watchdog::new(now);
    }

    /// Handles an event at a time. Returns the actions to execute, in this order.
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
            // It is no longer needed.
            _ => vec![SupervisorAction::Discard],
        }
    }

    fn on_open_failed(&mut self, opening: OpeningId, now: Instant) -> Vec<SupervisorAction> {
        match self.state {
            SupervisorState::Searching(current) if current == opening => {
                self.state = SupervisorState::Waiting(now + self.retry_interval);
                self.retry_interval = (2 * self.retry_interval).min(MAX_RETRY_INTERVAL);
                Vec::new()
            }
            SupervisorState::Reopening(current) if current == opening => self.on_device_lost(),
            SupervisorState::Playing(playing, BufferGrowth::Opening(current, _)) if current == opening => {
                self.state = SupervisorState::Playing(playing, BufferGrowth::Idle);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn on_lost(&mut self, opening: OpeningId) -> Vec<SupervisorAction> {
        match self.state {
            SupervisorState::Playing(playing, _) if playing == opening => self.on_device_lost(),
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
        if is_playing && self.watchdog.is_stalled(count, now) { self.on_device_lost() } else { Vec::new() }
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

    /// Handles a lost device: the session is held, and a search starts immediately.
    fn on_device_lost(&mut self) -> Vec<SupervisorAction> {
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

    /// Abandons the switch to a larger buffer. An output that is still being opened is closed once it is open.
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
