//! The sound device: a source of rodio's kind, pulled by a stream of the sound server's where one runs, and else by cpal.
//!
//! A server may hang in the middle of any call, so none is made on the caller's thread: what does not answer in time is left behind.

mod found;
#[cfg(target_os = "linux")]
mod pulse;
mod stream;
mod tap;
mod watch;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

pub use found::{DeviceEntry, DeviceInfo, DeviceOrigin, find, list};
pub use stream::DeviceStream;

/// Why there is no device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceError {
    /// None is there at all.
    None,
    /// None has this name; these are there.
    Unknown(Vec<String>),
    /// Several have this in their name.
    Ambiguous(Vec<String>),
    /// It is there and does not work.
    Failed(String),
}

/// What became of an open device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceEvent {
    /// It is gone.
    Lost,
    /// The sound comes out somewhere else: from the loudspeakers perhaps, where headphones were pulled out. The name of that place.
    Moved(String),
}

/// How long the sound system may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Does something on a thread of its own, and waits for it as long as a person would.
fn within<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = mpsc::sync_channel(1);
    let spawned = thread::Builder::new().name("sound system".to_owned()).spawn(move || {
        let _ = done.send(work());
    });
    spawned.ok()?;
    result.recv_timeout(PATIENCE).ok()
}
