//! The program's side: commands in, notices out, and the feeder's thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rtrb::{Consumer, Producer, RingBuffer};

use super::callback::Callback;
use super::feeder::{AHEAD, Clips, Feeder, HEADROOM, Pumped};
use super::ring::{Generation, Notice, Order, blocks};
use super::starvation::Starvation;
use crate::engine::VoiceGain;
use crate::timeline::Programme;
use crate::transport::{Command, Place, Programmes, Reason, Stage, State, Then, Transport};
use crate::units::{Decibels, Frames};

const COMMANDS: usize = 256;
const NOTICES: usize = 4096;
const ORDERS: usize = 16;

/// How long the feeder rests when the ring is full.
const REST: Duration = Duration::from_millis(250);
/// How long it rests while the session's gain is awaited.
const SHORT_REST: Duration = Duration::from_millis(5);

/// Where a session stands, and how: enough to go on from there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snapshot {
    /// What is heard.
    pub place: Place,
    /// The frame of the session, also while another programme plays.
    pub session_frame: Frames,
    /// The playhead holds, or is about to.
    pub holds: bool,
    /// The listener is leaving, and has come so far.
    pub ending: Option<Stage>,
    /// Nothing sounds: the playhead holds.
    pub silent: bool,
    /// The volume.
    pub volume: Decibels,
}

/// What the callback shows of itself.
#[derive(Debug, Default)]
pub(super) struct Shared {
    place: AtomicU64,
    session_frame: AtomicU64,
    flags: AtomicU64,
    volume: AtomicU64,
    /// The feeder waits for the session's gain.
    gain_awaited: AtomicBool,
    /// The callback plays nothing for now, as if its ring were dry.
    withheld: AtomicBool,
    /// And what was rendered before is played.
    held_for_gain: AtomicBool,
    over: AtomicBool,
}

const HOLDS: u64 = 1;
const SILENT: u64 = 2;
/// Where the stage of an ending stands among the flags: 0 is none.
const STAGE_SHIFT: u32 = 2;
const STAGES: [Stage; 3] = [Stage::Fading, Stage::Closing, Stage::Stopping];
/// Where the programme stands beside its frame.
const PROGRAMME_SHIFT: u32 = 62;

impl Shared {
    pub(super) fn publish(&self, transport: &Transport) {
        let place = transport.place();
        self.place.store((place.programme as u64) << PROGRAMME_SHIFT | place.frame.0, Ordering::Relaxed);
        self.session_frame.store(transport.session_frame().0, Ordering::Relaxed);
        let flags = match transport.state() {
            State::Paused => HOLDS | SILENT,
            State::Pausing { .. } | State::Jumping { then: Then::Hold, .. } => HOLDS,
            State::Ending(Stage::Fading) => 1 << STAGE_SHIFT,
            State::Ending(Stage::Closing) | State::Ended(Reason::Done | Reason::Exit) => 2 << STAGE_SHIFT,
            State::Ending(Stage::Stopping) | State::Ended(Reason::Stop) => 3 << STAGE_SHIFT,
            _ => 0,
        };
        self.flags.store(flags, Ordering::Relaxed);
        self.volume.store(transport.volume().0.to_bits(), Ordering::Relaxed);
    }

    fn snapshot(&self) -> Snapshot {
        let place = self.place.load(Ordering::Relaxed);
        let programme = match place >> PROGRAMME_SHIFT {
            0 => Programme::Session,
            1 => Programme::Soften,
            _ => Programme::Closing,
        };
        let flags = self.flags.load(Ordering::Relaxed);
        Snapshot {
            place: Place { programme, frame: Frames(place & ((1 << PROGRAMME_SHIFT) - 1)) },
            session_frame: Frames(self.session_frame.load(Ordering::Relaxed)),
            holds: flags & HOLDS != 0,
            ending: (flags >> STAGE_SHIFT).checked_sub(1).and_then(|stage| STAGES.get(stage as usize).copied()),
            silent: flags & SILENT != 0,
            volume: Decibels(f64::from_bits(self.volume.load(Ordering::Relaxed))),
        }
    }

    /// Notes whether the feeder waits for the session's gain.
    pub(super) fn await_gain(&self, awaits: bool) {
        self.gain_awaited.store(awaits, Ordering::Relaxed);
    }

    pub(super) fn awaits_gain(&self) -> bool {
        self.gain_awaited.load(Ordering::Relaxed)
    }

    pub(super) fn withholds(&self) -> bool {
        self.withheld.load(Ordering::Relaxed)
    }

