//! Keeps the machine awake during playback.

#[cfg(target_os = "linux")]
mod logind;
#[cfg(not(target_os = "linux"))]
mod missing;

#[cfg(target_os = "linux")]
pub(crate) use logind::WakeLock;
#[cfg(not(target_os = "linux"))]
pub(crate) use missing::NoWakeLock as WakeLock;
