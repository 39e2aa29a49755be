//! Where the player's frames become the device's samples.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rodio::{ChannelCount, SampleRate, Source};
use rtrb::{Consumer, Producer, RingBuffer};
use rubato::ResamplerConstructionError;

use super::buffer::{CapacityMeter, DeviceBuffer};
use super::rate_converter::RateConverter;
use crate::io::priority;
use crate::player::AudioCallback;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// How many frames are requested from the callback at once.
const BLOCK_FRAMES: usize = 64;

/// What both sides of a source see.
#[derive(Debug)]
struct SlotState {
    created: Instant,
    rate: Rate,
    /// The device's buffer. It changes when a sound server moves the stream to another sink.
    period: AtomicU64,
    capacity: AtomicU64,
    /// What the source itself holds back: the delay of its rate converter.
    delay: Frames,
    /// How many blocks the device has asked for.
    heartbeat: AtomicU64,
    /// When it asked last, in nanoseconds since `created`.
    last_request: AtomicU64,
    /// The sound system has reported an underrun.
    device_ran_dry: AtomicBool,
    /// The callback is wanted back as soon as it is silent.
    is_recalled: AtomicBool,
}

impl SlotState {
    fn buffer(&self) -> DeviceBuffer {
        let frames = |count: &AtomicU64| Frames(count.load(Ordering::Relaxed));
        DeviceBuffer { rate: self.rate, period: frames(&self.period), capacity: frames(&self.capacity) }
    }

    fn set_buffer(&self, buffer: DeviceBuffer) {
        self.period.store(buffer.period.0, Ordering::Relaxed);
        self.capacity.store(buffer.capacity.0, Ordering::Relaxed);
    }

    fn now(&self) -> Duration {
        self.created.elapsed()
    }
}

/// The program's side of a source: puts a callback in, and takes it out again.
pub(super) struct CallbackSlot {
    state: Arc<SlotState>,
    incoming: Producer<AudioCallback>,
    outgoing: Consumer<AudioCallback>,
}

impl CallbackSlot {
    /// Plays a callback from now on. There is none yet, or it was taken back.
    pub(super) fn insert(&mut self, callback: AudioCallback) {
        self.state.is_recalled.store(false, Ordering::Relaxed);
        let _ = self.incoming.push(callback);
    }

    /// Takes the callback back if it is silent; silence is played from there on. Otherwise it is taken as soon as it is silent, and this
    /// has to be called again.
    pub(super) fn take(&mut self) -> Option<AudioCallback> {
        self.state.is_recalled.store(true, Ordering::Relaxed);
        self.outgoing.pop().ok()
    }

    pub(super) fn heartbeat(&self) -> u64 {
        self.state.heartbeat.load(Ordering::Relaxed)
    }

    /// What has been played but not heard yet, as far as can be known.
    pub(super) fn unheard_frames(&self) -> Frames {
        let last_request = Duration::from_nanos(self.state.last_request.load(Ordering::Relaxed));
        let since_request = self.state.now().saturating_sub(last_request);
        self.state.buffer().unheard_frames(since_request) + self.state.delay
    }

    /// The most that can have been played but not heard yet.
    pub(super) fn buffered_frames(&self) -> Frames {
        self.state.buffer().capacity + self.state.delay
    }

    /// A way for a sound system to report an underrun, from any thread.
    pub(super) fn underrun_reporter(&self) -> impl Fn() + Send + use<> {
        let state = self.state.clone();
        move || state.device_ran_dry.store(true, Ordering::Relaxed)
    }
}

/// The player's frames as a source of rodio's kind, sample by sample, at the rate of the device. It never ends: a source that ends is freed
/// on the audio thread.
pub(super) struct CallbackSource {
    state: Arc<SlotState>,
    incoming: Consumer<AudioCallback>,
    outgoing: Producer<AudioCallback>,
    callback: Option<AudioCallback>,
    device_rate: Rate,
    /// Only where the device has another rate than the session.
    converter: Option<RateConverter>,
    /// Only where the sound system does not say how much the device holds.
    meter: Option<CapacityMeter>,
    block: [Frame; BLOCK_FRAMES],
    /// The block as interleaved samples at the rate of the device.
    samples: Vec<f32>,
    sample_count: usize,
    /// The next sample to play.
    next_sample: usize,
    last_request: Duration,
    /// A gap was noticed by the clock, and the device may still report the same gap.
    is_gap_noticed: bool,
}