    /// Notes whether there is nothing to play: for want of the gain, if the feeder waits for that.
    pub(super) fn hold_for_gain(&self, waits: bool) {
        self.held_for_gain.store(waits && self.awaits_gain(), Ordering::Relaxed);
    }
}

/// Sends commands and receives notices. Dropping it ends the feeder's thread.
pub struct Handle {
    commands: Producer<Command>,
    notices: Consumer<Notice>,
    troubles: Receiver<String>,
    shared: Arc<Shared>,
    /// Kept so that the last reference to a timeline is never let go on the audio thread.
    _programmes: Programmes,
    feeder: Option<JoinHandle<()>>,
}

impl Handle {
    /// Passes a command on to the callback. Gives it back when very many are waiting already.
    ///
    /// # Errors
    /// The command itself, when the ring is full: the device does not ask for sound.
    pub fn send(&mut self, command: Command) -> Result<(), Command> {
        self.commands.push(command).map_err(|rtrb::PushError::Full(command)| command)
    }

    /// What happened next.
    pub fn notice(&mut self) -> Option<Notice> {
        self.notices.pop().ok()
    }

    /// Withholds what would be played, or lets it go on: it fades within 5 ms, the playhead holds, and no frame is lost.
    pub fn withhold(&self, withholds: bool) {
        self.shared.withheld.store(withholds, Ordering::Relaxed);
    }

    /// Where the session stands, as of the last block.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.shared.snapshot()
    }

    /// Whether silence is held before a clip, as the session's gain is not known yet.
    #[must_use]
    pub fn awaits_gain(&self) -> bool {
        self.shared.held_for_gain.load(Ordering::Relaxed)
    }

    /// What went wrong with a clip next: one sentence. The clip is silent for its time. The same may be told of several cues.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.troubles.try_recv().ok()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        if let Some(feeder) = self.feeder.take() {
            feeder.thread().unpark();
            let _ = feeder.join();
        }
    }
}

/// Begins at a place, ready to play or held there, with the feeder in a thread of its own.
#[must_use]
pub fn start(programmes: Programmes, clips: Clips, voice: VoiceGain, from: Snapshot) -> (Callback, Handle) {
    let (mut callback, mut handle, mut feeder) = without_thread(programmes, clips, voice, from);
    let shared = handle.shared.clone();
    let thread = thread::Builder::new().name("feeder".to_owned()).spawn(move || {
        while !shared.over.load(Ordering::Relaxed) {
            let rest = if feeder.pump() == Pumped::AwaitsGain { SHORT_REST } else { REST };
            thread::park_timeout(rest);
        }
    });
    if let Ok(thread) = thread {
        callback.feeder = Some(thread.thread().clone());
        handle.feeder = Some(thread);
    }
    (callback, handle)
}

/// The same without a thread: whoever calls [`Feeder::pump`] is in command of time.
#[must_use]
pub fn without_thread(
    programmes: Programmes,
    clips: Clips,
    voice: VoiceGain,
    from: Snapshot,
) -> (Callback, Handle, Feeder) {
    let rate = programmes.session.rate;
    let (block_producer, block_consumer) = RingBuffer::new(blocks(rate, AHEAD + HEADROOM));
    let (command_producer, command_consumer) = RingBuffer::new(COMMANDS);
    let (mut order_producer, order_consumer) = RingBuffer::new(ORDERS);
    let (notice_producer, notice_consumer) = RingBuffer::new(NOTICES);
    let shared = Arc::new(Shared::default());
    let then = if from.holds { Then::Hold } else { Then::Play };
    let transport = Transport::new(programmes.clone(), from.place, from.session_frame, then, from.volume);
    shared.publish(&transport);
    let playing = Generation::default();
    let wanted = playing.next();
    let _ = order_producer.push(Order { generation: wanted, place: from.place, playing, until: Frames::ZERO });
    let callback = Callback {
        transport,
        blocks: block_consumer,
        commands: command_consumer,
        orders: order_producer,
        notices: notice_producer,
        shared: shared.clone(),
        feeder: None,
        starvation: Starvation::new(rate),
        gain_awaited: false,
        waits: false,
        playing,
        wanted,
        order: None,
        offset: 0,
        segment: None,
    };
    let (tell, troubles) = mpsc::channel();
    let feeder = Feeder::new(programmes.clone(), clips, voice, block_producer, order_consumer, shared.clone(), tell);
    let handle = Handle {
        commands: command_producer,
        notices: notice_consumer,
        troubles,
        shared,
        _programmes: programmes,
        feeder: None,
    };
    (callback, handle, feeder)
}
