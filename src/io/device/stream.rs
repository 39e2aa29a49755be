//! An open device that plays.

use std::num::NonZero;
use std::sync::mpsc::Sender;

use rodio::cpal::{self, BufferSize, SampleFormat};
use rodio::{DeviceSinkBuilder, MixerDeviceSink};

use super::found::Found;
use super::tap::{Buffer, Tap, Valve};
use super::watch::Watch;
use super::{DeviceError, Told, within};
use crate::player::Callback;
use crate::units::Frames;

/// A device that plays. Dropping it never waits: a server that has forgotten the stream would keep it waiting for ever.
pub struct Stream {
    sink: Option<MixerDeviceSink>,
    valve: Valve,
    /// As people know it.
    pub name: String,
    _watch: Option<Watch>,
}

impl Stream {
    /// Opens a device that asks for `period` frames at once and holds twice as many. It plays silence at first. What becomes of
    /// it is told.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn open(found: Found, period: Frames, told: Sender<Told>) -> Result<Self, DeviceError> {
        let name = found.name.clone();
        let buffer = Buffer { rate: found.rate, period, whole: Frames(2 * period.0) };
        let (tap, valve) = Tap::new(buffer);
        let watch = Watch::start(&found, told.clone());
        let opened = within(move || open(found, period, told))
            .unwrap_or_else(|| Err("the sound system does not answer".to_owned()));
        let mut sink = opened.map_err(DeviceError::Failed)?;
        sink.log_on_drop(false);
        sink.mixer().add(tap);
        Ok(Self { sink: Some(sink), valve, name, _watch: watch })
    }

    /// Plays what this has from now on.
    pub fn play(&mut self, callback: Callback) {
        self.valve.put(callback);
    }

    /// Takes back what is played, once it is silent. Silence follows.
    pub fn take_back(&mut self) -> Option<Callback> {
        self.valve.take()
    }

    /// Counts the blocks that the device asked for. Where it stands still, the device hangs.
    #[must_use]
    pub fn beats(&self) -> u64 {
        self.valve.beats()
    }

    /// What has been played but not heard yet, as far as can be known.
    #[must_use]
    pub fn unheard(&self) -> Frames {
        self.valve.unheard()
    }

    /// The most that can have been played but not heard yet.
    #[must_use]
    pub fn buffer(&self) -> Frames {
        self.valve.whole()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let sink = self.sink.take();
        let _ = std::thread::Builder::new().name("closing the device".to_owned()).spawn(move || drop(sink));
    }
}

fn open(found: Found, period: Frames, told: Sender<Told>) -> Result<MixerDeviceSink, String> {
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
                let _ = told.send(Told::Lost);
            }
        })
        .open_stream()
        .map_err(|error| error.to_string())
}

/// An underrun is mended by the sound system itself; the rest does not come back by itself.
fn is_loss(error: &cpal::Error) -> bool {
    matches!(error.kind(), cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::StreamInvalidated)
}