impl CallbackSource {
    /// A source for a device that runs at `device_rate` and has this buffer. Silent until a callback is inserted.
    ///
    /// # Errors
    /// When the rate of the session can't be converted to that of the device.
    pub(super) fn new(
        device_rate: Rate,
        buffer: DeviceBuffer,
    ) -> Result<(Self, CallbackSlot), ResamplerConstructionError> {
        let converter = if device_rate == buffer.rate {
            None
        } else {
            Some(RateConverter::new(buffer.rate, device_rate, BLOCK_FRAMES)?)
        };
        let max_samples = converter.as_ref().map_or(2 * BLOCK_FRAMES, RateConverter::max_samples);
        let state = Arc::new(SlotState {
            created: Instant::now(),
            rate: buffer.rate,
            period: AtomicU64::new(buffer.period.0),
            capacity: AtomicU64::new(buffer.capacity.0),
            delay: converter.as_ref().map_or(Frames::ZERO, |_| RateConverter::DELAY),
            heartbeat: AtomicU64::new(0),
            last_request: AtomicU64::new(0),
            device_ran_dry: AtomicBool::new(false),
            is_recalled: AtomicBool::new(false),
        });
        let ((incoming, incoming_end), (outgoing_end, outgoing)) = (RingBuffer::new(1), RingBuffer::new(1));
        let source = Self {
            state: state.clone(),
            incoming: incoming_end,
            outgoing: outgoing_end,
            callback: None,
            device_rate,
            converter,
            meter: None,
            block: [SILENCE; BLOCK_FRAMES],
            samples: vec![0.0; max_samples],
            sample_count: 0,
            next_sample: 0,
            last_request: Duration::ZERO,
            is_gap_noticed: false,
        };
        Ok((source, CallbackSlot { state, incoming, outgoing }))
    }

    /// Measures how much the device holds, which may be more than was requested.
    pub(super) fn measure_capacity(&mut self) {
        self.meter = Some(CapacityMeter::new(self.state.rate));
    }

    /// The device has another buffer from now on, at the same rate.
    pub(super) fn set_buffer(&self, buffer: DeviceBuffer) {
        self.state.set_buffer(buffer);
    }

    /// The device reports that it had nothing to play.
    pub(super) fn report_underrun(&mut self) {
        self.state.device_ran_dry.store(true, Ordering::Relaxed);
    }

    fn refill(&mut self) {
        if self.last_request == Duration::ZERO {
            priority::raise();
        }
        let now = self.state.now();
        let since_request = now.saturating_sub(std::mem::replace(&mut self.last_request, now));
        self.exchange_callback();
        self.report_gaps(self.state.buffer().missed_frames(since_request));
        self.measure(now);
        match &mut self.callback {
            Some(callback) => callback.fill(&mut self.block),
            None => self.block.fill(SILENCE),
        }
        self.sample_count = if let Some(converter) = &mut self.converter {
            converter.process(&self.block, &mut self.samples)
        } else {
            self.samples.copy_from_slice(self.block.as_flattened());
            self.samples.len()
        };
        self.next_sample = 0;
        self.state.last_request.store(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.state.heartbeat.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells the callback where the device had nothing to play, once for each gap. The device also reports gaps that the clock does not show,
    /// and not how long they were: a frame at least.
    fn report_gaps(&mut self, missed: Frames) {
        let ran_dry = self.state.device_ran_dry.swap(false, Ordering::Relaxed);
        let Some(callback) = &mut self.callback else { return };
        if missed > Frames::ZERO {
            self.is_gap_noticed = callback.report_gap(missed) && !ran_dry;
        } else if ran_dry && !std::mem::take(&mut self.is_gap_noticed) {
            callback.report_gap(Frames(1));
        }
    }

    fn measure(&mut self, now: Duration) {
        let Some(meter) = &mut self.meter else { return };
        match meter.note(now, Frames(BLOCK_FRAMES as u64)) {
            Some(level) => {
                self.state.capacity.fetch_max(level.0, Ordering::Relaxed);
            }
            None => self.meter = None,
        }
    }

    /// Between two blocks, the callback may come or go.
    fn exchange_callback(&mut self) {
        if self.callback.is_none() {
            self.callback = self.incoming.pop().ok();
        } else if self.state.is_recalled.load(Ordering::Relaxed)
            && let Some(callback) = self.callback.take_if(|callback| callback.is_silent())
            && let Err(rtrb::PushError::Full(callback)) = self.outgoing.push(callback)
        {
            self.callback = Some(callback);
        }
    }
}

impl Iterator for CallbackSource {
    type Item = f32;

    #[inline]
    fn next(&mut self) -> Option<f32> {
        while self.next_sample == self.sample_count {
            self.refill();
        }
        let sample = self.samples[self.next_sample];
        self.next_sample += 1;
        Some(sample)
    }
}

impl Source for CallbackSource {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> ChannelCount {
        NonZero::<u16>::MIN.saturating_add(1)
    }

    fn sample_rate(&self) -> SampleRate {
        NonZero::new(self.device_rate.hertz()).unwrap_or(NonZero::<u32>::MIN)
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests;
