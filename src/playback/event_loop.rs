//! The event loop of a playing session: wishes and results of background work come in, events go out.
//!
//! Nothing here waits for a device, a file or a listener, so that a wish to leave is executed immediately in every situation.

mod device;
mod idle;
mod outputs;
mod publisher;
mod report;
mod suspend;
#[cfg(test)]
mod tests;
mod wish;

use std::collections::{BTreeSet, VecDeque};
use std::ops::ControlFlow;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, never, select_biased};

use super::controls::Wish;
use super::error::PlaybackError;
use super::event::{EventKind, OutputState};
use super::headroom::Headroom;
use super::opening::OpeningResult;
use super::source::PlaybackSource;
use super::speech_queue::{SpeechQueue, SpeechUpdate};
use crate::io::device::Mute;
use crate::io::sleep::SleepDetector;
use crate::load::GainEvent;
use crate::player::PlayerHandle;
use crate::player::transport::{EndReason, TransportCommand};
use crate::timeline::Programme;
use crate::units::{Decibels, Frames};
use idle::IdleTimer;
pub(crate) use outputs::Outputs;
pub(crate) use publisher::{Publisher, SharedSnapshot};
use report::WaitReport;
use suspend::Suspension;

/// The interval of the loop.
const TICK: Duration = Duration::from_millis(40);
/// The interval while a change is under way that takes only milliseconds.
const SHORT_TICK: Duration = Duration::from_millis(4);
/// The time after which an output has played everything, in addition to its own buffer.
const DRAIN_MARGIN: Duration = Duration::from_millis(100);

/// An input that does not wait in the queue of wishes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum UrgentInput {
    /// A wish to leave.
    Leave(Wish),
    /// The process is about to be suspended.
    Suspend,
    /// The process was suspended, and runs again.
    Continued,
    /// Keys and lines can send no further wishes.
    InputEnded,
}

/// A result of a background thread.
pub(crate) enum BackgroundResult {
    /// An output was opened, or failed to open.
    Opening(OpeningResult),
    /// The headroom was measured.
    Headroom(Decibels),
    /// Lines were spoken.
    Speech(SpeechUpdate),
    /// A problem was found while the recordings were measured.
    Gain(GainEvent),
}

/// The inputs of the loop, the most urgent first.
pub(crate) struct Inputs {
    pub(crate) urgent: Receiver<UrgentInput>,
    pub(crate) background: Receiver<BackgroundResult>,
    pub(crate) wishes: Receiver<QueuedWish>,
}

/// A wish in the queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct QueuedWish {
    pub(crate) wish: Wish,
    /// The number of wishes to leave that were sent before it. With it, a resume that was sent before an exit does not cancel the exit.
    pub(crate) leaves: u64,
}

/// One of the inputs.
enum LoopInput {
    Urgent(UrgentInput),
    Background(BackgroundResult),
    Wish(QueuedWish),
}

/// Whether the loop continues, or how it ends.
type LoopStep = ControlFlow<Result<EndReason, PlaybackError>>;

const CONTINUE: LoopStep = ControlFlow::Continue(());

/// The event loop of a playing session.
pub(crate) struct EventLoop {
    source: PlaybackSource,
    player: PlayerHandle,
    outputs: Outputs,
    headroom: Headroom,
    /// The headroom has to be measured once all lines are spoken.
    needs_headroom: bool,
    speech: SpeechQueue,
    inputs: Inputs,
    /// Cloned for the background threads.
    results: Sender<BackgroundResult>,
    publisher: Publisher,
    /// Commands that did not fit into the player's queue yet.
    commands: VecDeque<TransportCommand>,
    /// How the session will end, once the listener has asked to leave, even if the player does not know it yet.
    leaving: Option<EndReason>,
    /// The number of wishes to leave that have overtaken others.
    leaves: u64,
    /// The start position, until the start has been reported.
    start: Option<Frames>,
    suspension: Option<Suspension>,
    /// Whether a wish can leave an open silence.
    can_end_open_silence: bool,
    waits: WaitReport,
    idle: IdleTimer,
    /// The mute state of the output that was reported last.
    mute: Option<Mute>,
    /// The clip errors that were reported.
    clip_errors: BTreeSet<String>,
    sleep: SleepDetector,
}

impl EventLoop {
    /// Creates a loop for a player that is not connected to an output yet.
    pub(crate) fn new(
        source: PlaybackSource,
        player: PlayerHandle,
        outputs: Outputs,
        headroom: Headroom,
        speech: SpeechQueue,
        (inputs, results): (Inputs, Sender<BackgroundResult>),
        publisher: Publisher,
    ) -> Self {
        let start = player.snapshot().session_frame;
        Self {
            source,
            player,
            outputs,
            headroom,
            needs_headroom: false,
            speech,
            inputs,
            results,
            publisher,
            commands: VecDeque::new(),
            leaving: None,
            leaves: 0,
            start: Some(start),
            suspension: None,
            can_end_open_silence: false,
            waits: WaitReport::default(),
            idle: IdleTimer::default(),
            mute: None,
            clip_errors: BTreeSet::new(),
            sleep: SleepDetector::start(),
        }
    }

    /// Sets whether a wish can leave an open silence, as the player was told at its start.
    pub(crate) fn set_can_end_open_silence(&mut self, can_end_open_silence: bool) {
        self.can_end_open_silence = can_end_open_silence;
        self.player.set_can_end_open_silence(can_end_open_silence);
    }

