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
mod span;
pub mod suggest;
mod syntax;
mod table_reader;

pub use bounds::MAX_MANIFEST_BYTES;
pub use codes::Code;
pub use findings::{Finding, Findings, Severity};
pub use read::{ManifestReading, read, read_for_playback, read_lossy};
pub use session::Session;
pub use span::{Located, Span};
