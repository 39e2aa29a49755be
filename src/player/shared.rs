//! What the callback, the feeder and the program's side see of each other at any moment.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use super::ring::WaitReason;
use crate::player::transport::{AfterJump, EndReason, ExitStage, Playhead, Transport, TransportState};
use crate::timeline::Programme;
use crate::units::{Decibels, Frames};

/// Where a session stands, and how: enough to go on from there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlayerSnapshot {
    /// What is heard.
    pub playhead: Playhead,
    /// The frame of the session, also while another programme plays.
    pub session_frame: Frames,
    /// The playhead holds, or is about to.
    pub paused: bool,
    /// The listener is leaving, and has come so far.
    pub exit_stage: Option<ExitStage>,
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
    /// So many commands were heard.
    heard: AtomicU64,
    /// What the feeder waits for.
    awaited: AtomicU8,
    /// The same, once what was rendered before is played.
    held_for: AtomicU8,
    /// The callback plays nothing for now, as if its ring were dry.
    withheld: AtomicBool,
    /// Nobody listens any more.
    over: AtomicBool,
}

const NOTHING: u8 = 0;
const GAIN: u8 = 1;
const SPEECH: u8 = 2;

fn awaited(flag: &AtomicU8) -> Option<WaitReason> {
    // Who knows that nothing more comes has seen all that was there before.
    match flag.load(Ordering::Acquire) {
        GAIN => Some(WaitReason::Gain),
        SPEECH => Some(WaitReason::Speech),
        _ => None,
    }
}

fn note(flag: &AtomicU8, awaited: Option<WaitReason>) {
    let value = match awaited {
        None => NOTHING,
        Some(WaitReason::Gain) => GAIN,
        Some(WaitReason::Speech) => SPEECH,
    };
    flag.store(value, Ordering::Release);
}

const HOLDS: u64 = 1;
const SILENT: u64 = 2;
/// Where the stage of an ending stands among the flags: 0 is none.
const STAGE_SHIFT: u32 = 2;
const STAGE_MASK: u64 = 3;
/// Another programme than the session is heard, or on its way.
const ASIDE: u64 = 16;
const STAGES: [ExitStage; 3] = [ExitStage::Fading, ExitStage::Closing, ExitStage::Stopping];
/// Where the programme stands beside its frame.
const PROGRAMME_SHIFT: u32 = 62;

impl Shared {
    pub(super) fn publish(&self, transport: &Transport) {
        let place = transport.stand();
        self.place.store((place.programme as u64) << PROGRAMME_SHIFT | place.frame.0, Ordering::Relaxed);
        let is_left = matches!(transport.state(), TransportState::Ending(ExitStage::Fading));
        let stands_in_session = place.programme == Programme::Session && !is_left;
        let session_frame = if stands_in_session { place.frame } else { transport.session_frame() };
        self.session_frame.store(session_frame.0, Ordering::Relaxed);
        let flags = match transport.state() {
            TransportState::Paused => HOLDS | SILENT,
            TransportState::Pausing { .. } | TransportState::Jumping { then: AfterJump::Hold, .. } => HOLDS,
            TransportState::Ending(ExitStage::Fading) => 1 << STAGE_SHIFT,
            TransportState::Ending(ExitStage::Closing)
            | TransportState::Ended(EndReason::Completed | EndReason::Exited) => 2 << STAGE_SHIFT,
            TransportState::Ending(ExitStage::Stopping) | TransportState::Ended(EndReason::Stopped) => 3 << STAGE_SHIFT,
            _ => 0,
        };
        let aside = if transport.is_in_session() { 0 } else { ASIDE };
        self.flags.store(flags | aside, Ordering::Relaxed);
        self.volume.store(transport.volume().0.to_bits(), Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> PlayerSnapshot {
        let place = self.place.load(Ordering::Relaxed);
        let programme = match place >> PROGRAMME_SHIFT {
            0 => Programme::Session,
            1 => Programme::Soften,
            _ => Programme::Closing,
        };
        let flags = self.flags.load(Ordering::Relaxed);
        let stage = flags >> STAGE_SHIFT & STAGE_MASK;
        PlayerSnapshot {
            playhead: Playhead { programme, frame: Frames(place & ((1 << PROGRAMME_SHIFT) - 1)) },
            session_frame: Frames(self.session_frame.load(Ordering::Relaxed)),
            paused: flags & HOLDS != 0,
            exit_stage: stage.checked_sub(1).and_then(|stage| STAGES.get(stage as usize).copied()),
            silent: flags & SILENT != 0,
            volume: Decibels(f64::from_bits(self.volume.load(Ordering::Relaxed))),
        }
    }

    /// Notes how many commands were heard, once it is published what they led to.
    pub(super) fn note_heard(&self, commands: u64) {
        self.heard.store(commands, Ordering::Release);
    }

    /// Whether the session is heard, and nothing leads away from it: none of so many commands that were sent either.
    pub(super) fn is_in_session(&self, sent: u64) -> bool {
        self.heard.load(Ordering::Acquire) == sent && self.flags.load(Ordering::Relaxed) & ASIDE == 0
    }

    /// Notes what the feeder waits for.
    pub(super) fn await_more(&self, awaited: Option<WaitReason>) {
        note(&self.awaited, awaited);
    }

    pub(super) fn awaits(&self) -> Option<WaitReason> {
        awaited(&self.awaited)
    }

    pub(super) fn withholds(&self) -> bool {
        self.withheld.load(Ordering::Relaxed)
    }

    /// Notes whether there is nothing to play: for want of what the feeder waits for, if it does.
    pub(super) fn hold(&self, waits: bool) {
        note(&self.held_for, self.awaits().filter(|_| waits));
    }

    /// What silence is held for.
    pub(super) fn held_for(&self) -> Option<WaitReason> {
        awaited(&self.held_for)
    }

    /// Withholds what would be played, or lets it go on.
    pub(super) fn withhold(&self, withholds: bool) {
        self.withheld.store(withholds, Ordering::Relaxed);
    }

    /// Nobody listens any more.
    pub(super) fn finish(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}
