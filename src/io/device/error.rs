//! Errors of finding and opening devices.

use std::borrow::Cow;
use std::error::Error;

use crate::error::Remedy;
use crate::text::escape_controls;

/// Why a device can't be found or opened.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// There is no device at all.
    #[error("no sound device was found")]
    NoDevice,
    /// No device has this name.
    #[error("there is no sound device named `{}`", escape_controls(name))]
    NotFound {
        /// The requested name, or a part of it.
        name: String,
        /// The names of the existing devices.
        available: Vec<String>,
    },
    /// Several devices contain this in their names.
    #[error("several sound devices have `{}` in their name", escape_controls(name))]
    Ambiguous {
        /// The requested part of a name.
        name: String,
        /// The names that contain it.
        matches: Vec<String>,
    },
    /// The device exists but can't be opened.
    #[error("the sound device `{}` does not work: {}", escape_controls(name), escape_controls(&source.to_string()))]
    NotOpened {
        /// The name of the device.
        name: String,
        /// The message of the sound system.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The sound system did not answer in time.
    #[error("the sound system does not answer")]
    NoAnswer,
}

impl DeviceError {
    pub(super) fn not_opened(name: &str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::NotOpened { name: name.to_owned(), source: source.into() }
    }
}

impl Remedy for DeviceError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let list = |names: &[String]| names.iter().map(|name| escape_controls(name)).collect::<Vec<_>>().join(", ");
        Some(match self {
            Self::NoDevice => Cow::Borrowed(
                "plug in headphones or speakers, and on Linux install pulseaudio or pipewire-pulse if no sound server runs",
            ),
            Self::NotFound { available, .. } => Cow::Owned(format!("the devices are {}", list(available))),
            Self::Ambiguous { matches, .. } => Cow::Owned(format!("give more of the name: {}", list(matches))),
            Self::NotOpened { .. } => Cow::Borrowed("`karuna devices` lists the others"),
            Self::NoAnswer => Cow::Borrowed("restart the sound server"),
        })
    }
}