    /// Runs until the session ends.
    ///
    /// # Errors
    /// If the session could not be started or played to its end.
    pub(crate) fn run(&mut self) -> Result<EndReason, PlaybackError> {
        let end = match self.start() {
            ControlFlow::Break(end) => end,
            ControlFlow::Continue(()) => loop {
                if let ControlFlow::Break(end) = self.step() {
                    break end;
                }
            },
        };
        self.speech.cancel();
        if let Ok(reason) = end {
            self.emit(EventKind::Ended(reason));
            self.drain();
        }
        end
    }

    /// Reports that playback has failed, as the last event.
    pub(crate) fn report_failure(&mut self) {
        self.emit(EventKind::Failed);
    }

    /// Handles one input, if there is one, and everything else that has happened.
    fn step(&mut self) -> LoopStep {
        match self.next_input() {
            Some(LoopInput::Urgent(input)) => self.on_urgent(input)?,
            Some(LoopInput::Background(result)) => self.on_background(result)?,
            Some(LoopInput::Wish(queued)) => self.on_queued_wish(queued)?,
            None => {}
        }
        self.report_notices()?;
        self.check_output()?;
        self.check_sleep();
        self.cancel_speech_after_exit();
        self.check_idle();
        self.switch_version();
        self.report_waiting();
        self.report_clip_errors();
        self.advance_suspension();
        self.leave_unattended_silence();
        self.send_commands();
        self.publish()?;
        if let Some(error) = self.player.take_error() {
            return ControlFlow::Break(Err(error.into()));
        }
        CONTINUE
    }

    fn next_input(&self) -> Option<LoopInput> {
        let none = never();
        let wishes = if self.accepts_wishes() { &self.inputs.wishes } else { &none };
        select_biased! {
            recv(self.inputs.urgent) -> input => input.ok().map(LoopInput::Urgent),
            recv(self.inputs.background) -> result => result.ok().map(LoopInput::Background),
            recv(wishes) -> wish => wish.ok().map(LoopInput::Wish),
            default(self.tick()) => None,
        }
    }

    fn tick(&self) -> Duration {
        let is_busy = self.outputs.is_handing_over() || self.suspension.is_some() || !self.commands.is_empty();
        if is_busy { SHORT_TICK } else { TICK }
    }

    fn on_urgent(&mut self, input: UrgentInput) -> LoopStep {
        match input {
            UrgentInput::Leave(wish) => {
                self.leaves += 1;
                self.on_wish(wish)
            }
            UrgentInput::Suspend => self.suspend(),
            UrgentInput::Continued => self.on_continued(),
            UrgentInput::InputEnded => {
                self.set_can_end_open_silence(false);
                CONTINUE
            }
        }
    }

    fn on_background(&mut self, result: BackgroundResult) -> LoopStep {
        match result {
            BackgroundResult::Opening(result) => return self.on_opening_result(result),
            BackgroundResult::Headroom(headroom) => self.on_headroom_measured(headroom),
            BackgroundResult::Speech(SpeechUpdate::Version(version)) => self.speech.set_latest(version),
            BackgroundResult::Speech(SpeechUpdate::Failed(message)) => {
                self.emit(EventKind::SpeechFailed { message });
            }
            BackgroundResult::Gain(GainEvent::Failed(error)) => return ControlFlow::Break(Err(error.into())),
            BackgroundResult::Gain(event) => self.emit(EventKind::RecordingFault { message: event.to_string() }),
        }
        CONTINUE
    }

    /// Returns the state of the output.
    fn output_state(&self) -> OutputState {
        self.outputs.state()
    }

    /// Waits until the last sample has been played, and the noise that keeps a device awake has faded. Called after the end only.
    fn drain(&mut self) {
        if !self.outputs.is_device() {
            return;
        }
        let (buffered, fade) = (self.buffered(), self.outputs.fade_out());
        thread::sleep(buffered + DRAIN_MARGIN);
        if fade > Duration::ZERO {
            self.outputs.close();
            thread::sleep(fade + buffered + DRAIN_MARGIN);
        }
    }

    /// Returns the time until everything played so far has been heard.
    fn buffered(&self) -> Duration {
        Duration::from_secs_f64(self.outputs.buffered_frames().seconds(self.source.rate()))
    }

    fn check_sleep(&mut self) {
        if self.sleep.has_slept() && self.pause() {
            self.emit(EventKind::MachineSlept);
        }
    }

    /// Switches to the latest version of the timelines, in which more lines are known. This waits while another programme plays, and until
    /// the player has adopted the previous version.
    fn switch_version(&mut self) {
        let Some(latest) = self.speech.latest() else { return };
        if !self.player.is_in_session() || !self.player.switch_version(latest.version.clone()) {
            return;
        }
        self.source = latest.clone();
        self.speech.clear_latest();
        if !self.source.awaits_speech && std::mem::take(&mut self.needs_headroom) {
            self.measure_headroom();
        }
        self.emit(EventKind::TimelinesChanged { programmes: self.source.version.programmes.clone() });
    }

    /// Leaves an open silence at the end of its natural length if no wish can leave it.
    fn leave_unattended_silence(&mut self) {
        let snapshot = self.player.snapshot();
        let end = self.source.version.programmes.open_end();
        let is_over = snapshot.playhead.programme == Programme::OPEN_SILENCE
            && end.is_some_and(|end| snapshot.playhead.frame >= end);
        if is_over && !self.can_end_open_silence && !snapshot.paused && self.commands.is_empty() {
            self.send(TransportCommand::Continue);
        }
    }

    /// Sends the pending commands to the player, as far as its queue has room.
    fn send_commands(&mut self) {
        while let Some(command) = self.commands.pop_front() {
            if let Err(command) = self.player.send(command) {
                self.commands.push_front(command);
                return;
            }
        }
    }
}
