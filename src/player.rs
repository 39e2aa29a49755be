//! Between engine and device: a thread renders ahead into a ring, and the device's callback plays from it through the transport.
//!
//! ```text
//!  Engine ─► Feeder ─► ring of blocks ─► Callback (transport) ─► device
//!               ▲ orders ──────────────────┘   ▲ commands   │ notices
//!               └ its own thread               └── Handle ◄─┘
//! ```
//! While speech of later lines is still being made, feeder and callback are given versions of the programmes that reach further; all
//! before the horizon of the one is the same in the next.
//!
//! The callback never allocates, locks, logs, blocks or frees: it pops from rings, multiplies, and pushes into rings.

mod callback;
mod feeder;
mod handle;
mod ring;
mod shared;
mod starvation;
pub mod transport;

pub use callback::AudioCallback;
pub use feeder::{Clips, Feeder, PumpResult, TimelineVersion};
pub use handle::{PlayerHandle, start, start_without_thread};
pub use ring::{PlayerEvent, PlayerNotice, WaitReason};
pub use shared::PlayerSnapshot;

#[cfg(test)]
mod tests;
