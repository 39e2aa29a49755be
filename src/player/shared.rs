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
    /// What the feeder waits for, as a code.
    feeder_waits_for: AtomicU8,
    /// The callback fades out and holds, as if its ring were dry.
    output_held: AtomicBool,
    /// The open silence goes on after its natural length, as there is somebody who can leave it.
    is_attended: AtomicBool,
    /// Set when the handle is dropped.
    shutdown: AtomicBool,
}

const WAIT_NONE: u8 = 0;
const WAIT_GAIN: u8 = 1;
const WAIT_SPEECH: u8 = 2;

impl SharedFlags {
    /// Whoever sees that the feeder waits also sees every block that it rendered before.
    pub(super) fn set_feeder_wait(&self, reason: Option<WaitReason>) {
        let code = match reason {
            None => WAIT_NONE,
            Some(WaitReason::Gain) => WAIT_GAIN,
            Some(WaitReason::Speech) => WAIT_SPEECH,
        };
        self.feeder_waits_for.store(code, Ordering::Release);
    }

    /// What the feeder waits for, if it can't render what comes next.
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

    /// Sets whether somebody can leave the open silence.
    pub(super) fn set_attended(&self, is_attended: bool) {
        self.is_attended.store(is_attended, Ordering::Relaxed);
    }

    pub(super) fn is_attended(&self) -> bool {
        self.is_attended.load(Ordering::Relaxed)
    }

    pub(super) fn shut_down(&self) {
        self.shutdown.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.shutdown.load(Ordering::Relaxed)
    }
}
