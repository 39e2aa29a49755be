//! The event loop with a scripted sound system. Its outputs discard the sound in real time.

use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::*;
use crate::io::device::DeviceEvent;
use crate::io::null::NullOutput;
use crate::playback::error::OpenOutputError;
use crate::playback::event::{Event, PlaybackSnapshot};
use crate::playback::output::{OpenReason, OpenRequest, Output, OutputSystem};
use crate::playback::{PlaybackRemote, WISH_QUEUE_SIZE};
use crate::player::{AudioCallback, StartPoint};
use crate::testing::probe_session::plain;
use crate::testing::session::known_gain;
use crate::units::{Frames, Rate};

/// Upper bound for every wait.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The result of an attempt to open an output.
enum Attempt {
    Opens,
    Fails,
    Panics,
    /// Blocks until the sender is dropped.
    Hangs(Receiver<()>),
}

/// A sound system with predetermined results of its attempts to open an output. All later attempts fail.
struct ScriptedSystem {
    attempts: Mutex<Vec<Attempt>>,
    /// The reasons of the attempts so far.
    requests: Sender<OpenReason>,
    /// The senders of device events, one per output.
    opened: Sender<Sender<DeviceEvent>>,
}

impl OutputSystem for ScriptedSystem {
    fn open(&self, request: OpenRequest) -> Result<Box<dyn Output>, OpenOutputError> {
        let attempt = {
            let mut attempts = self.attempts.lock().unwrap();
            if attempts.is_empty() { Attempt::Fails } else { attempts.remove(0) }
        };
        self.requests.send(request.reason).unwrap();
        match attempt {
            Attempt::Fails => return Err(OpenOutputError::Asleep),
            Attempt::Panics => panic!("this is part of a test"),
            Attempt::Hangs(until) => {
                let _ = until.recv();
            }
            Attempt::Opens => {}
        }
        let (sender, events) = unbounded();
        let _ = self.opened.send(sender);
        let mut output = ScriptedOutput { events, playing: None };
        request.callback.into_iter().for_each(|callback| output.play(callback));
        Ok(Box::new(output))
    }
}

struct ScriptedOutput {
    events: Receiver<DeviceEvent>,
    playing: Option<NullOutput>,
}

impl Output for ScriptedOutput {
    fn play(&mut self, callback: AudioCallback) {
        self.playing = NullOutput::start(callback, Rate::new(8_000).unwrap()).ok();
    }

    fn take_back(&mut self) -> Option<AudioCallback> {
        None
    }

    /// Returns the next mute state at each call.
    fn heartbeat(&self) -> u64 {
        static HEARTBEAT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        HEARTBEAT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    }

    fn unheard_frames(&self) -> Frames {
        Frames::ZERO
    }

    fn buffered_frames(&self) -> Frames {
        Frames::ZERO
    }

    fn next_event(&mut self) -> Option<DeviceEvent> {
        self.events.try_recv().ok()
    }
}

/// A session that plays through a scripted sound system.
struct ScriptedPlayback {
    remote: PlaybackRemote,
    events: Receiver<Event>,
    requests: Receiver<OpenReason>,
    opened: Receiver<Sender<DeviceEvent>>,
    thread: JoinHandle<Result<EndReason, PlaybackError>>,
}

impl ScriptedPlayback {
    fn play(attempts: Vec<Attempt>) -> Self {
        let (request, requests) = unbounded();
        let (open, opened) = unbounded();
        let system = ScriptedSystem { attempts: Mutex::new(attempts), requests: request, opened: open };
        let prepared = plain();
        let source = PlaybackSource { version: prepared.version(), gain: known_gain(), awaits_speech: false };
        let (callback, player) = source.start(StartPoint::at(Frames::ZERO));
        let outputs = Outputs::of(Some(Arc::new(system)), callback);
        let (results, background) = unbounded();
        let (urgent, urgent_inputs) = unbounded();
        let (wishes, wish_inputs) = bounded(WISH_QUEUE_SIZE);
        let inputs = Inputs { urgent: urgent_inputs, background, wishes: wish_inputs };
        let snapshot = PlaybackSnapshot { player: player.snapshot(), output: OutputState::Opening, events: 0 };
        let (sender, events) = unbounded();
        let sink = move |event| drop(sender.send(event));
        let publisher = Publisher::new(SharedSnapshot::new(snapshot), Box::new(sink));
        let speech = SpeechQueue::idle();
        let mut event_loop =
            EventLoop::new(source, player, outputs, Headroom::new(), speech, (inputs, results), publisher);
        let thread = thread::spawn(move || event_loop.run());
        Self { remote: PlaybackRemote { wishes, urgent, leaves: Arc::default() }, events, requests, opened, thread }
    }

    /// Waits until the session plays through its first output. Returns the sender of its device events.
    fn start(&self) -> Sender<DeviceEvent> {
        let device = self.opened.recv_timeout(TIMEOUT).unwrap();
        self.wait_for("Started", |kind| matches!(kind, EventKind::Started { .. }));
        device
    }

    /// Waits for an event, and skips all others.
    #[track_caller]
    fn wait_for(&self, name: &str, is_wanted: impl Fn(&EventKind) -> bool) {
        loop {
            match self.events.recv_timeout(TIMEOUT) {
                Ok(event) if is_wanted(&event.kind) => return,
                Ok(_) => {}
                Err(error) => panic!("no {name}: {error}"),
            }
        }
    }

