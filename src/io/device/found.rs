//! Which devices there are, and which one is meant.

#[cfg(target_os = "linux")]
use std::ffi::CString;

use cpal::traits::{DeviceTrait, HostTrait};

use super::{DeviceError, within};
use crate::units::Rate;

/// How a device is opened.
pub(super) enum Backend {
    /// By the sound server's own protocol: a sink's name, or the default one, whichever that is.
    #[cfg(target_os = "linux")]
    Server(Option<CString>),
    /// By cpal, from one of its sound systems.
    System(cpal::Device, cpal::HostId),
}

/// A device that can be opened.
pub struct DeviceInfo {
    pub(super) door: Backend,
    /// As people know it.
    pub name: String,
    /// The rate that it is opened at.
    pub rate: Rate,
}

/// What a device has to share with an earlier one to take its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceOrigin {
    system: cpal::HostId,
    rate: Rate,
}

impl DeviceInfo {
    /// Where it is from.
    #[must_use]
    pub fn origin(&self) -> DeviceOrigin {
        let system = match self.door {
            #[cfg(target_os = "linux")]
            Backend::Server(_) => cpal::HostId::PulseAudio,
            Backend::System(_, system) => system,
        };
        DeviceOrigin { system, rate: self.rate }
    }
}

impl DeviceOrigin {
    /// Whether it is a sound server's that speaks PulseAudio's protocol.
    #[must_use]
    pub fn is_pulse(self) -> bool {
        is_pulse(self.system)
    }
}

/// A device as `karuna devices` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceEntry {
    /// As people know it.
    pub name: String,
    /// As the sound system knows it.
    pub id: String,
    /// It is used unless another is asked for.
    pub is_default: bool,
}

/// Finds a device by a part of its name that no other has, or the default one. Where it takes the place of an earlier one, it is
/// looked for in the same sound system alone: a server that is starting must find its hardware free.
///
/// # Errors
/// When there is none, and what there is instead.
pub fn find(name: Option<&str>, instead_of: Option<DeviceOrigin>) -> Result<DeviceInfo, DeviceError> {
    let name = name.map(str::to_owned);
    within(move || {
        let _quiet = quiet();
        let hosts = instead_of.map_or_else(hosts, |origin| host_again(origin.system).into_iter().collect());
        let rate = instead_of.map(|origin| origin.rate);
        match name {
            Some(name) => named(&name, &hosts, rate),
            None => hosts.iter().find_map(|host| default(host, rate)).ok_or(DeviceError::None),
        }
    })
    .unwrap_or_else(|| Err(DeviceError::Failed("the sound system does not answer".to_owned())))
}

/// Every output device.
#[must_use]
pub fn list() -> Vec<DeviceEntry> {
    within(|| {
        let _quiet = quiet();
        hosts().iter().map(of_host).find(|devices| !devices.is_empty()).unwrap_or_default()
    })
    .unwrap_or_default()
    .into_iter()
    .map(|(listed, _)| listed)
    .collect()
}

/// The sound systems of this machine. Where a sound server answers, it is the only one: what lies beneath it is its own, and its
/// protocol survives its death, which the way to it through ALSA does not.
fn hosts() -> Vec<cpal::Host> {
    let (servers, others): (Vec<_>, Vec<_>) = cpal::available_hosts().into_iter().partition(|system| is_pulse(*system));
    let running = |systems: Vec<cpal::HostId>| -> Vec<_> {
        systems.into_iter().filter_map(|system| cpal::host_from_id(system).ok()).collect()
    };
    let servers = running(servers);
    if servers.is_empty() { running(others) } else { servers }
}

/// A sound system that is asked again and again. Each time that cpal asks a server that hangs, it leaves a thread behind.
fn host_again(system: cpal::HostId) -> Option<cpal::Host> {
    answers(system).then(|| cpal::host_from_id(system).ok()).flatten()
}

fn is_pulse(system: cpal::HostId) -> bool {
    system.name().eq_ignore_ascii_case("pulseaudio")
}

#[cfg(target_os = "linux")]
fn answers(system: cpal::HostId) -> bool {
    !is_pulse(system) || super::pulse::answers()
}

