//! Microphones.

use std::borrow::Cow;
use std::error::Error;
#[cfg(target_os = "linux")]
use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{FromSample, SampleFormat, SizedSample, StreamConfig};
use rtrb::{Consumer, Producer, RingBuffer};

#[cfg(target_os = "linux")]
use super::pulse::{self, PulseRecording};
use super::timeout::run_with_timeout;
use crate::error::Remedy;
use crate::text::escape_controls;
use crate::units::Rate;

/// The capacity of the recording buffer. Further samples are lost until it is read.
const RING_LENGTH: Duration = Duration::from_secs(10);

/// Why recording is not possible.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("no microphone was found")]
    NoMicrophone,
    #[error("there is no microphone named `{}`", escape_controls(name))]
    NotFound { name: String, available: Vec<String> },
    #[error("several microphones have `{}` in their name", escape_controls(name))]
    Ambiguous { name: String, matches: Vec<String> },
    #[error("the microphone `{}` does not work: {}", escape_controls(name), escape_controls(&source.to_string()))]
    NotOpened { name: String, source: Box<dyn Error + Send + Sync> },
    #[error("the sound system does not answer")]
    NoAnswer,
}

impl Remedy for InputError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let list = |names: &[String]| names.iter().map(|name| escape_controls(name)).collect::<Vec<_>>().join(", ");
        Some(match self {
            Self::NoMicrophone => "plug in a microphone, and check that the system allows programs to record".into(),
            Self::NotFound { available, .. } if available.is_empty() => "plug in a microphone".into(),
            Self::NotFound { available, .. } => format!("the microphones are {}", list(available)).into(),
            Self::Ambiguous { matches, .. } => format!("give more of the name: {}", list(matches)).into(),
            Self::NotOpened { .. } => "choose another one with --input, or close other programs that record".into(),
            Self::NoAnswer => "restart the sound server".into(),
        })
    }
}

/// A microphone that can be opened.
#[derive(Clone)]
struct Microphone {
    name: String,
    id: String,
    is_default: bool,
    source: InputSource,
}

/// How to open a microphone.
#[derive(Clone)]
enum InputSource {
    #[cfg(target_os = "linux")]
    Server(CString),
    System(cpal::Device),
}

/// A recording stream, which ends when dropped.
#[expect(dead_code, reason = "kept alive only")]
enum InputDriver {
    #[cfg(target_os = "linux")]
    Server(PulseRecording),
    System(cpal::Stream),
}

/// A microphone that records, in mono.
pub(crate) struct InputStream {
    _driver: InputDriver,
    samples: Consumer<f32>,
    is_lost: Arc<AtomicBool>,
    name: String,
    rate: Rate,
}

impl InputStream {
    /// Opens the default microphone, or one by a part of its name that no other has.
    ///
    /// # Errors
    /// If there is no such microphone, or it can't be opened.
    pub(crate) fn open(name: Option<&str>) -> Result<Self, InputError> {
        let name = name.map(str::to_owned);
        run_with_timeout(move || Self::start(find(name.as_deref())?)).unwrap_or(Err(InputError::NoAnswer))
    }

    fn start(microphone: Microphone) -> Result<Self, InputError> {
        let Microphone { name, source, .. } = microphone;
        let failed = |source| InputError::NotOpened { name: name.clone(), source };
        let is_lost = Arc::new(AtomicBool::new(false));
        let (driver, samples, rate) = match source {
            #[cfg(target_os = "linux")]
            InputSource::Server(source) => {
                let (mut producer, samples) = ring(Rate::DEFAULT);
                let lost = is_lost.clone();
                let recording = PulseRecording::open(
                    source,
                    Rate::DEFAULT,
                    move |samples| push(&mut producer, samples),
                    move || lost.store(true, Ordering::Release),
                );
                (InputDriver::Server(recording.map_err(|error| failed(error.into()))?), samples, Rate::DEFAULT)
            }
            InputSource::System(device) => open_system(&device, &is_lost).map_err(failed)?,
        };
        Ok(Self { _driver: driver, samples, is_lost, name, rate })
    }

    /// Returns the display name of the microphone.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the sample rate.
    pub(crate) fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes the samples recorded since the last call.
    pub(crate) fn take(&mut self, samples: &mut Vec<f32>) {
        samples.clear();
        let count = self.samples.slots();
        if let Ok(chunk) = self.samples.read_chunk(count) {
            samples.extend(chunk);
        }
    }

    /// Returns whether the microphone is gone. Samples recorded before can still be taken.
    pub(crate) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Acquire)
    }
}

fn ring(rate: Rate) -> (Producer<f32>, Consumer<f32>) {
    RingBuffer::new(rate.frames(RING_LENGTH).index().max(1))
}

/// Pushes samples into the ring, as far as there is room.
fn push(producer: &mut Producer<f32>, samples: &[f32]) {
    let count = samples.len().min(producer.slots());
    if let Ok(chunk) = producer.write_chunk_uninit(count) {
        chunk.fill_from_iter(samples.iter().copied());
    }
}