    #[track_caller]
    fn wait_for_end(self) -> Result<EndReason, PlaybackError> {
        self.thread.join().unwrap()
    }
}

fn is_lost(kind: &EventKind) -> bool {
    matches!(kind, EventKind::DeviceLost)
}

fn is_found(kind: &EventKind) -> bool {
    matches!(kind, EventKind::DeviceFound)
}

#[test]
fn leaving_does_not_wait_for_a_search() {
    for (wish, reason) in [(Wish::Exit, EndReason::Exited), (Wish::Stop, EndReason::Stopped)] {
        let (release, hang) = bounded(0);
        let playback = ScriptedPlayback::play(vec![Attempt::Opens, Attempt::Hangs(hang)]);
        let device = playback.start();
        device.send(DeviceEvent::Lost).unwrap();
        playback.wait_for("DeviceLost", is_lost);
        assert_eq!(playback.requests.iter().nth(1), Some(OpenReason::Search));
        // The sound system does not answer, and the session still ends.
        playback.remote.send(wish);
        assert_eq!(playback.wait_for_end().unwrap(), reason);
        drop(release);
    }
}

#[test]
fn leaving_does_not_wait_for_a_device_that_is_reopened_after_a_suspension() {
    let (release, hang) = bounded(0);
    let playback = ScriptedPlayback::play(vec![Attempt::Opens, Attempt::Hangs(hang)]);
    let _device = playback.start();
    playback.remote.prepare_suspend();
    playback.wait_for("ReadyToSuspend", |kind| matches!(kind, EventKind::ReadyToSuspend));
    playback.remote.continue_after_suspend();
    assert_eq!(playback.requests.iter().nth(1), Some(OpenReason::Reopen));
    playback.remote.send(Wish::Exit);
    assert_eq!(playback.wait_for_end().unwrap(), EndReason::Exited);
    drop(release);
}

#[test]
fn a_session_that_waits_for_its_first_output_can_be_left() {
    let (release, hang) = bounded(0);
    let playback = ScriptedPlayback::play(vec![Attempt::Hangs(hang)]);
    assert_eq!(playback.requests.recv(), Ok(OpenReason::Start));
    playback.remote.send(Wish::Exit);
    assert_eq!(playback.wait_for_end().unwrap(), EndReason::Stopped);
    drop(release);
}

#[test]
fn a_search_whose_thread_panics_is_repeated() {
    let playback = ScriptedPlayback::play(vec![Attempt::Opens, Attempt::Panics, Attempt::Fails, Attempt::Opens]);
    let device = playback.start();
    device.send(DeviceEvent::Lost).unwrap();
    playback.wait_for("DeviceLost", is_lost);
    playback.wait_for("DeviceFound", is_found);
    let searches = [OpenReason::Start, OpenReason::Search, OpenReason::Search, OpenReason::Search];
    assert_eq!(playback.requests.try_iter().collect::<Vec<_>>(), searches);
    playback.remote.send(Wish::Resume);
    playback.wait_for("Resumed", |kind| matches!(kind, EventKind::Resumed));
    playback.remote.send(Wish::Stop);
    assert_eq!(playback.wait_for_end().unwrap(), EndReason::Stopped);
}

#[test]
fn failing_to_open_the_first_output_is_an_error() {
    let playback = ScriptedPlayback::play(vec![Attempt::Fails]);
    let error = playback.wait_for_end().unwrap_err();
    assert!(matches!(error, PlaybackError::Output(OpenOutputError::Asleep)), "{error}");
    let playback = ScriptedPlayback::play(vec![Attempt::Panics]);
    let error = playback.wait_for_end().unwrap_err();
    assert!(matches!(error, PlaybackError::Output(OpenOutputError::Panicked)), "{error}");
}

#[test]
fn without_a_device_only_leaving_has_an_effect() {
    let playback = ScriptedPlayback::play(vec![Attempt::Opens]);
    playback.start().send(DeviceEvent::Lost).unwrap();
    playback.wait_for("DeviceLost", is_lost);
    playback.remote.send(Wish::Next);
    playback.wait_for("WishIgnored", |kind| matches!(kind, EventKind::WishIgnored));
    playback.remote.send(Wish::Exit);
    playback.wait_for("ExitStarted", |kind| matches!(kind, EventKind::ExitStarted));
    assert_eq!(playback.wait_for_end().unwrap(), EndReason::Exited);
}

#[test]
fn a_flood_of_wishes_does_not_delay_leaving() {
    let playback = ScriptedPlayback::play(vec![Attempt::Opens]);
    let _device = playback.start();
    let remote = playback.remote.clone();
    let flood = thread::spawn(move || while remote.send_in_order(Wish::Toggle) {});
    for _ in 0..500 {
        playback.wait_for("Paused", |kind| matches!(kind, EventKind::Paused));
    }
    assert!(playback.remote.wishes.len() <= WISH_QUEUE_SIZE);
    playback.remote.send(Wish::Stop);
    assert_eq!(playback.wait_for_end().unwrap(), EndReason::Stopped);
    flood.join().unwrap();
}
