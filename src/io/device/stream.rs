//! An open device that plays.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use rodio::cpal::{self, BufferSize, SampleFormat};
use rodio::{ChannelCount, DeviceSinkBuilder, MixerDeviceSink, SampleRate, Source};

use super::found::Found;
use super::{DeviceError, within};
use crate::player::Callback;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// So many frames are asked of the transport at once.
const BLOCK: usize = 64;

/// A device that plays. Dropping it never waits: a server that has forgotten the stream would keep it waiting for ever.
pub struct Stream {
    sink: Option<MixerDeviceSink>,
    beats: Arc<AtomicU64>,
    /// Of the device's buffer, in all.
    buffer: Frames,
    /// As people know it.
    pub name: String,
}

impl Stream {
    /// Opens a device that asks for `period` frames at once and holds twice as many. `lost` is told when it is gone.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn open(found: Found, callback: Callback, period: Frames, lost: Sender<()>) -> Result<Self, DeviceError> {
        let (name, rate) = (found.name.clone(), found.rate);
        let beats = Arc::new(AtomicU64::new(0));
        let tap = Tap { callback, rate, block: [SILENCE; BLOCK], next: 2 * BLOCK, beats: beats.clone() };
        let opened = within(move || open(found, period, lost))
            .unwrap_or_else(|| Err("the sound system does not answer".to_owned()));
        let mut sink = opened.map_err(DeviceError::Failed)?;
        sink.log_on_drop(false);
        sink.mixer().add(tap);
        Ok(Self { sink: Some(sink), beats, buffer: Frames(2 * period.0), name })
    }

    /// Counts the blocks that the device asked for. Where it stands still, the device hangs.
    #[must_use]
    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::Relaxed)
    }

    /// What has been played but not heard yet.
    #[must_use]
    pub fn buffer(&self) -> Frames {
        self.buffer
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let sink = self.sink.take();
        let _ = std::thread::Builder::new().name("closing the device".to_owned()).spawn(move || drop(sink));
    }
}

fn open(found: Found, period: Frames, lost: Sender<()>) -> Result<MixerDeviceSink, String> {
    let rate = NonZero::new(found.rate.hertz()).ok_or("the device has no rate")?;
    let period = u32::try_from(period.0).map_err(|_| "the buffer is too long")?;
    DeviceSinkBuilder::from_device(found.device)
        .map_err(|error| error.to_string())?
        .with_channels(NonZero::<u16>::MIN.saturating_add(1))
        .with_sample_rate(rate)
        .with_sample_format(SampleFormat::F32)
        .with_buffer_size(BufferSize::Fixed(period))
        .with_error_callback(move |error: cpal::Error| {
            if is_loss(&error) {
                let _ = lost.send(());
            }
        })
        .open_stream()
        .map_err(|error| error.to_string())
}

/// An underrun is mended by the sound system itself; the rest does not come back by itself.
fn is_loss(error: &cpal::Error) -> bool {
    matches!(error.kind(), cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::StreamInvalidated)
}

/// Hands the transport's frames to rodio, sample by sample. It never ends: its end would be freed on the audio thread.
struct Tap {
    callback: Callback,
    rate: Rate,
    block: [Frame; BLOCK],
    /// The next sample of the block.
    next: usize,
    beats: Arc<AtomicU64>,
}

impl Iterator for Tap {
    type Item = f32;

    #[inline]
    fn next(&mut self) -> Option<f32> {
        if self.next == 2 * BLOCK {
            self.callback.fill(&mut self.block);
            self.beats.fetch_add(1, Ordering::Relaxed);
            self.next = 0;
        }
        let sample = self.block[self.next / 2][self.next % 2];
        self.next += 1;
        Some(sample)
    }
}

impl Source for Tap {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> ChannelCount {
        NonZero::<u16>::MIN.saturating_add(1)
    }

    fn sample_rate(&self) -> SampleRate {
        NonZero::new(self.rate.hertz()).unwrap_or(NonZero::<u32>::MIN)
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}
