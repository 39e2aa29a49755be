//! From the text of a manifest to a [`Session`], with every finding at once, each at its place. No files, no sample rate.

mod bounds;
pub mod codes;
pub mod duration;
pub mod explain;
pub mod findings;
mod header;
mod keys;
pub mod lint;
mod modes;
mod narration;
mod read;
pub mod schema;
mod segment;
pub mod session;
mod source_map;
pub mod suggest;
mod syntax;
mod table;

pub use codes::Code;
pub use findings::{Finding, Findings, Level, Span};
pub use read::{Reading, read, read_for_listener, read_on};
pub use session::Session;

/// The largest manifest, in bytes: 1 MiB.
pub const LARGEST: usize = 1 << 20;
