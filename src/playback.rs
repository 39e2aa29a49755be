//! Headless playback of a session: wishes in, events out.
//!
//! [`Playback`] owns everything that a playing session needs: the player, the output and its supervisor, the speech that is still being
//! made, and the headroom above 0 dB. It runs on a thread of its own, which never waits for a device or a file. The caller sends
//! [wishes](Wish), receives [events](Event), and may read a [snapshot](PlaybackSnapshot) at any time. JSON lines, captions and plain
//! lines are all clients of these events.

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
use crate::player::transport::EndReason;
use crate::player::{PlayerHandle, StartPoint};
use crate::speech::SpeechJob;
use crate::units::{Decibels, Frames, Rate};

pub use crate::io::device::WakeMode;
pub use controls::Wish;
pub use error::{OpenOutputError, PlaybackError};
pub use event::{Event, EventKind, EventSink, OutputState, PlaybackSnapshot};
pub(crate) use output::OutputSearch;
pub use output::{FoundOutput, OutputChoice};
pub use start::StartPosition;

use event_loop::{BackgroundResult, EventLoop, Inputs, Outputs, Publisher, QueuedWish, SharedSnapshot, UrgentInput};
use headroom::{Headroom, VolumeGrant};
use source::PlaybackSource;
use speech_queue::SpeechQueue;

/// The capacity of the queue of wishes. A sender that must not lose any waits while it is full.
const WISH_QUEUE_SIZE: usize = 64;

/// Options for playing a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaybackOptions {
    /// The start position.
    pub start: StartPosition,
    /// The volume; above 0 dB, limited by the session's peak.
    pub volume: Decibels,
    /// Whether a wish can leave an open silence. Otherwise it ends after its natural length.
    pub can_end_open_silence: bool,
    /// When a device is woken before the first frame and kept awake.
    pub wake_lead: WakeMode,
}

/// The thread of the event loop. It returns how the session ended.
type PlaybackThread = JoinHandle<Result<EndReason, PlaybackError>>;

/// A playing session. Dropping it stops the session.
pub struct Playback {
    remote: PlaybackRemote,
    snapshot: SharedSnapshot,
    thread: Option<PlaybackThread>,
}

/// Sends wishes to a playing session, from any thread.
#[derive(Clone)]
pub struct PlaybackRemote {
    wishes: Sender<QueuedWish>,
    urgent: Sender<UrgentInput>,
    /// The number of wishes to leave that have overtaken others.
    leaves: Arc<AtomicU64>,
}

impl PlaybackRemote {
    /// Sends a wish without blocking. A wish to leave overtakes all others; any other wish is dropped if the queue is full.
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

    /// Sends a wish in order, and blocks while the queue is full. Returns false once the session is over.
    #[must_use]
    pub(crate) fn send_in_order(&self, wish: Wish) -> bool {
        self.wishes.send(self.queued(wish)).is_ok()
    }

    /// Prepares for the suspension of the process: the sound fades, and [`EventKind::ReadyToSuspend`] follows. A session that is being left
    /// ends instead.
    pub(crate) fn prepare_suspend(&self) {
        let _ = self.urgent.send(UrgentInput::Suspend);
    }

    /// Reports that keys or lines will send no further wishes, so that the session does not wait in an open silence.
    pub(crate) fn end_input(&self) {
        let _ = self.urgent.send(UrgentInput::InputEnded);
    }

    /// Reports that the process runs again after [`PlaybackRemote::prepare_suspend`].
    pub(crate) fn continue_after_suspend(&self) {
        let _ = self.urgent.send(UrgentInput::Continued);
    }
}

impl Playback {
    /// Starts to play a session. Its events are sent to `sink`, on the thread of the session.
    ///
    /// # Errors
    /// If the start is not in the session, or no thread can be started. An output that can't be opened is reported later, by
    /// [`Playback::finish`].
    pub fn start(
        session: &LoadedSession,
        output: FoundOutput,
        options: &PlaybackOptions,
        sink: impl EventSink + 'static,
    ) -> Result<Self, PlaybackError> {
        Self::start_with_speech(session, None, output, options, sink)
    }

