//! Sound devices. A sound server is reached by PulseAudio's protocol; hardware, and the sound systems of macOS and Windows, by rodio.
//!
//! `search.rs` finds devices, and `stream.rs` opens one. Both backends, `pulse.rs` and `mixer.rs`, read from a `CallbackSource`. While the
//! player's callback is silent, it can move to another device, so that a buffer can grow without the loss of a frame.
//! `docs/devices.md` describes the behaviour.
//!
//! A sound server may hang in any call, so none is made on the caller's thread: a call that takes too long is abandoned.

mod buffer;
mod callback_slot;
mod callback_source;
mod error;
mod event;
mod input;
mod mixer;
mod move_watcher;
#[cfg(target_os = "linux")]
mod pulse;
mod rate_converter;
mod search;
mod stream;
mod timeout;
mod wake;

pub(crate) use error::DeviceError;
pub(crate) use event::{DeviceEvent, Mute, MuteCause};
pub(crate) use input::InputStream;
pub(crate) use search::{DeviceInfo, DeviceOrigin, find, list};
pub(crate) use stream::{DeviceStream, StreamOptions};
pub use wake::WakeMode;
