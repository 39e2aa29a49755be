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
pub(crate) mod transport;
mod underrun_fader;
mod version;

pub(crate) use callback::AudioCallback;
pub(crate) use error::PlayerError;
pub(crate) use handle::PlayerHandle;
pub(crate) use ring::PlayerEvent;
#[cfg(test)]
pub(crate) use ring::PlayerNotice;
pub(crate) use shared::WaitReason;
pub(crate) use snapshot::PlayerSnapshot;
pub(crate) use start::start;
pub(crate) use transport::StartPoint;
pub(crate) use version::{ClipSources, TimelineVersion};

#[cfg(test)]
pub(crate) use {feeder::Feeder, start::start_without_thread};

#[cfg(test)]
mod tests;
