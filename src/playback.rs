//! A session that plays, without a terminal: wishes in, events out.
//!
//! [`Playback`] owns everything that a session needs while it plays: the player, the output and its supervision, the speech that is still
//! being made, and the headroom above 0 dB. It does so on a thread of its own, which never waits for a device or a file. Whoever started
//! it sends [wishes](Wish), receives [events](Event), and may look at a [snapshot](PlaybackSnapshot) at any time. JSON lines, captions and
//! plain lines are equal clients of these events.

pub(crate) mod controls;
mod devices;
mod error;
mod event;
mod event_loop;
mod headroom;
pub(crate) mod key_repeat;
mod opening;
mod output;
mod source;
mod speech_queue;
mod start;
mod supervisor;
mod watchdog;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Sender, TrySendError, bounded, unbounded};

use crate::engine::VoiceGain;
use crate::load::LoadedSession;
use crate::player::StartPoint;
use crate::player::transport::EndReason;
use crate::speech::SpeechJob;
use crate::units::Decibels;

pub use crate::io::device::WakeLead;
pub use controls::Wish;
pub use error::{OpenOutputError, PlaybackError};
pub use event::{Event, EventKind, EventSink, OutputState, PlaybackSnapshot};
pub use output::{FoundOutput, OutputChoice, OutputSearch};
pub use start::StartPosition;

use event_loop::{BackgroundResult, EventLoop, Inputs, Outputs, Publisher, QueuedWish, SharedSnapshot, UrgentInput};
use headroom::{Headroom, VolumeGrant};
use source::PlaybackSource;
use speech_queue::SpeechQueue;

/// How many wishes wait at most until whoever sends more has to wait.
const WAITING_WISHES: usize = 64;

/// How a session is played.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaybackOptions {
    /// Where it starts.
    pub start: StartPosition,
    /// The volume; above 0 dB, as far as the session's peak allows.
    pub volume: Decibels,
    /// Somebody can leave an open silence by a wish. Otherwise it ends after its natural length.
    pub is_attended: bool,
    /// When a device is woken before the first frame, and kept awake.
    pub wake_lead: WakeLead,
}

/// A session that plays. Dropping it stops the session.
pub struct Playback {
    remote: PlaybackRemote,
    snapshot: SharedSnapshot,
    thread: Option<JoinHandle<Result<EndReason, PlaybackError>>>,
}

/// Sends wishes to a session that plays, from any thread.
#[derive(Clone)]
pub struct PlaybackRemote {
    wishes: Sender<QueuedWish>,
    urgent: Sender<UrgentInput>,
    /// How many wishes to leave have overtaken others.
    leaves: Arc<AtomicU64>,
}

impl PlaybackRemote {
    /// Sends a wish, and never waits. A wish to leave overtakes all others; another one is dropped if very many are waiting.
    pub fn send(&self, wish: Wish) {
        if wish.is_leaving() {
            self.leaves.fetch_add(1, Ordering::SeqCst);
            let _ = self.urgent.send(UrgentInput::Leave(wish));
        } else if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
            self.wishes.try_send(self.queued(wish))
        {
        }
    }

    fn queued(&self, wish: Wish) -> QueuedWish {
        QueuedWish { wish, leaves: self.leaves.load(Ordering::SeqCst) }
    }

    /// Sends a wish after those that were sent before, and waits while very many are waiting. Returns false once the session is over.
    #[must_use]
    pub fn send_in_order(&self, wish: Wish) -> bool {
        self.wishes.send(self.queued(wish)).is_ok()
    }

    /// Prepares for a stop of the process: the sound fades, and [`EventKind::ReadyToSuspend`] follows. A session that is being left ends
    /// instead.
    pub fn prepare_suspend(&self) {
        let _ = self.urgent.send(UrgentInput::Suspend);
    }

    /// Tells the session that no further wishes will be sent by keys or lines, so that it does not wait in an open silence.
    pub fn end_input(&self) {
        let _ = self.urgent.send(UrgentInput::InputEnded);
    }

