//! The control side of a source.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer};

use super::buffer::DeviceBuffer;
use super::wake::WakeRequests;
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// The state shared by both sides of a source.
#[derive(Debug)]
pub(super) struct SlotState {
    created: Instant,
    pub(super) rate: Rate,
    /// The device's buffer. It changes when a sound server moves the stream to another sink.
    pub(super) period: AtomicU64,
    pub(super) capacity: AtomicU64,
    /// The delay of the source's own rate converter.
    delay: Frames,
    /// The number of blocks requested by the device since it started to play.
    pub(super) heartbeat: AtomicU64,
    /// The time of the last request, in nanoseconds since `created`.
    pub(super) last_request: AtomicU64,
    /// The number of frames of sound since the last silence.
    pub(super) sounding: AtomicU64,
    /// Whether the sound system has reported an underrun.
    pub(super) has_underrun: AtomicBool,
    /// Whether the callback is to be returned as soon as it is silent.
    pub(super) is_recalled: AtomicBool,
    pub(super) wake: Arc<WakeRequests>,
}

impl SlotState {
    pub(super) fn new(buffer: DeviceBuffer, delay: Frames, wake: Arc<WakeRequests>) -> Self {
        Self {
            created: Instant::now(),
            rate: buffer.rate,
            period: AtomicU64::new(buffer.period.0),
            capacity: AtomicU64::new(buffer.capacity.0),
            delay,
            heartbeat: AtomicU64::new(0),
            last_request: AtomicU64::new(0),
            sounding: AtomicU64::new(0),
            has_underrun: AtomicBool::new(false),
            is_recalled: AtomicBool::new(false),
            wake,
        }
    }

    pub(super) fn buffer(&self) -> DeviceBuffer {
        let frames = |count: &AtomicU64| Frames(count.load(Ordering::Relaxed));
        DeviceBuffer { rate: self.rate, period: frames(&self.period), capacity: frames(&self.capacity) }
    }

    pub(super) fn set_buffer(&self, buffer: DeviceBuffer) {
        self.period.store(buffer.period.0, Ordering::Relaxed);
        self.capacity.store(buffer.capacity.0, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> Duration {
        self.created.elapsed()
    }
}

/// The control side of a source: inserts and removes a callback.
pub(super) struct CallbackSlot {
    pub(super) state: Arc<SlotState>,
    pub(super) incoming: Producer<AudioCallback>,
    pub(super) outgoing: Consumer<AudioCallback>,
}

impl CallbackSlot {
    /// Plays a callback from now on. The slot must be empty.
    pub(super) fn insert(&mut self, callback: AudioCallback) {
        self.state.is_recalled.store(false, Ordering::Relaxed);
        let _ = self.incoming.push(callback);
    }

    /// Takes the callback back if it is silent; silence follows. Otherwise requests it, and this must be called again.
    pub(super) fn take(&mut self) -> Option<AudioCallback> {
        self.state.is_recalled.store(true, Ordering::Relaxed);
        self.outgoing.pop().ok()
    }

    /// Returns the rate of the session.
    pub(super) fn rate(&self) -> Rate {
        self.state.rate
    }

    pub(super) fn heartbeat(&self) -> u64 {
        self.state.heartbeat.load(Ordering::Relaxed)
    }

    /// Returns an estimate of the sound that was played but not heard yet. Silence does not count.
    pub(super) fn unheard_frames(&self) -> Frames {
        let last_request = Duration::from_nanos(self.state.last_request.load(Ordering::Relaxed));
        let since_request = self.state.now().saturating_sub(last_request);
        let unheard = self.state.buffer().unheard_frames(since_request) + self.state.delay;
        unheard.min(Frames(self.state.sounding.load(Ordering::Relaxed)))
    }

    /// Returns an upper bound of the sound that was played but not heard yet.
    pub(super) fn buffered_frames(&self) -> Frames {
        self.state.buffer().capacity + self.state.delay
    }

    /// Returns the requests for keeping the device awake.
    pub(super) fn wake_requests(&self) -> &Arc<WakeRequests> {
        &self.state.wake
    }

    /// Returns a handle through which a sound system reports an underrun, from any thread.
    pub(super) fn underrun_reporter(&self) -> impl Fn() + Send + use<> {
        let state = self.state.clone();
        move || state.has_underrun.store(true, Ordering::Relaxed)
    }
}
