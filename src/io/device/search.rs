//! Which devices there are, and which one is meant.

#[cfg(target_os = "linux")]
use std::ffi::CString;

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{SampleFormat, SupportedBufferSize, SupportedStreamConfigRange};

use super::error::DeviceError;
#[cfg(target_os = "linux")]
use super::pulse;
use super::timeout::run_with_timeout;
use crate::units::Rate;

/// How a device is opened.
pub(super) enum Backend {
    /// By the sound server's own protocol: a sink's name, or none for the default sink, whichever that is.
    #[cfg(target_os = "linux")]
    Server(Option<CString>),
    /// By one of the sound systems that cpal knows.
    System(SystemDevice),
}

/// A device of a sound system, and how to open it.
pub(super) struct SystemDevice {
    pub(super) device: cpal::Device,
    host: cpal::HostId,
    pub(super) sample_format: SampleFormat,
    buffer_size: SupportedBufferSize,
}

impl SystemDevice {
    /// The number of frames per request that the device supports, nearest to this one.
    pub(super) fn clamp_period(&self, frames: u32) -> u32 {
        match self.buffer_size {
            SupportedBufferSize::Range { min, max } if min <= max => frames.clamp(min.max(1), max.max(1)),
            _ => frames,
        }
    }
}

/// A device that can be opened.
pub struct DeviceInfo {
    pub(super) backend: Backend,
    /// The name as people know it.
    pub name: String,
    /// The rate at which the device is opened.
    pub rate: Rate,
}

/// Where a device is looked for that takes the place of an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceOrigin {
    host: cpal::HostId,
    /// The rate that is preferred.
    rate: Rate,
}

impl DeviceInfo {
    /// Where another device has to be looked for to take the place of this one.
    #[must_use]
    pub fn origin(&self) -> DeviceOrigin {
        let host = match &self.backend {
            #[cfg(target_os = "linux")]
            Backend::Server(_) => cpal::HostId::PulseAudio,
            Backend::System(device) => device.host,
        };
        DeviceOrigin { host, rate: self.rate }
    }
}

impl DeviceOrigin {
    /// Whether the device belongs to a sound server that speaks PulseAudio's protocol.
    #[must_use]
    pub fn is_pulse(self) -> bool {
        is_pulse(self.host)
    }
}

/// A device as `karuna devices` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceEntry {
    /// The name as people know it.
    pub name: String,
    /// The name as the sound system knows it.
    pub id: String,
    /// The device is used unless another one is asked for.
    pub is_default: bool,
}

/// Finds a device by a part of its name that no other device has, or the default device. A device that takes the place of an earlier one
/// is looked for in the same sound system only, so that a server which is starting finds its hardware free; it may have another rate.
///
/// # Errors
/// When there is no such device, or the sound system does not answer.
pub fn find(name: Option<&str>, instead_of: Option<DeviceOrigin>) -> Result<DeviceInfo, DeviceError> {
    let name = name.map(str::to_owned);
    let search = move || {
        let _silenced = silence_alsa();
        let hosts = instead_of.map_or_else(hosts, |origin| reconnect(origin.host).into_iter().collect());
        let rate = instead_of.map(|origin| origin.rate);
        match name {
            Some(name) => find_named(&name, &hosts, rate),
            None => hosts.iter().find_map(|host| default_device(host, rate)).ok_or(DeviceError::NoDevice),
        }
    };
    run_with_timeout(search).unwrap_or(Err(DeviceError::NoAnswer))
}

/// Lists every output device.
#[must_use]
pub fn list() -> Vec<DeviceEntry> {
    let list = || {
        let _silenced = silence_alsa();
        hosts().iter().map(devices_of).find(|devices| !devices.is_empty()).unwrap_or_default()
    };
    run_with_timeout(list).unwrap_or_default().into_iter().map(|(entry, _)| entry).collect()
}

/// The sound systems of this machine. Where a sound server answers, it is the only one: the hardware beneath it is its own, and its
/// protocol survives the death of the server, which the way to it through ALSA does not.
fn hosts() -> Vec<cpal::Host> {
    let (servers, others): (Vec<_>, Vec<_>) = cpal::available_hosts().into_iter().partition(|host| is_pulse(*host));
    let connect = |hosts: Vec<cpal::HostId>| -> Vec<_> {
        hosts.into_iter().filter_map(|id| cpal::host_from_id(id).ok()).collect()
    };
    let servers = connect(servers);
    if servers.is_empty() { connect(others) } else { servers }
}

/// Connects again to a sound system, if it answers. Each time that cpal asks a server which hangs, it leaves a thread behind.
fn reconnect(host: cpal::HostId) -> Option<cpal::Host> {
    answers(host).then(|| cpal::host_from_id(host).ok()).flatten()
}

fn is_pulse(host: cpal::HostId) -> bool {
    host.name().eq_ignore_ascii_case("pulseaudio")
}

#[cfg(target_os = "linux")]
fn answers(host: cpal::HostId) -> bool {
    !is_pulse(host) || pulse::is_running()
}

#[cfg(not(target_os = "linux"))]
fn answers(_: cpal::HostId) -> bool {
    true
}