    /// Like [`Playback::start`], for a session whose speech is partly still being made.
    pub(crate) fn start_with_speech(
        session: &LoadedSession,
        job: Option<SpeechJob>,
        output: FoundOutput,
        options: &PlaybackOptions,
        sink: impl EventSink + 'static,
    ) -> Result<Self, PlaybackError> {
        let (remote, inputs, results) = connect();
        let (source, start) = prepare_source(session, output.rate(), &options.start, &results)?;
        let mut headroom = Headroom::new();
        let grant = headroom.change_volume(options.volume);
        // The first frames are rendered while the output is being opened.
        let (callback, player) = source.start(StartPoint {
            volume: headroom.volume(),
            can_end_open_silence: options.can_end_open_silence,
            ..StartPoint::at(start)
        });
        let outputs = Outputs::new(output, callback, options.wake_lead);
        let speech = queue_speech(job, session, &source, &results);
        let snapshot = snapshot_before_output(&player);
        let publisher = Publisher::new(snapshot.clone(), Box::new(sink));
        let mut event_loop = EventLoop::new(source, player, outputs, headroom, speech, (inputs, results), publisher);
        event_loop.set_can_end_open_silence(options.can_end_open_silence);
        if grant == VolumeGrant::NeedsMeasurement {
            event_loop.request_headroom();
        }
        Ok(Self { remote, snapshot, thread: Some(run_on_thread(event_loop)?) })
    }

    /// Returns a remote that sends wishes to the session.
    #[must_use]
    pub fn remote(&self) -> PlaybackRemote {
        self.remote.clone()
    }

    /// Returns the state of the session, which is at most a few hundredths of a second old.
    #[must_use]
    pub fn snapshot(&self) -> PlaybackSnapshot {
        self.snapshot.get()
    }

    /// Waits until the session is over and all of its sound has been played.
    ///
    /// # Errors
    /// If the session could not be started or played to its end.
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

/// Creates the channels of the event loop: a remote, the inputs, and the sender for the background threads.
fn connect() -> (PlaybackRemote, Inputs, Sender<BackgroundResult>) {
    let (results, background) = unbounded();
    let (urgent, urgent_inputs) = unbounded();
    let (wishes, wish_inputs) = bounded(WISH_QUEUE_SIZE);
    let remote = PlaybackRemote { wishes, urgent, leaves: Arc::default() };
    (remote, Inputs { urgent: urgent_inputs, background, wishes: wish_inputs }, results)
}

/// Builds the timelines, and starts to measure the gain of the recordings. Returns the source and the first frame.
fn prepare_source(
    session: &LoadedSession,
    rate: Rate,
    start: &StartPosition,
    results: &Sender<BackgroundResult>,
) -> Result<(PlaybackSource, Frames), PlaybackError> {
    let mut source = PlaybackSource::new(session, rate, VoiceGain::default())?;
    let start = start.frame(source.version.programmes.session())?;
    let results = results.clone();
    source.gain = session.measure_voice_gain(move |event| drop(results.send(BackgroundResult::Gain(event))));
    Ok((source, start))
}

fn queue_speech(
    job: Option<SpeechJob>,
    session: &LoadedSession,
    source: &PlaybackSource,
    results: &Sender<BackgroundResult>,
) -> SpeechQueue {
    let results = results.clone();
    SpeechQueue::start(job, session, source, move |speech| drop(results.send(BackgroundResult::Speech(speech))))
}

fn snapshot_before_output(player: &PlayerHandle) -> SharedSnapshot {
    SharedSnapshot::new(PlaybackSnapshot { player: player.snapshot(), output: OutputState::Opening, events: 0 })
}

/// Runs the event loop until the session ends. A panic ends it with an error.
fn run_on_thread(mut event_loop: EventLoop) -> Result<PlaybackThread, PlaybackError> {
    let thread = thread::Builder::new().name("playback".to_owned()).spawn(move || {
        let end = catch_unwind(AssertUnwindSafe(|| event_loop.run())).unwrap_or(Err(PlaybackError::Panicked));
        if end.is_err() {
            event_loop.report_failure();
        }
        end
    });
    thread.map_err(PlaybackError::Thread)
}
