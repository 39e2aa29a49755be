//! An open device that plays.

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
use super::pulse::{PulseStream, StreamContent};
use super::search::{Backend, DeviceInfo, SystemDevice};
use super::timeout::run_with_timeout;
use super::wake::{WakeLead, WakeRequests};
use crate::dsp::noise_floor::NoiseFloor;
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// How a device is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamOptions {
    /// The rate of the session.
    pub rate: Rate,
    /// About as much as the device holds, at that rate.
    pub buffer: Frames,
    /// When the device is woken, and kept awake.
    pub wake_lead: WakeLead,
    /// The first frame waits for a device that has to be woken. Not so where another stream has played until now.
    pub leads: bool,
}

/// An open device. Dropping it never waits: a server that has forgotten the stream would keep it waiting for ever.
pub struct DeviceStream {
    driver: Option<Driver>,
    slot: CallbackSlot,
    name: String,
    _watcher: Option<MoveWatcher>,
}

/// What asks for the sound until it is dropped.
enum Driver {
    #[cfg(target_os = "linux")]
    Server(PulseStream),
    #[expect(dead_code, reason = "it is kept, and asked nothing")]
    System(rodio::MixerDeviceSink),
}

type OpenResult = Result<(Driver, CallbackSlot), Box<dyn Error + Send + Sync>>;

impl DeviceStream {
    /// Opens a device. It plays the callback from its first frame on; without one, silence. `on_event` may be called from any thread.
    ///
    /// # Errors
    /// When the device can't be opened, or does not answer.
    pub fn open(
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
                let StreamOptions { rate, buffer, wake_lead, leads } = options;
                let content = StreamContent { rate, buffer, callback, wake: WakeRequests::new(wake_lead, leads) };
                let (stream, slot) = PulseStream::open(sink, content, on_stream_event)?;
                Ok((Driver::Server(stream), slot))
            }
            Backend::System(device) => open_system(device, device_rate, options, callback, on_stream_event),
        });
        let opened: OpenResult = opened.ok_or(DeviceError::NoAnswer)?;
        let (driver, slot) = opened.map_err(|error| DeviceError::not_opened(&name, error))?;
        let watcher = MoveWatcher::start(origin, slot.wake_requests().clone(), on_event);
        Ok(Self { driver: Some(driver), slot, name, _watcher: watcher })
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

    /// Lets the device sleep, if the sound system has a way to: as soon as everything was heard, it asks for nothing any more. Returns
    /// whether it will.
    pub fn cork(&self) -> bool {
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

    /// Lets the device play again. `leads` is whether the next frame waits for a device that has to be woken.
    pub fn uncork(&self, leads: bool) {
        let requests = self.slot.wake_requests();
        requests.set_stopping(false);
        requests.set_lead(leads);
        #[cfg(target_os = "linux")]
        if let Some(Driver::Server(stream)) = &self.driver {
            stream.set_corked(false);
        }
    }

    /// Lets the next frame sound at once, though the device may not be awake yet.
    pub fn skip_lead(&self) {
        self.slot.wake_requests().set_lead(false);
    }

    /// How long it takes to fall silent once nothing is played any more: the fade of the noise that keeps a device awake.
    #[must_use]
    pub fn fade_out(&self) -> Duration {
        if self.slot.wake_requests().is_on() { NoiseFloor::FADE } else { Duration::ZERO }
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
    let StreamOptions { rate, buffer, wake_lead, leads } = options;
    let period = Frames(buffer.0 / 2);
    let buffer = DeviceBuffer { rate, period, capacity: buffer };
    let (source, mut slot) = CallbackSource::new(device_rate, buffer, WakeRequests::new(wake_lead, leads))?;
    if let Some(callback) = callback {
        slot.insert(callback);
    }
    let device_period = u32::try_from(rate.convert(period, device_rate).0)?;
    let sink = mixer::open(device, device_period, source, &slot, on_event)?;
    Ok((Driver::System(sink), slot))
}
