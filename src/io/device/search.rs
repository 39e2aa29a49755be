//! Finds devices.

#[cfg(target_os = "linux")]
use std::ffi::CString;

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{SampleFormat, SupportedBufferSize, SupportedStreamConfigRange};

use super::error::DeviceError;
#[cfg(target_os = "linux")]
use super::pulse::{self, PulseSink};
use super::timeout::run_with_timeout;
use crate::units::Rate;

/// How to open a device.
pub(super) enum Backend {
    /// By the sound server's protocol: a sink's name, or `None` for the current default sink.
    #[cfg(target_os = "linux")]
    Server(Option<CString>),
    /// By one of the sound systems supported by cpal.
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
    /// Returns the supported number of frames per request that is nearest to this one.
    pub(super) fn clamp_period(&self, frames: u32) -> u32 {
        match self.buffer_size {
            SupportedBufferSize::Range { min, max } if min <= max => frames.clamp(min.max(1), max.max(1)),
            _ => frames,
        }
    }
}

/// A device that can be opened.
pub(crate) struct DeviceInfo {
    pub(super) backend: Backend,
    /// The display name.
    pub name: String,
    /// The rate for opening the device.
    pub rate: Rate,
}

/// The sound system and rate for a replacement of an earlier device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeviceOrigin {
    system: SoundSystemId,
    /// The preferred rate.
    rate: Rate,
}

/// Identifies a sound system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SoundSystemId {
    /// A sound server that speaks PulseAudio's protocol.
    #[cfg(target_os = "linux")]
    Server,
    /// One supported by cpal.
    System(cpal::HostId),
}

impl DeviceInfo {
    /// Returns where to search for a replacement of this device.
    #[must_use]
    pub(crate) fn origin(&self) -> DeviceOrigin {
        let system = match &self.backend {
            #[cfg(target_os = "linux")]
            Backend::Server(_) => SoundSystemId::Server,
            Backend::System(device) => SoundSystemId::System(device.host),
        };
        DeviceOrigin { system, rate: self.rate }
    }
}

impl DeviceOrigin {
    /// Returns whether the device belongs to a sound server that speaks PulseAudio's protocol.
    #[must_use]
    pub(crate) fn is_pulse(self) -> bool {
        !matches!(self.system, SoundSystemId::System(_))
    }
}

/// An entry of `karuna devices`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeviceEntry {
    /// The display name.
    pub name: String,
    /// The sound system's name for it.
    pub id: String,
    /// Whether it is the default device.
    pub is_default: bool,
}

/// Finds a device by a unique part of its name, or the default device. A replacement for an earlier device is only searched for in the same
/// sound system, so that a starting server finds its hardware free; it may have another rate.
///
/// # Errors
/// If there is no such device, or the sound system does not answer.
pub(crate) fn find(name: Option<&str>, instead_of: Option<DeviceOrigin>) -> Result<DeviceInfo, DeviceError> {
    let name = name.map(str::to_owned);
    let search = move || {
        let _silenced = silence_alsa();
        let systems = instead_of.map_or_else(sound_systems, |origin| origin.system.connect().into_iter().collect());
        let rate = instead_of.map(|origin| origin.rate);
        match name {
            Some(name) => find_named(&name, &systems, rate),
            None => systems.iter().find_map(|system| default_device(system, rate)).ok_or(DeviceError::NoDevice),
        }
    };
    run_with_timeout(search).unwrap_or(Err(DeviceError::NoAnswer))
}

/// Lists every output device.
#[must_use]
pub(crate) fn list() -> Vec<DeviceEntry> {
    let list = || {
        let _silenced = silence_alsa();
        sound_systems().iter().map(devices_of).find(|devices| !devices.is_empty()).unwrap_or_default()
    };
    let devices = run_with_timeout(list).unwrap_or_default();
    devices.into_iter().map(|(entry, _)| entry).filter(is_device).collect()
}

/// An answering sound system.
enum SoundSystem {
    /// A sound server with these sinks. The connection is already closed, so that repeated searches leave none behind.
    #[cfg(target_os = "linux")]
    Server(Vec<PulseSink>),
    /// One supported by cpal.
    System(cpal::Host),
}

