//! Helpers: fake speech engines, the events of `--json`, private buses, and the recorded null sink.
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

#[cfg(target_os = "linux")]
pub(crate) mod bus;
pub(crate) mod engines;
pub(crate) mod events;
pub(crate) mod heart;
pub(crate) mod home;
#[cfg(unix)]
pub(crate) mod proxy;
pub(crate) mod rig;
