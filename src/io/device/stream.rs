//! An open device that plays.

use std::sync::mpsc::Sender;

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{BufferSize, StreamConfig};
use rodio::Source;

use super::found::{Backend, DeviceInfo};
#[cfg(target_os = "linux")]
use super::pulse;
use super::tap::{Buffer, CallbackSlot, CallbackSource};
use super::watch::Watch;
use super::{DeviceError, DeviceEvent, within};
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// A device that plays. Dropping it never waits: a server that has forgotten the stream would keep it waiting for ever.
pub struct DeviceStream {
    sounding: Option<Sounding>,
    valve: CallbackSlot,
    /// As people know it.
    pub name: String,
    _watch: Option<Watch>,
}

/// Who asks for the sound, until this is dropped.
#[expect(dead_code, reason = "they are kept, and asked nothing")]
enum Sounding {
    #[cfg(target_os = "linux")]
    Server(pulse::Playback),
    System(cpal::Stream),
}

impl DeviceStream {
    /// Opens a device that holds about `held` frames. It plays the callback from its first frame on; without one, silence. What
    /// becomes of it is told.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn open(
        found: DeviceInfo,
        held: Frames,
        callback: Option<AudioCallback>,
        told: Sender<DeviceEvent>,
    ) -> Result<Self, DeviceError> {
        let (name, origin, rate) = (found.name.clone(), found.origin(), found.rate);
        let fate = told.clone();
        let opened = within(move || match found.door {
            #[cfg(target_os = "linux")]
            Backend::Server(sink) => pulse::Playback::open(sink, rate, held, callback, fate)
                .map(|(playback, valve)| (Sounding::Server(playback), valve))
                .map_err(|error| error.to_string()),
            Backend::System(device, _) => open(&device, rate, held, callback, fate),
        })
        .unwrap_or_else(|| Err("the sound system does not answer".to_owned()));
        let (sounding, valve) = opened.map_err(DeviceError::Failed)?;
        Ok(Self { sounding: Some(sounding), valve, name, _watch: Watch::start(origin, told) })
    }

    /// Plays what this has from now on.
    pub fn play(&mut self, callback: AudioCallback) {
        self.valve.put(callback);
    }

    /// Takes back what is played, once it is silent. Silence follows.
    pub fn take_back(&mut self) -> Option<AudioCallback> {
        self.valve.take()
    }

    /// Counts the blocks that the device asked for. Where it stands still, the device hangs.
    #[must_use]
    pub fn heartbeat(&self) -> u64 {
        self.valve.beats()
    }

    /// What has been played but not heard yet, as far as can be known.
    #[must_use]
    pub fn unheard_frames(&self) -> Frames {
        self.valve.unheard()
    }

    /// The most that can have been played but not heard yet.
    #[must_use]
    pub fn buffered_frames(&self) -> Frames {
        self.valve.whole()
    }
}

impl Drop for DeviceStream {
    fn drop(&mut self) {
        let sounding = self.sounding.take();
        let _ = std::thread::Builder::new().name("closing the device".to_owned()).spawn(move || drop(sounding));
    }
}

/// By cpal itself: rodio's own sink asks its mixer before anything can be in it, so that a whole buffer of silence comes first.
fn open(
    device: &cpal::Device,
    rate: Rate,
    held: Frames,
    callback: Option<AudioCallback>,
    told: Sender<DeviceEvent>,
) -> Result<(Sounding, CallbackSlot), String> {
    let period = Frames(held.0 / 2);
    let (mut source, mut valve) = CallbackSource::new(Buffer { rate, period, whole: held });
    if let Some(callback) = callback {
        valve.put(callback);
    }
    let config = StreamConfig {
        channels: source.channels().get(),
        sample_rate: source.sample_rate().get(),
        buffer_size: BufferSize::Fixed(u32::try_from(period.0).map_err(|_| "the buffer is too long")?),
    };
    let fill = move |samples: &mut [f32], _: &cpal::OutputCallbackInfo| {
        for (sample, next) in samples.iter_mut().zip(&mut source) {
            *sample = next;
        }
    };
    let tell = move |error: cpal::Error| {
        if is_loss(&error) {
            let _ = told.send(DeviceEvent::Lost);
        }
    };
    let stream = device.build_output_stream(config, fill, tell, None).map_err(|error| error.to_string())?;
    stream.play().map_err(|error| error.to_string())?;
    Ok((Sounding::System(stream), valve))
}

/// An underrun is mended by the sound system itself; the rest does not come back by itself.
fn is_loss(error: &cpal::Error) -> bool {
    matches!(error.kind(), cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::StreamInvalidated)
}