impl SoundSystemId {
    /// Connects to the sound system, if it answers.
    fn connect(self) -> Option<SoundSystem> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Server => pulse::list_sinks().ok().map(SoundSystem::Server),
            Self::System(host) => cpal::host_from_id(host).ok().map(SoundSystem::System),
        }
    }
}

/// Returns the sound systems of this machine. If a sound server answers, it is the only one, because it owns the hardware, and its protocol
/// survives a restart of the server, unlike the path through ALSA.
fn sound_systems() -> Vec<SoundSystem> {
    #[cfg(target_os = "linux")]
    if let Some(server) = SoundSystemId::Server.connect() {
        return vec![server];
    }
    let hosts = cpal::available_hosts().into_iter().filter(|host| !is_pulse(*host));
    hosts.filter_map(|host| SoundSystemId::System(host).connect()).collect()
}

/// cpal's own client for sound servers leaves a connection and a thread behind, so it is never used.
fn is_pulse(host: cpal::HostId) -> bool {
    host.name().eq_ignore_ascii_case("pulseaudio")
}

/// A device of a sound system, before it is known how to open it.
enum FoundDevice {
    #[cfg(target_os = "linux")]
    Sink(PulseSink),
    Device(cpal::Device, cpal::HostId),
}

impl FoundDevice {
    /// Returns the device at the preferred rate if it supports that, otherwise at its own.
    fn info(self, preferred: Option<Rate>) -> Option<DeviceInfo> {
        match self {
            // A sound server accepts any rate.
            #[cfg(target_os = "linux")]
            Self::Sink(sink) => Some(DeviceInfo {
                backend: Backend::Server(Some(sink.id)),
                name: sink.name,
                rate: preferred.unwrap_or(Rate::DEFAULT),
            }),
            Self::Device(device, host) => system_device_info(device, host, preferred),
        }
    }
}

fn devices_of(system: &SoundSystem) -> Vec<(DeviceEntry, FoundDevice)> {
    match system {
        #[cfg(target_os = "linux")]
        SoundSystem::Server(sinks) => {
            sinks.iter().map(|sink| (sink_entry(sink), FoundDevice::Sink(sink.clone()))).collect()
        }
        SoundSystem::System(host) => system_devices(host),
    }
}

#[cfg(target_os = "linux")]
fn sink_entry(sink: &PulseSink) -> DeviceEntry {
    let id = format!("pulseaudio:{}", sink.id.to_string_lossy());
    DeviceEntry { name: sink.name.clone(), id, is_default: sink.is_default }
}

fn system_devices(host: &cpal::Host) -> Vec<(DeviceEntry, FoundDevice)> {
    let default = host.default_output_device().and_then(|device| device.id().ok());
    let devices = host.output_devices().into_iter().flatten();
    devices
        .map(|device| {
            let id = device.id().ok();
            let is_default = id.is_some() && id == default;
            let id = id.map(|id| id.to_string()).unwrap_or_default();
            (DeviceEntry { name: name_of(&device), id, is_default }, FoundDevice::Device(device, host.id()))
        })
        .collect()
}

/// Selects the useful entries of ALSA's list: the default device, and one for each output of each card. The others are plugins, and further
/// names of the same outputs.
const ALSA_OUTPUTS: [&str; 3] = ["sysdefault:", "hdmi:", "iec958:"];

/// Returns whether an entry is a device rather than an ALSA plugin. A plugin can still be named by its complete identifier.
fn is_device(entry: &DeviceEntry) -> bool {
    match entry.id.strip_prefix("alsa:") {
        Some("default") | None => true,
        Some(id) => ALSA_OUTPUTS.iter().any(|output| id.starts_with(output)),
    }
}