    /// Tells the session that the process runs again after [`PlaybackRemote::prepare_suspend`].
    pub fn continue_after_suspend(&self) {
        let _ = self.urgent.send(UrgentInput::Continued);
    }
}

impl Playback {
    /// Starts to play a session. What happens is sent to `sink`, on the thread of the session.
    ///
    /// # Errors
    /// When the start is not in the session, or the system has no thread left. That the output can't be opened is reported later, by
    /// [`Playback::finish`].
    pub fn start(
        session: &LoadedSession,
        output: FoundOutput,
        options: &PlaybackOptions,
        sink: impl EventSink + 'static,
    ) -> Result<Self, PlaybackError> {
        Self::start_with_speech(session, None, output, options, sink)
    }

    /// As [`Playback::start`], for a session some of whose lines are still being spoken.
    pub(crate) fn start_with_speech(
        session: &LoadedSession,
        job: Option<SpeechJob>,
        output: FoundOutput,
        options: &PlaybackOptions,
        sink: impl EventSink + 'static,
    ) -> Result<Self, PlaybackError> {
        let rate = output.rate();
        let (results, background) = unbounded();
        let mut source = PlaybackSource::new(session, rate, VoiceGain::default())?;
        let start = options.start.frame(source.version.programmes.session())?;
        let gain_events = results.clone();
        source.gain = session.measure_voice_gain(move |event| drop(gain_events.send(BackgroundResult::Gain(event))));
        let mut headroom = Headroom::new();
        let grant = headroom.change_volume(options.volume);
        // What comes first is rendered while the output is opened.
        let (callback, player) = source.start(StartPoint {
            volume: headroom.volume(),
            is_attended: options.is_attended,
            ..StartPoint::at(start)
        });
        let outputs = Outputs::new(output, callback, options.wake_lead);
        let progress = results.clone();
        let speech = SpeechQueue::start(job, session, &source, move |speech| {
            drop(progress.send(BackgroundResult::Speech(speech)));
        });
        let (urgent, urgent_inputs) = unbounded();
        let (wishes, wish_inputs) = bounded(WAITING_WISHES);
        let inputs = Inputs { urgent: urgent_inputs, background, wishes: wish_inputs };
        let snapshot = SharedSnapshot::new(PlaybackSnapshot {
            player: player.snapshot(),
            output: OutputState::Opening,
            events: 0,
        });
        let publisher = Publisher::new(snapshot.clone(), Box::new(sink));
        let mut event_loop = EventLoop::new(source, player, outputs, headroom, speech, (inputs, results), publisher);
        event_loop.set_attended(options.is_attended);
        if grant == VolumeGrant::NeedsMeasurement {
            event_loop.request_headroom();
        }
        let thread = thread::Builder::new().name("playback".to_owned()).spawn(move || {
            let end = catch_unwind(AssertUnwindSafe(|| event_loop.run())).unwrap_or(Err(PlaybackError::Panicked));
            if end.is_err() {
                event_loop.report_failure();
            }
            end
        });
        let thread = thread.map_err(PlaybackError::Thread)?;
        let remote = PlaybackRemote { wishes, urgent, leaves: Arc::default() };
        Ok(Self { remote, snapshot, thread: Some(thread) })
    }

    /// Returns what sends wishes to the session.
    #[must_use]
    pub fn remote(&self) -> PlaybackRemote {
        self.remote.clone()
    }

    /// Returns the state of the session, at most a few hundredths of a second old.
    #[must_use]
    pub fn snapshot(&self) -> PlaybackSnapshot {
        self.snapshot.get()
    }

    /// Waits until the session is over and everything has been heard.
    ///
    /// # Errors
    /// Why the session could not be played, or not to its end.
    pub fn finish(mut self) -> Result<EndReason, PlaybackError> {
        let end = self.thread.take().map(JoinHandle::join);
        end.unwrap_or(Ok(Err(PlaybackError::Panicked))).unwrap_or(Err(PlaybackError::Panicked))
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.remote.send(Wish::Stop);
        }
    }
}
