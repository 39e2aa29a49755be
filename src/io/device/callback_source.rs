//! Converts the player's frames to the device's samples.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rodio::{ChannelCount, SampleRate, Source};
use rtrb::{Consumer, Producer, RingBuffer};
use rubato::ResamplerConstructionError;

use super::buffer::{CapacityMeter, DeviceBuffer};
use super::callback_slot::{CallbackSlot, SlotState};
use super::rate_converter::RateConverter;
use super::wake::{KeepAwake, WakeRequests};
use crate::io::priority;
use crate::player::AudioCallback;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// The number of frames requested from the callback at once.
const BLOCK_FRAMES: usize = 64;

/// The player's frames as a rodio source, sample by sample, at the rate of the device. It never ends, because a source that ends is freed
/// on the audio thread.
pub(super) struct CallbackSource {
    state: Arc<SlotState>,
    incoming: Consumer<AudioCallback>,
    outgoing: Producer<AudioCallback>,
    callback: Option<AudioCallback>,
    device_rate: Rate,
    /// Present only if the rate of the device differs from that of the session.
    converter: Option<RateConverter>,
    /// Present only if the sound system does not report the size of its buffer.
    meter: Option<CapacityMeter>,
    block: [Frame; BLOCK_FRAMES],
    /// The block as interleaved samples at the rate of the device.
    samples: Vec<f32>,
    sample_count: usize,
    /// The next sample to play.
    next_sample: usize,
    last_request: Duration,
    /// Whether the device has stopped or not started yet: its requests do not count as a heartbeat, and their times are ignored.
    is_stopped: bool,
    keep_awake: KeepAwake,
    /// Whether a gap was detected by the clock, and the device may still report the same gap.
    is_gap_noticed: bool,
}

impl CallbackSource {
    /// Creates a source for a device that runs at `device_rate` and has this buffer. Silent until a callback is inserted.
    ///
    /// # Errors
    /// If the rate of the session can't be converted to that of the device.
    pub(super) fn new(
        device_rate: Rate,
        buffer: DeviceBuffer,
        wake: WakeRequests,
    ) -> Result<(Self, CallbackSlot), ResamplerConstructionError> {
        let converter = if device_rate == buffer.rate {
            None
        } else {
            Some(RateConverter::new(buffer.rate, device_rate, BLOCK_FRAMES)?)
        };
        let max_samples = converter.as_ref().map_or(2 * BLOCK_FRAMES, RateConverter::max_samples);
        let delay = if converter.is_some() { RateConverter::DELAY } else { Frames::ZERO };
        let wake = Arc::new(wake);
        let state = Arc::new(SlotState::new(buffer, delay, wake.clone()));
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
            is_stopped: false,
            keep_awake: KeepAwake::new(wake, buffer.rate, device_rate),
            is_gap_noticed: false,
        };
        Ok((source, CallbackSlot { state, incoming, outgoing }))
    }

    /// Measures the buffer of the device, which may be larger than requested.
    pub(super) fn measure_capacity(&mut self) {
        self.meter = Some(CapacityMeter::new(self.state.rate));
    }

    /// Sets another buffer of the device, at the same rate.
    pub(super) fn set_buffer(&self, buffer: DeviceBuffer) {
        self.state.set_buffer(buffer);
    }

    /// Reports that the device had nothing to play.
    pub(super) fn report_underrun(&mut self) {
        self.state.has_underrun.store(true, Ordering::Relaxed);
    }

    /// Reports that the device has stopped or not started yet, so that its requests fill the buffer in advance.
    pub(super) fn on_device_stopped(&mut self) {
        self.is_stopped = true;
    }

    /// Reports that the device plays from now on.
    pub(super) fn on_device_started(&mut self) {
        if std::mem::take(&mut self.is_stopped) {
            self.last_request = self.state.now();
        }
    }

    /// Reports that the stopped device is about to play again, and may have fallen asleep.
    pub(super) fn on_device_restarting(&mut self) {
        self.on_device_stopped();
        self.keep_awake.restart();
    }

    /// Returns whether everything has been heard, and the noise has faded, so that the device may be stopped.
    pub(super) fn has_drained(&self) -> bool {
        let is_silent = self.callback.as_ref().is_none_or(AudioCallback::is_silent);
        is_silent && self.keep_awake.quiet_frames() > self.state.buffer().capacity
    }

    fn refill(&mut self) {
        if self.last_request == Duration::ZERO {
            priority::raise();
        }
        let now = self.state.now();
        let since_request = now.saturating_sub(std::mem::replace(&mut self.last_request, now));
        self.exchange_callback();
        let missed = if self.is_stopped { Frames::ZERO } else { self.state.buffer().missed_frames(since_request) };
        self.report_gaps(missed);
        self.measure(now);
        self.fill_block();
        self.sample_count = if let Some(converter) = &mut self.converter {
            converter.process(&self.block, &mut self.samples)
        } else {
            self.samples.copy_from_slice(self.block.as_flattened());
            self.samples.len()
        };
        self.keep_awake.add_noise(&mut self.samples[..self.sample_count], Frames(BLOCK_FRAMES as u64));
        self.next_sample = 0;
        self.state.last_request.store(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        if !self.is_stopped {
            self.state.heartbeat.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Fills the block with the next frames of the session, or with silence while there is no callback.
    fn fill_block(&mut self) {
        const BLOCK: Frames = Frames(BLOCK_FRAMES as u64);
        let must_wait = self.keep_awake.must_wait(BLOCK);
        match self.callback.as_mut().filter(|_| !must_wait) {
            Some(callback) if callback.is_silent() => {
                callback.fill(&mut self.block);
                self.state.sounding.store(0, Ordering::Relaxed);
            }
            Some(callback) => {
                callback.fill(&mut self.block);
                self.state.sounding.fetch_add(BLOCK.0, Ordering::Relaxed);
            }
            None => self.block.fill(SILENCE),
        }
    }

    /// Reports a gap of the device to the callback, once. The device also reports gaps that the clock does not show, without their length,
    /// which is at least a frame.
    fn report_gaps(&mut self, missed: Frames) {
        let ran_dry = self.state.has_underrun.swap(false, Ordering::Relaxed);
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

    /// Inserts or removes the callback, between two blocks.
    fn exchange_callback(&mut self) {
        if self.callback.is_none() {
            self.callback = self.incoming.pop().ok();
            if let Some(callback) = self.callback.as_mut().filter(|_| self.is_stopped) {
                callback.expect_prefill(self.state.buffer().capacity);
            }
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
