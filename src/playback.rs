//! Plays a session: wishes come in, the player and the device do what they ask.

pub(crate) mod controls;
pub(crate) mod device_search;
pub(crate) mod headroom;
pub(crate) mod input;
pub(crate) mod key_repeat;
pub(crate) mod output;
pub(crate) mod sound;
pub(crate) mod watchdog;

pub use output::Output;
