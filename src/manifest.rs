//! Reads a manifest's text into a [`Session`], and reports every error and warning with its position. Does no I/O.

pub(crate) mod announcements;
mod bounds;
mod codes;
pub(crate) mod document;
pub(crate) mod duration;
pub(crate) mod explain;
mod findings;
mod header;
mod keys;
pub(crate) mod lint;
mod modes;
mod narration;
mod read;
pub(crate) mod schema;
mod segment;
pub mod session;
mod source_map;
mod span;
pub(crate) mod suggest;
mod syntax;
mod table_reader;

pub(crate) use bounds::{MAX_MANIFEST_BYTES, SETTLE};
pub(crate) use codes::Code;
pub(crate) use findings::Findings;
pub use findings::{Finding, Severity};
pub(crate) use read::read_lossy;
pub use read::{read, read_for_playback};
pub use session::Session;
pub(crate) use span::{Located, Span};