fn find_named(name: &str, systems: &[SoundSystem], rate: Option<Rate>) -> Result<DeviceInfo, DeviceError> {
    let devices = systems.iter().map(devices_of).find(|devices| !devices.is_empty()).ok_or(DeviceError::NoDevice)?;
    let part = name.to_lowercase();
    let is_named = |entry: &DeviceEntry| {
        entry.name.to_lowercase() == part
            || entry.id.to_lowercase() == part
            || short_id(&entry.id).to_lowercase() == part
    };
    let contains = |entry: &DeviceEntry| {
        is_device(entry) && (entry.name.to_lowercase().contains(&part) || entry.id.to_lowercase().contains(&part))
    };
    let available = devices.iter().filter(|(entry, _)| is_device(entry));
    let available: Vec<_> = available.map(|(entry, _)| entry.name.clone()).collect();
    let (exact, others): (Vec<_>, Vec<_>) = devices.into_iter().partition(|(entry, _)| is_named(entry));
    let mut matches: Vec<_> =
        if exact.is_empty() { others.into_iter().filter(|(entry, _)| contains(entry)).collect() } else { exact };
    let name = name.to_owned();
    match (matches.pop(), matches.is_empty()) {
        (Some((entry, device)), true) => {
            device.info(rate).ok_or_else(|| DeviceError::not_opened(&entry.name, "it has no format that can be played"))
        }
        (Some((last, _)), false) => {
            let matches = matches.into_iter().map(|(entry, _)| entry.name).chain([last.name]).collect();
            Err(DeviceError::Ambiguous { name, matches })
        }
        (None, _) => Err(DeviceError::NotFound { name, available }),
    }
}

/// Returns the default device. For a sound server it has no name, so that the default remains the server's choice.
fn default_device(system: &SoundSystem, rate: Option<Rate>) -> Option<DeviceInfo> {
    match system {
        #[cfg(target_os = "linux")]
        SoundSystem::Server(sinks) => {
            let sink = sinks.iter().find(|sink| sink.is_default).or_else(|| sinks.first())?;
            let info = FoundDevice::Sink(sink.clone()).info(rate)?;
            Some(DeviceInfo { backend: Backend::Server(None), ..info })
        }
        SoundSystem::System(host) => system_device_info(host.default_output_device()?, host.id(), rate),
    }
}

/// Returns a cpal device at the preferred rate if it supports that, otherwise at its own.
fn system_device_info(device: cpal::Device, host: cpal::HostId, preferred: Option<Rate>) -> Option<DeviceInfo> {
    let name = name_of(&device);
    let configs: Vec<_> = device.supported_output_configs().ok()?.collect();
    let preferred = preferred.filter(|rate| configs.iter().any(|config| supports(config, *rate)));
    let default = || Rate::new(device.default_output_config().ok()?.sample_rate());
    let rate = preferred.or_else(default)?;
    let stereo = configs.into_iter().filter(|config| config.channels() == 2 && supports(config, rate));
    let config = stereo.min_by_key(|config| format_rank(config.sample_format()));
    // A sound system may accept stereo for a device that it only lists with its own number of channels.
    let (sample_format, buffer_size) = config.map_or((SampleFormat::F32, SupportedBufferSize::Unknown), |config| {
        (config.sample_format(), *config.buffer_size())
    });
    let backend = Backend::System(SystemDevice { device, host, sample_format, buffer_size });
    Some(DeviceInfo { backend, name, rate })
}

fn supports(config: &SupportedStreamConfigRange, rate: Rate) -> bool {
    (config.min_sample_rate()..=config.max_sample_rate()).contains(&rate.hertz())
}

/// Orders sample formats by precision: first those that represent every sample exactly.
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

/// Returns an identifier without the name of its sound system.
fn short_id(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, id)| id)
}

fn name_of(device: &cpal::Device) -> String {
    device
        .description()
        .map_or_else(|_| "a device without a name".to_owned(), |description| description.name().to_owned())
}

/// Prevents libasound from writing to standard error during a search.
#[cfg(target_os = "linux")]
fn silence_alsa() -> impl Sized {
    alsa::Output::local_error_handler()
}

#[cfg(not(target_os = "linux"))]
fn silence_alsa() -> impl Sized {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alsa_plugins_are_not_listed() {
        let is_listed =
            |id: &str| is_device(&DeviceEntry { name: "x".to_owned(), id: id.to_owned(), is_default: false });
        for id in
            ["alsa:default", "alsa:sysdefault:CARD=PCH", "alsa:hdmi:CARD=PCH,DEV=1", "pulseaudio:null", "coreaudio:7"]
        {
            assert!(is_listed(id), "{id}");
        }
        for id in
            ["alsa:null", "alsa:lavrate", "alsa:jack", "alsa:upmix", "alsa:pulse", "alsa:surround51:CARD=PCH,DEV=0"]
        {
            assert!(!is_listed(id), "{id}");
        }
    }
}
