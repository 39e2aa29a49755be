//! The program's side: commands in, notices out, and the feeder's thread.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rtrb::{Consumer, Producer, RingBuffer};

use super::callback::AudioCallback;
use super::feeder::{AHEAD, Clips, Feeder, HEADROOM, PumpResult, TimelineVersion};
use super::ring::{Generation, PlayerNotice, RenderOrder, WaitReason, blocks};
use super::shared::{PlayerSnapshot, Shared};
use super::starvation::Starvation;
use crate::engine::VoiceGain;
use crate::player::transport::{AfterJump, Programmes, Transport, TransportCommand};
use crate::units::Frames;

const COMMANDS: usize = 256;
const NOTICES: usize = 4096;
const ORDERS: usize = 16;
/// One version of the programmes is on its way at a time, and finds room on the way back.
const VERSIONS: usize = 1;
const SPENT: usize = 4;

/// How long the feeder rests when the ring is full.
const REST: Duration = Duration::from_millis(250);
/// How long it rests while the session's gain is awaited.
const SHORT_REST: Duration = Duration::from_millis(5);

/// Sends commands and receives notices. Dropping it ends the feeder's thread.
pub struct PlayerHandle {
    commands: Producer<TransportCommand>,
    /// So many commands were sent.
    sent: u64,
    notices: Consumer<PlayerNotice>,
    troubles: Receiver<String>,
    shared: Arc<Shared>,
    /// Later versions, on their way to the callback and to the feeder.
    versions: (Producer<Programmes>, Sender<TimelineVersion>),
    /// Earlier ones, on their way back from the callback.
    spent: Consumer<Programmes>,
    /// All that the callback may have, so that the last reference to a timeline is never let go on the audio thread.
    held: VecDeque<Programmes>,
    feeder: Option<JoinHandle<()>>,
}

impl PlayerHandle {
    /// Passes a command on to the callback. Gives it back when very many are waiting already.
    ///
    /// # Errors
    /// The command itself, when the ring is full: the device does not ask for sound.
    pub fn send(&mut self, command: TransportCommand) -> Result<(), TransportCommand> {
        self.commands.push(command).map_err(|rtrb::PushError::Full(command)| command)?;
        self.sent += 1;
        Ok(())
    }

    /// Goes on with a later version, of which all up to the horizon of the one before is the same. False where the callback has not
    /// taken up the one before yet: then nothing has changed.
    #[must_use]
    pub fn switch_version(&mut self, version: TimelineVersion) -> bool {
        self.let_go();
        // The callback first: it may order what lies beyond the feeder's horizon, which waits; but it can't play it unawares.
        if self.versions.0.push(version.programmes.clone()).is_err() {
            return false;
        }
        self.held.push_back(version.programmes.clone());
        let _ = self.versions.1.send(version);
        if let Some(feeder) = &self.feeder {
            feeder.thread().unpark();
        }
        true
    }

    /// Lets go of what the callback has given back.
    fn let_go(&mut self) {
        while self.spent.pop().is_ok() {
            self.held.pop_front();
        }
    }

    /// What happened next.
    pub fn next_notice(&mut self) -> Option<PlayerNotice> {
        self.let_go();
        self.notices.pop().ok()
    }

    /// Withholds what would be played, or lets it go on: it fades within 5 ms, the playhead holds, and no frame is lost.
    pub fn hold_output(&self, withholds: bool) {
        self.shared.withhold(withholds);
    }

    /// Where the session stands, as of the last block.
    #[must_use]
    pub fn snapshot(&self) -> PlayerSnapshot {
        self.shared.snapshot()
    }

    /// Whether the session is listened to, and will be unless another command is sent. While the gentler passage or the closing
    /// plays or is on its way, what is shown of it has to stay what it was when it began.
    #[must_use]
    pub fn is_in_session(&self) -> bool {
        self.shared.is_in_session(self.sent)
    }

    /// What silence is held for, where what comes next can't be rendered yet.
    #[must_use]
    pub fn wait_reason(&self) -> Option<WaitReason> {
        self.shared.held_for()
    }

    /// What went wrong with a clip next: one sentence. The clip is silent for its time. The same may be told of several cues.
    #[must_use]
    pub fn next_clip_error(&self) -> Option<String> {
        self.troubles.try_recv().ok()
    }
}

impl Drop for PlayerHandle {
    fn drop(&mut self) {
        self.shared.finish();
        if let Some(feeder) = self.feeder.take() {
            feeder.thread().unpark();
            let _ = feeder.join();
        }
    }
}

/// Begins at a place, ready to play or held there, with the feeder in a thread of its own.
#[must_use]
pub fn start(
    programmes: Programmes,
    clips: Clips,
    voice: VoiceGain,
    from: PlayerSnapshot,
) -> (AudioCallback, PlayerHandle) {
    let (mut callback, mut handle, mut feeder) = start_without_thread(programmes, clips, voice, from);
    let shared = handle.shared.clone();
    let thread = thread::Builder::new().name("feeder".to_owned()).spawn(move || {
        while !shared.is_over() {
            // Speech comes with a version, which wakes this thread; of the gain nobody tells.
            let rest = if feeder.pump() == PumpResult::Awaits(WaitReason::Gain) { SHORT_REST } else { REST };
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
pub fn start_without_thread(
    programmes: Programmes,
    clips: Clips,
    voice: VoiceGain,
    from: PlayerSnapshot,
) -> (AudioCallback, PlayerHandle, Feeder) {
    let rate = programmes.session.rate;
    let (block_producer, block_consumer) = RingBuffer::new(blocks(rate, AHEAD + HEADROOM));
    let (command_producer, command_consumer) = RingBuffer::new(COMMANDS);
    let (mut order_producer, order_consumer) = RingBuffer::new(ORDERS);
    let (notice_producer, notice_consumer) = RingBuffer::new(NOTICES);
    let (version_producer, version_consumer) = RingBuffer::new(VERSIONS);
    let (spent_producer, spent_consumer) = RingBuffer::new(SPENT);
    let (tell_feeder, versions) = mpsc::channel();
    let shared = Arc::new(Shared::default());
    let then = if from.paused { AfterJump::Hold } else { AfterJump::Play };
    let transport = Transport::new(programmes.clone(), from.playhead, from.session_frame, then, from.volume);
    shared.publish(&transport);
    let playing = Generation::default();
    let wanted = playing.next();
    let _ = order_producer.push(RenderOrder { generation: wanted, place: from.playhead, playing, until: Frames::ZERO });
    let callback = AudioCallback {
        transport,
        blocks: block_consumer,
        commands: command_consumer,
        heard: 0,
        versions: version_consumer,
        spent: spent_producer,
        orders: order_producer,
        notices: notice_producer,
        shared: shared.clone(),
        feeder: None,
        starvation: Starvation::new(rate),
        waits: false,
        playing,
        wanted,
        order: None,
        offset: 0,
        segment: None,
    };
    let (tell, troubles) = mpsc::channel();
    let version = TimelineVersion { programmes: programmes.clone(), clips };
    let feeder = Feeder::new(version, versions, voice, block_producer, order_consumer, shared.clone(), tell);
    let handle = PlayerHandle {
        commands: command_producer,
        sent: 0,
        notices: notice_consumer,
        troubles,
        shared,
        versions: (version_producer, tell_feeder),
        spent: spent_consumer,
        held: VecDeque::from([programmes]),
        feeder: None,
    };
    (callback, handle, feeder)
}