/// Opens a microphone of the system at its own rate.
fn open_system(
    device: &cpal::Device,
    is_lost: &Arc<AtomicBool>,
) -> Result<(InputDriver, Consumer<f32>, Rate), Box<dyn Error + Send + Sync>> {
    let config = device.default_input_config()?;
    let rate = Rate::new(config.sample_rate()).ok_or("it has a rate of 0 Hz")?;
    let (producer, samples) = ring(rate);
    let format = config.sample_format();
    let config = config.config();
    let lost = is_lost.clone();
    let stream = match format {
        SampleFormat::F32 => build::<f32>(device, config, producer, lost)?,
        SampleFormat::I16 => build::<i16>(device, config, producer, lost)?,
        SampleFormat::U16 => build::<u16>(device, config, producer, lost)?,
        SampleFormat::I24 => build::<cpal::I24>(device, config, producer, lost)?,
        SampleFormat::I32 => build::<i32>(device, config, producer, lost)?,
        SampleFormat::F64 => build::<f64>(device, config, producer, lost)?,
        other => return Err(format!("its samples are {other}, which are not supported").into()),
    };
    stream.play()?;
    Ok((InputDriver::System(stream), samples, rate))
}

fn build<T: SizedSample>(
    device: &cpal::Device,
    config: StreamConfig,
    mut producer: Producer<f32>,
    is_lost: Arc<AtomicBool>,
) -> Result<cpal::Stream, cpal::Error>
where
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels).max(1);
    let on_samples = move |samples: &[T], _: &cpal::InputCallbackInfo| {
        let frames = samples.chunks_exact(channels);
        let mono =
            frames.map(|frame| frame.iter().map(|sample| f32::from_sample_(*sample)).sum::<f32>() / channels as f32);
        let count = (samples.len() / channels).min(producer.slots());
        if let Ok(chunk) = producer.write_chunk_uninit(count) {
            chunk.fill_from_iter(mono);
        }
    };
    let on_error = move |error: cpal::Error| {
        if matches!(error.kind(), cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::StreamInvalidated) {
            is_lost.store(true, Ordering::Release);
        }
    };
    device.build_input_stream::<T, _, _>(config, on_samples, on_error, None)
}

fn find(name: Option<&str>) -> Result<Microphone, InputError> {
    let mut microphones = microphones();
    let Some(name) = name else {
        let default = microphones.iter().position(|microphone| microphone.is_default);
        return match default {
            Some(at) => Ok(microphones.swap_remove(at)),
            None => microphones.into_iter().next().ok_or(InputError::NoMicrophone),
        };
    };
    let part = name.to_lowercase();
    let is_named =
        |microphone: &Microphone| microphone.name.to_lowercase() == part || microphone.id.to_lowercase() == part;
    let contains = |microphone: &Microphone| {
        microphone.name.to_lowercase().contains(&part) || microphone.id.to_lowercase().contains(&part)
    };
    let available = || microphones.iter().map(|microphone| microphone.name.clone()).collect();
    let mut found: Vec<&Microphone> = microphones.iter().filter(|microphone| is_named(microphone)).collect();
    if found.is_empty() {
        found = microphones.iter().filter(|microphone| contains(microphone)).collect();
    }
    match found.as_slice() {
        [microphone] => Ok((*microphone).clone()),
        [] => Err(InputError::NotFound { name: name.to_owned(), available: available() }),
        several => {
            let matches = several.iter().map(|microphone| microphone.name.clone()).collect();
            Err(InputError::Ambiguous { name: name.to_owned(), matches })
        }
    }
}

/// Returns all microphones. If a sound server answers, only its own.
fn microphones() -> Vec<Microphone> {
    #[cfg(target_os = "linux")]
    {
        let _silenced = alsa::Output::local_error_handler();
        if let Ok(sources) = pulse::list_microphones() {
            let microphone = |source: pulse::PulseMicrophone| Microphone {
                id: source.id.to_string_lossy().into_owned(),
                name: source.name,
                is_default: source.is_default,
                source: InputSource::Server(source.id),
            };
            return sources.into_iter().map(microphone).collect();
        }
    }
    let hosts = cpal::available_hosts().into_iter().filter(|host| !host.name().eq_ignore_ascii_case("pulseaudio"));
    let hosts = hosts.filter_map(|host| cpal::host_from_id(host).ok());
    hosts.map(|host| system_microphones(&host)).find(|found| !found.is_empty()).unwrap_or_default()
}

fn system_microphones(host: &cpal::Host) -> Vec<Microphone> {
    let default = host.default_input_device().and_then(|device| device.id().ok());
    let devices = host.input_devices().into_iter().flatten();
    let microphone = |device: cpal::Device| {
        let id = device.id().ok();
        let name = device.description().map_or_else(|_| "a microphone".to_owned(), |found| found.name().to_owned());
        Microphone {
            name,
            is_default: id.is_some() && id == default,
            id: id.map(|id| id.to_string()).unwrap_or_default(),
            source: InputSource::System(device),
        }
    };
    devices.map(microphone).collect()
}
