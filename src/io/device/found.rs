//! Which devices there are, and which one is meant.

use cpal::traits::{DeviceTrait, HostTrait};
use rodio::cpal;

use super::{DeviceError, within};
use crate::units::Rate;

/// A device that can be opened.
pub struct Found {
    pub(super) device: cpal::Device,
    /// As people know it.
    pub name: String,
    /// The rate that it is opened at.
    pub rate: Rate,
}

/// A device as `karuna devices` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// As people know it.
    pub name: String,
    /// As the sound system knows it.
    pub id: String,
    /// It is used unless another is asked for.
    pub is_default: bool,
}

/// Finds a device by a part of its name that no other has, or the default one.
///
/// # Errors
/// When there is none, and what there is instead.
pub fn find(name: Option<&str>) -> Result<Found, DeviceError> {
    let name = name.map(str::to_owned);
    within(move || {
        let _quiet = quiet();
        match name {
            Some(name) => named(&name),
            None => hosts().find_map(|host| host.default_output_device().and_then(found)).ok_or(DeviceError::None),
        }
    })
    .unwrap_or_else(|| Err(DeviceError::Failed("the sound system does not answer".to_owned())))
}

/// Every output device.
#[must_use]
pub fn list() -> Vec<Listed> {
    within(|| {
        let _quiet = quiet();
        hosts().map(|host| of_host(&host)).find(|devices| !devices.is_empty()).unwrap_or_default()
    })
    .unwrap_or_default()
    .into_iter()
    .map(|(listed, _)| listed)
    .collect()
}

/// The sound systems of this machine, the one that survives the death of its server first.
fn hosts() -> impl Iterator<Item = cpal::Host> {
    let mut ids = cpal::available_hosts();
    ids.sort_by_key(|id| !id.name().eq_ignore_ascii_case("pulseaudio"));
    ids.into_iter().filter_map(|id| cpal::host_from_id(id).ok())
}

fn of_host(host: &cpal::Host) -> Vec<(Listed, cpal::Device)> {
    let default = host.default_output_device().and_then(|device| device.id().ok());
    let devices = host.output_devices().into_iter().flatten();
    devices
        .map(|device| {
            let id = device.id().ok();
            let is_default = id.is_some() && id == default;
            let id = id.map(|id| id.to_string()).unwrap_or_default();
            (Listed { name: name_of(&device), id, is_default }, device)
        })
        .collect()
}

fn named(part: &str) -> Result<Found, DeviceError> {
    let devices: Vec<_> = hosts().map(|host| of_host(&host)).find(|devices| !devices.is_empty()).unwrap_or_default();
    if devices.is_empty() {
        return Err(DeviceError::None);
    }
    let part = part.to_lowercase();
    let short = |id: &str| id.split_once(':').map_or(id, |(_, id)| id).to_lowercase();
    let exactly = |listed: &Listed| {
        listed.name.to_lowercase() == part || listed.id.to_lowercase() == part || short(&listed.id) == part
    };
    let holds =
        |listed: &Listed| listed.name.to_lowercase().contains(&part) || listed.id.to_lowercase().contains(&part);
    let names: Vec<_> = devices.iter().map(|(listed, _)| listed.name.clone()).collect();
    let (exact, others): (Vec<_>, Vec<_>) = devices.into_iter().partition(|(listed, _)| exactly(listed));
    let mut meant: Vec<_> =
        if exact.is_empty() { others.into_iter().filter(|(listed, _)| holds(listed)).collect() } else { exact };
    match (meant.pop(), meant.is_empty()) {
        (Some((listed, device)), true) => {
            found(device).ok_or_else(|| DeviceError::Failed(format!("{} can't be opened", listed.name)))
        }
        (Some((last, _)), false) => {
            Err(DeviceError::Ambiguous(meant.into_iter().map(|(listed, _)| listed.name).chain([last.name]).collect()))
        }
        (None, _) => Err(DeviceError::Unknown(names)),
    }
}

fn found(device: cpal::Device) -> Option<Found> {
    let config = device.default_output_config().ok()?;
    let name = name_of(&device);
    // A sound server takes any rate; hardware is opened at its own.
    let is_server = device.id().is_ok_and(|id| id.to_string().to_lowercase().starts_with("pulse"));
    let rate = if is_server { Rate::DEFAULT } else { Rate::new(config.sample_rate())? };
    Some(Found { device, name, rate })
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