#[cfg(not(target_os = "linux"))]
fn answers(_: cpal::HostId) -> bool {
    true
}

fn of_host(host: &cpal::Host) -> Vec<(DeviceEntry, cpal::Device)> {
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

fn named(part: &str, hosts: &[cpal::Host], rate: Option<Rate>) -> Result<DeviceInfo, DeviceError> {
    let (system, devices) = hosts
        .iter()
        .find_map(|host| Some((host.id(), of_host(host))).filter(|(_, devices)| !devices.is_empty()))
        .ok_or(DeviceError::None)?;
    let part = part.to_lowercase();
    let exactly = |listed: &DeviceEntry| {
        listed.name.to_lowercase() == part
            || listed.id.to_lowercase() == part
            || short(&listed.id).to_lowercase() == part
    };
    let holds =
        |listed: &DeviceEntry| listed.name.to_lowercase().contains(&part) || listed.id.to_lowercase().contains(&part);
    let names: Vec<_> = devices.iter().map(|(listed, _)| listed.name.clone()).collect();
    let (exact, others): (Vec<_>, Vec<_>) = devices.into_iter().partition(|(listed, _)| exactly(listed));
    let mut meant: Vec<_> =
        if exact.is_empty() { others.into_iter().filter(|(listed, _)| holds(listed)).collect() } else { exact };
    match (meant.pop(), meant.is_empty()) {
        (Some((listed, device)), true) => {
            found(device, system, rate).ok_or_else(|| DeviceError::Failed(format!("{} can't be opened", listed.name)))
        }
        (Some((last, _)), false) => {
            Err(DeviceError::Ambiguous(meant.into_iter().map(|(listed, _)| listed.name).chain([last.name]).collect()))
        }
        (None, _) => Err(DeviceError::Unknown(names)),
    }
}

/// The default device. A sound server is not told which one that is now, so that it stays the server's choice.
fn default(host: &cpal::Host, rate: Option<Rate>) -> Option<DeviceInfo> {
    let mut found = found(host.default_output_device()?, host.id(), rate)?;
    #[cfg(target_os = "linux")]
    if let Backend::Server(sink) = &mut found.door {
        *sink = None;
    }
    Some(found)
}

/// Describes a device. With a wanted rate, only one that can have it.
fn found(device: cpal::Device, system: cpal::HostId, wanted: Option<Rate>) -> Option<DeviceInfo> {
    let name = name_of(&device);
    // A sound server takes any rate; hardware is opened at its own.
    let rate = match wanted {
        _ if is_pulse(system) => wanted.unwrap_or(Rate::DEFAULT),
        Some(rate) if device.supported_output_configs().ok()?.any(|range| allows(&range, rate)) => rate,
        Some(_) => return None,
        None => Rate::new(device.default_output_config().ok()?.sample_rate())?,
    };
    Some(DeviceInfo { door: door(device, system)?, name, rate })
}

#[cfg(target_os = "linux")]
fn door(device: cpal::Device, system: cpal::HostId) -> Option<Backend> {
    if !is_pulse(system) {
        return Some(Backend::System(device, system));
    }
    CString::new(short(&device.id().ok()?.to_string())).ok().map(|sink| Backend::Server(Some(sink)))
}

#[cfg(not(target_os = "linux"))]
fn door(device: cpal::Device, system: cpal::HostId) -> Option<Backend> {
    Some(Backend::System(device, system))
}

/// An identifier without the name of its sound system.
fn short(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, id)| id)
}

fn allows(range: &cpal::SupportedStreamConfigRange, rate: Rate) -> bool {
    (range.min_sample_rate()..=range.max_sample_rate()).contains(&rate.hertz())
}

fn name_of(device: &cpal::Device) -> String {
    device
        .description()
        .map_or_else(|_| "a device without a name".to_owned(), |description| description.name().to_owned())
}

/// Keeps libasound from writing to standard error while devices are looked for.
#[cfg(target_os = "linux")]
fn quiet() -> impl Sized {
    alsa::Output::local_error_handler()
}

#[cfg(not(target_os = "linux"))]
fn quiet() -> impl Sized {}
