//! `karuna devices`: lists the output devices, or tries one.

use super::{Outcome, play};
use crate::cli::Play;
use crate::error::{Failure, Remedy};
use crate::io::device::{self, DeviceError};
use crate::playback::{OutputChoice, WakeMode};
use crate::player::transport::EndReason;
use crate::text::escape_controls;

/// The session that tries a device: a line of the library, after a silence that is long enough for wireless devices to fall asleep.
const TRIAL_SESSION: &str = r#"
    format = 1
    title = "Listen to the beginning"
    [[segment]]
    silence = "2s"
    [[segment]]
    say = "A short quiet."
    clip = "time/20s.ogg"
"#;

/// Plays a line twice, without and with a wake-up lead, so that a listener hears whether the device cuts off its start.
pub(super) fn try_device(output: &OutputChoice) -> Result<Outcome, Failure> {
    for (announcement, wake_lead) in [
        ("without waking the device:", WakeMode::Never),
        ("again, after waking the device for 1.5 seconds:", WakeMode::Always),
    ] {
        super::print_line(announcement)?;
        let arguments = Play { wake_lead: Some(wake_lead), ..Play::quiet("trial", output.clone()) };
        match play::play_text(TRIAL_SESSION.to_owned(), &arguments)? {
            Some(EndReason::Completed) => {}
            Some(end) => return Ok(end.into()),
            None => return Ok(Outcome::Failed),
        }
    }
    super::print_line("if the first word was missing only the first time, play with --wake-lead always")?;
    Ok(Outcome::Done)
}

/// Prints the devices.
pub(super) fn list() -> Result<Outcome, Failure> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trial_plays_a_recording_of_the_library() {
        let session = crate::load::load_text("trial", TRIAL_SESSION.to_owned()).unwrap();
        let timeline = session.programmes(crate::units::Rate::DEFAULT).unwrap();
        assert!(timeline.session().frames.0 > 3 * 48_000);
    }
}
