//! `karuna devices`: where a session can sound.

use super::Outcome;
use crate::error::{Failure, Remedy};
use crate::io::device::{self, DeviceError};
use crate::text::escape_controls;

pub(super) fn run() -> Result<Outcome, Failure> {
    let devices = device::list();
    if devices.is_empty() {
        super::report::line(&format!(
            "{}; {}",
            DeviceError::NoDevice,
            DeviceError::NoDevice.help().unwrap_or_default()
        ));
    }
    for device in devices {
        let mark = if device.is_default { "*" } else { " " };
        super::print_line(&format!("{mark} {}  ({})", escape_controls(&device.name), escape_controls(&device.id)))?;
    }
    Ok(Outcome::Done)
}
