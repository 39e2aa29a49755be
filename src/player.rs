//! Between engine and device: a thread renders ahead into a ring, and the device's callback plays from it through the transport.
//!
//! ```text
//!  Engine ─► Feeder ─► ring of blocks ─► Callback (transport) ─► device
//!               ▲ orders ──────────────────┘   ▲ commands   │ notices
//!               └ its own thread               └── Handle ◄─┘
//! ```
//! The callback never allocates, locks, logs, blocks or frees: it pops from rings, multiplies, and pushes into rings.

mod callback;
mod feeder;
mod handle;
mod ring;
mod starvation;

pub use callback::Callback;
pub use feeder::{Clips, Feeder, Pumped};
pub use handle::{Handle, Snapshot, start, without_thread};
pub use ring::{Happening, Notice};
