//! Media keys and the desktop's media controls.

#[cfg(not(target_os = "linux"))]
mod missing;
#[cfg(target_os = "linux")]
mod mpris;
mod state;

#[cfg(not(target_os = "linux"))]
pub(crate) use missing::NoMediaControls as MediaControls;
#[cfg(target_os = "linux")]
pub(crate) use mpris::MediaControls;
pub(crate) use state::{MediaCommand, MediaState};