fn devices_of(host: &cpal::Host) -> Vec<(DeviceEntry, cpal::Device)> {
    let default = host.default_output_device().and_then(|device| device.id().ok());
    let devices = host.output_devices().into_iter().flatten();
    devices
        .map(|device| {
            let id = device.id().ok();
            let is_default = id.is_some() && id == default;
            let id = id.map(|id| id.to_string()).unwrap_or_default();
            (DeviceEntry { name: name_of(&device), id, is_default }, device)
        })
        .collect()
}

fn find_named(name: &str, hosts: &[cpal::Host], rate: Option<Rate>) -> Result<DeviceInfo, DeviceError> {
    let (host, devices) = hosts
        .iter()
        .find_map(|host| Some((host.id(), devices_of(host))).filter(|(_, devices)| !devices.is_empty()))
        .ok_or(DeviceError::NoDevice)?;
    let part = name.to_lowercase();
    let is_named = |entry: &DeviceEntry| {
        entry.name.to_lowercase() == part
            || entry.id.to_lowercase() == part
            || short_id(&entry.id).to_lowercase() == part
    };
    let contains =
        |entry: &DeviceEntry| entry.name.to_lowercase().contains(&part) || entry.id.to_lowercase().contains(&part);
    let available: Vec<_> = devices.iter().map(|(entry, _)| entry.name.clone()).collect();
    let (exact, others): (Vec<_>, Vec<_>) = devices.into_iter().partition(|(entry, _)| is_named(entry));
    let mut matches: Vec<_> =
        if exact.is_empty() { others.into_iter().filter(|(entry, _)| contains(entry)).collect() } else { exact };
    let name = name.to_owned();
    match (matches.pop(), matches.is_empty()) {
        (Some((entry, device)), true) => device_info(device, host, rate)
            .ok_or_else(|| DeviceError::not_opened(&entry.name, "it has no format that can be played")),
        (Some((last, _)), false) => {
            let matches = matches.into_iter().map(|(entry, _)| entry.name).chain([last.name]).collect();
            Err(DeviceError::Ambiguous { name, matches })
        }
        (None, _) => Err(DeviceError::NotFound { name, available }),
    }
}

/// The default device. A sound server is not told which one that is now, so that it stays the server's choice.
fn default_device(host: &cpal::Host, rate: Option<Rate>) -> Option<DeviceInfo> {
    #[cfg_attr(not(target_os = "linux"), expect(unused_mut, reason = "only sound servers choose for themselves"))]
    let mut info = device_info(host.default_output_device()?, host.id(), rate)?;
    #[cfg(target_os = "linux")]
    if let Backend::Server(sink) = &mut info.backend {
        *sink = None;
    }
    Some(info)
}

/// Describes a device, at the preferred rate if it supports that, else at its own.
fn device_info(device: cpal::Device, host: cpal::HostId, preferred: Option<Rate>) -> Option<DeviceInfo> {
    let name = name_of(&device);
    #[cfg(target_os = "linux")]
    if is_pulse(host) {
        // A sound server takes any rate.
        let sink = CString::new(short_id(&device.id().ok()?.to_string())).ok()?;
        return Some(DeviceInfo {
            backend: Backend::Server(Some(sink)),
            name,
            rate: preferred.unwrap_or(Rate::DEFAULT),
        });
    }
    let configs: Vec<_> = device.supported_output_configs().ok()?.collect();
    let preferred = preferred.filter(|rate| configs.iter().any(|config| supports(config, *rate)));
    let default = || Rate::new(device.default_output_config().ok()?.sample_rate());
    let rate = preferred.or_else(default)?;
    let stereo = configs.into_iter().filter(|config| config.channels() == 2 && supports(config, rate));
    let config = stereo.min_by_key(|config| format_rank(config.sample_format()));
    // A sound system may take stereo for a device that it lists with its own number of channels only.
    let (sample_format, buffer_size) = config.map_or((SampleFormat::F32, SupportedBufferSize::Unknown), |config| {
        (config.sample_format(), *config.buffer_size())
    });
    let backend = Backend::System(SystemDevice { device, host, sample_format, buffer_size });
    Some(DeviceInfo { backend, name, rate })
}

fn supports(config: &SupportedStreamConfigRange, rate: Rate) -> bool {
    (config.min_sample_rate()..=config.max_sample_rate()).contains(&rate.hertz())
}

/// Orders sample formats by what they preserve: first those that hold every sample as it is.
fn format_rank(format: SampleFormat) -> u8 {
    match format {
        SampleFormat::F32 => 0,
        SampleFormat::F64 => 1,
        SampleFormat::I32 => 2,
        SampleFormat::I24 => 3,
        SampleFormat::I16 => 4,
        _ => 5,
    }
}

/// An identifier without the name of its sound system.
fn short_id(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, id)| id)
}

fn name_of(device: &cpal::Device) -> String {
    device
        .description()
        .map_or_else(|_| "a device without a name".to_owned(), |description| description.name().to_owned())
}

/// Keeps libasound from writing to standard error while devices are looked for.
#[cfg(target_os = "linux")]
fn silence_alsa() -> impl Sized {
    alsa::Output::local_error_handler()
}

#[cfg(not(target_os = "linux"))]
fn silence_alsa() -> impl Sized {}
