//! An open device.

use std::error::Error;
use std::thread;
use std::time::Duration;

use super::buffer::DeviceBuffer;
use super::callback_slot::CallbackSlot;
use super::callback_source::CallbackSource;
use super::error::DeviceError;
use super::event::DeviceEvent;
use super::mixer;
use super::move_watcher::MoveWatcher;
#[cfg(target_os = "linux")]
use super::pulse::{PulseStream, StreamParameters};
use super::search::{Backend, DeviceInfo, SystemDevice};
use super::timeout::run_with_timeout;
use super::wake::{WakeMode, WakeRequests};
use crate::dsp::noise_floor::NoiseFloor;
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// Options for opening a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StreamOptions {
    /// The rate of the session.
    pub rate: Rate,
    /// The approximate size of the device's buffer, at that rate.
    pub buffer: Frames,
    /// Whether the device is woken and kept awake.
    pub wake_lead: WakeMode,
    /// Whether the first frame waits until the device is awake, which is unnecessary if another stream has played until now.
    pub waits_until_awake: bool,
}

/// An open device. Dropping it never blocks, even if a server has forgotten the stream.
pub(crate) struct DeviceStream {
    driver: Option<Driver>,
    slot: CallbackSlot,
    _watcher: Option<MoveWatcher>,
}

/// The driver of the device, which requests sound until it is dropped.
enum Driver {
    #[cfg(target_os = "linux")]
    Server(PulseStream),
    #[expect(dead_code, reason = "kept alive only")]
    System(rodio::MixerDeviceSink),
}

type OpenResult = Result<(Driver, CallbackSlot), Box<dyn Error + Send + Sync>>;

impl DeviceStream {
    /// Opens a device. It plays the callback from its first frame on; without one, silence. `on_event` may be called from any thread.
    ///
    /// # Errors
    /// If the device can't be opened, or does not answer.
    pub(crate) fn open(
        device: DeviceInfo,
        options: StreamOptions,
        callback: Option<AudioCallback>,
        on_event: impl Fn(DeviceEvent) + Clone + Send + 'static,
    ) -> Result<Self, DeviceError> {
        let (name, origin, device_rate) = (device.name.clone(), device.origin(), device.rate);
        let on_stream_event = on_event.clone();
        let opened = run_with_timeout(move || match device.backend {
            #[cfg(target_os = "linux")]
            Backend::Server(sink) => {
                let StreamOptions { rate, buffer, wake_lead, waits_until_awake } = options;
                let wake = WakeRequests::new(wake_lead, waits_until_awake);
                let parameters = StreamParameters { rate, buffer, callback, takes_over: !waits_until_awake, wake };
                let (stream, slot) = PulseStream::open(sink, parameters, on_stream_event)?;
                Ok((Driver::Server(stream), slot))
            }
            Backend::System(device) => open_system(device, device_rate, options, callback, on_stream_event),
        });
        let opened: OpenResult = opened.ok_or(DeviceError::NoAnswer)?;
        let (driver, slot) = opened.map_err(|error| DeviceError::not_opened(&name, error))?;
        let watcher = MoveWatcher::start(origin, slot.wake_requests().clone(), on_event);
        Ok(Self { driver: Some(driver), slot, _watcher: watcher })
    }

    /// Plays a callback from now on.
    pub(crate) fn play(&mut self, callback: AudioCallback) {
        self.slot.insert(callback);
    }

    /// Takes the callback back, if it is silent. Silence follows.
    pub(crate) fn take_back(&mut self) -> Option<AudioCallback> {
        self.slot.take()
    }

    /// Lets the device sleep once everything has been heard, if the sound system supports it, so that it requests no more sound. Returns whether
    /// it will.
    pub(crate) fn cork(&self) -> bool {
        match &self.driver {
            #[cfg(target_os = "linux")]
            Some(Driver::Server(stream)) => {
                self.slot.wake_requests().set_stopping(true);
                stream.set_corked(true);
                true
            }
            _ => false,
        }
    }

    /// Wakes the device. `waits_until_awake` is whether the next frame waits until the device is awake.
    pub(crate) fn uncork(&self, waits_until_awake: bool) {
        let requests = self.slot.wake_requests();
        requests.set_stopping(false);
        requests.set_lead(waits_until_awake);
        #[cfg(target_os = "linux")]
        if let Some(Driver::Server(stream)) = &self.driver {
            stream.set_corked(false);
        }
    }

    /// Ends the wake-up lead, so that the next frame plays immediately.
    pub(crate) fn skip_lead(&self) {
        self.slot.wake_requests().set_lead(false);
    }

    /// Returns the time until the device is silent after the last frame: the fade of the noise that keeps it awake.
    #[must_use]
    pub(crate) fn fade_out(&self) -> Duration {
        if self.slot.wake_requests().is_on() { NoiseFloor::FADE } else { Duration::ZERO }
    }

    /// Returns the number of blocks requested by the device. If it does not change, the device is stalled.
    #[must_use]
    pub(crate) fn heartbeat(&self) -> u64 {
        self.slot.heartbeat()
    }

    /// Returns an estimate of the frames of the session that were played but not heard yet.
    #[must_use]
    pub(crate) fn unheard_frames(&self) -> Frames {
        self.slot.unheard_frames()
    }

    /// Returns an upper bound of the frames of the session that were played but not heard yet.
    #[must_use]
    pub(crate) fn buffered_frames(&self) -> Frames {
        self.slot.buffered_frames()
    }
}

impl Drop for DeviceStream {
    fn drop(&mut self) {
        let driver = self.driver.take();
        let buffered = Duration::from_secs_f64(self.buffered_frames().seconds(self.slot.rate()));
        let fade = self.fade_out();
        self.slot.wake_requests().set_stopping(true);
        let close = move || {
            if fade > Duration::ZERO {
                thread::sleep(fade + buffered);
            }
            drop(driver);
        };
        let _ = thread::Builder::new().name("closing the device".to_owned()).spawn(close);
    }
}

/// Opens a device of the system with a double buffer.
fn open_system(
    device: SystemDevice,
    device_rate: Rate,
    options: StreamOptions,
    callback: Option<AudioCallback>,
    on_event: impl Fn(DeviceEvent) + Send + 'static,
) -> OpenResult {
    let StreamOptions { rate, buffer, wake_lead, waits_until_awake } = options;
    let period = Frames(buffer.0 / 2);
    let buffer = DeviceBuffer { rate, period, capacity: buffer };
    let (source, mut slot) = CallbackSource::new(device_rate, buffer, WakeRequests::new(wake_lead, waits_until_awake))?;
    if let Some(callback) = callback {
        slot.insert(callback);
    }
    let device_period = u32::try_from(rate.convert(period, device_rate).0)?;
    let sink = mixer::open(device, device_period, source, &slot, on_event)?;
    Ok((Driver::System(sink), slot))
}
