//! Sound devices. A sound server is reached by PulseAudio's protocol; hardware, and the sound systems of macOS and Windows, by rodio.
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
pub(crate) use event::{DeviceEvent, Silence, SilenceCause};
pub(crate) use input::InputStream;
pub(crate) use search::{DeviceInfo, DeviceOrigin, find, list};
pub(crate) use stream::{DeviceStream, StreamOptions};
pub use wake::WakeLead;
