//! An open device that plays.

use std::error::Error;

use super::buffer::DeviceBuffer;
use super::callback_source::{CallbackSlot, CallbackSource};
use super::error::DeviceError;
use super::event::DeviceEvent;
use super::mixer;
use super::move_watcher::MoveWatcher;
#[cfg(target_os = "linux")]
use super::pulse::PulseStream;
use super::search::{Backend, DeviceInfo, SystemDevice};
use super::timeout::run_with_timeout;
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// An open device. Dropping it never waits: a server that has forgotten the stream would keep it waiting for ever.
pub struct DeviceStream {
    driver: Option<Driver>,
    slot: CallbackSlot,
    name: String,
    _watcher: Option<MoveWatcher>,
}

/// What asks for the sound until it is dropped.
#[expect(dead_code, reason = "they are kept, and asked nothing")]
enum Driver {
    #[cfg(target_os = "linux")]
    Server(PulseStream),
    System(rodio::MixerDeviceSink),
}

type OpenResult = Result<(Driver, CallbackSlot), Box<dyn Error + Send + Sync>>;

impl DeviceStream {
    /// Opens a device that holds about `buffer` frames, both at the rate of the session. It plays the callback from its first frame on;
    /// without one, silence. `on_event` may be called from any thread.
    ///
    /// # Errors
    /// When the device can't be opened, or does not answer.
    pub fn open(
        device: DeviceInfo,
        rate: Rate,
        buffer: Frames,
        callback: Option<AudioCallback>,
        on_event: impl Fn(DeviceEvent) + Clone + Send + 'static,
    ) -> Result<Self, DeviceError> {
        let (name, origin, device_rate) = (device.name.clone(), device.origin(), device.rate);
        let on_stream_event = on_event.clone();
        let opened = run_with_timeout(move || match device.backend {
            #[cfg(target_os = "linux")]
            Backend::Server(sink) => {
                let (stream, slot) = PulseStream::open(sink, rate, buffer, callback, on_stream_event)?;
                Ok((Driver::Server(stream), slot))
            }
            Backend::System(device) => open_system(device, device_rate, rate, buffer, callback, on_stream_event),
        });
        let opened: OpenResult = opened.ok_or(DeviceError::NoAnswer)?;
        let (driver, slot) = opened.map_err(|error| DeviceError::not_opened(&name, error))?;
        Ok(Self { driver: Some(driver), slot, name, _watcher: MoveWatcher::start(origin, on_event) })
    }

    /// The device's name as people know it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Plays a callback from now on.
    pub fn play(&mut self, callback: AudioCallback) {
        self.slot.insert(callback);
    }

    /// Takes the callback back, if it is silent by now. Silence follows.
    pub fn take_back(&mut self) -> Option<AudioCallback> {
        self.slot.take()
    }

    /// Counts the blocks that the device has asked for. While the count stands still, the device hangs.
    #[must_use]
    pub fn heartbeat(&self) -> u64 {
        self.slot.heartbeat()
    }

    /// How many frames of the session have been played but not heard yet, as far as can be known.
    #[must_use]
    pub fn unheard_frames(&self) -> Frames {
        self.slot.unheard_frames()
    }

    /// The most frames of the session that can have been played but not heard yet.
    #[must_use]
    pub fn buffered_frames(&self) -> Frames {
        self.slot.buffered_frames()
    }
}

impl Drop for DeviceStream {
    fn drop(&mut self) {
        let driver = self.driver.take();
        let _ = std::thread::Builder::new().name("closing the device".to_owned()).spawn(move || drop(driver));
    }
}

/// Opens a device of the system for a double buffer of this many frames in all.
fn open_system(
    device: SystemDevice,
    device_rate: Rate,
    rate: Rate,
    buffer: Frames,
    callback: Option<AudioCallback>,
    on_event: impl Fn(DeviceEvent) + Send + 'static,
) -> OpenResult {
    let period = Frames(buffer.0 / 2);
    let (source, mut slot) = CallbackSource::new(device_rate, DeviceBuffer { rate, period, capacity: buffer })?;
    if let Some(callback) = callback {
        slot.insert(callback);
    }
    let device_period = u32::try_from(rate.convert(period, device_rate).0)?;
    let sink = mixer::open(device, device_period, source, &slot, on_event)?;
    Ok((Driver::System(sink), slot))
}
