//! The real-time player: a thread renders ahead into a ring, and the device's callback plays from the ring through the transport.
//!
//! ```text
//!  Engine ─► Feeder ─► ring of blocks ─► AudioCallback (transport) ─► device
//!               ▲ orders ───────────────────┘   ▲ commands    │ notices, snapshots
//!               └ its own thread                └─ PlayerHandle ◄─┘
//! ```
//! While speech of later lines is still being made, the feeder and the callback receive successive versions of the timelines. Up to the
//! horizon of a version, the next one is identical.
//!
//! The callback never allocates, locks, logs, blocks or frees: it pops from rings, multiplies, and pushes into rings.

mod callback;
mod error;
mod feeder;
mod handle;
mod ring;
mod shared;
mod snapshot;
mod start;
mod starvation;
pub mod transport;
mod version;

pub use callback::AudioCallback;
pub use error::PlayerError;
pub use handle::PlayerHandle;
pub use ring::{PlayerEvent, PlayerNotice};
pub use shared::WaitReason;
pub use snapshot::PlayerSnapshot;
pub use start::start;
pub use transport::StartPoint;
pub use version::{ClipSources, TimelineVersion};

#[cfg(test)]
pub(crate) use {feeder::Feeder, start::start_without_thread};

#[cfg(test)]
mod tests;
