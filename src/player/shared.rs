//! Flags between the threads of a player.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// Why the playhead is held in silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// The loudness of the recordings is still being measured, and their common gain depends on it.
    Gain,
    /// The next line is still being spoken.
    Speech,
}

/// Flags that the feeder, the callback and the handle share.
#[derive(Debug, Default)]
pub(super) struct SharedFlags {
    /// The reason why the feeder waits, as a code.
    feeder_waits_for: AtomicU8,
    /// Whether the callback fades out and holds, as if the ring were dry.
    output_held: AtomicBool,
    /// Whether the open silence continues after its natural length, because the listener can leave it.
    can_end_open_silence: AtomicBool,
    /// Set when the handle is dropped.
    shutdown: AtomicBool,
}

const WAIT_NONE: u8 = 0;
const WAIT_GAIN: u8 = 1;
const WAIT_SPEECH: u8 = 2;

impl SharedFlags {
    /// A thread that sees this value also sees every block rendered before it.
    pub(super) fn set_feeder_wait(&self, reason: Option<WaitReason>) {
        let code = match reason {
            None => WAIT_NONE,
            Some(WaitReason::Gain) => WAIT_GAIN,
            Some(WaitReason::Speech) => WAIT_SPEECH,
        };
        self.feeder_waits_for.store(code, Ordering::Release);
    }

    /// Returns what the feeder waits for, if the next frames can't be rendered yet.
    pub(super) fn feeder_wait(&self) -> Option<WaitReason> {
        match self.feeder_waits_for.load(Ordering::Acquire) {
            WAIT_GAIN => Some(WaitReason::Gain),
            WAIT_SPEECH => Some(WaitReason::Speech),
            _ => None,
        }
    }

    pub(super) fn hold_output(&self, holds: bool) {
        self.output_held.store(holds, Ordering::Relaxed);
    }

    pub(super) fn is_output_held(&self) -> bool {
        self.output_held.load(Ordering::Relaxed)
    }

    /// Sets whether the listener can leave the open silence.
    pub(super) fn set_can_end_open_silence(&self, can_end_open_silence: bool) {
        self.can_end_open_silence.store(can_end_open_silence, Ordering::Relaxed);
    }

    pub(super) fn can_end_open_silence(&self) -> bool {
        self.can_end_open_silence.load(Ordering::Relaxed)
    }

    pub(super) fn shut_down(&self) {
        self.shutdown.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.shutdown.load(Ordering::Relaxed)
    }
}
