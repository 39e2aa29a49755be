//! What tests of the whole program share: fake speech engines, the events of `--json`, and the recorded null sink.
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

#[cfg(target_os = "linux")]
pub(crate) mod bus;
pub(crate) mod engines;
pub(crate) mod events;
pub(crate) mod home;
pub(crate) mod rig;
