//! Reads a manifest's text into a [`Session`], and reports every error and warning with its position. Does no I/O.
//!
//! All mistakes are reported in one run. `syntax/recovery.rs` reports whatever is not TOML 1.0, and repairs it in a copy of the text;
//! `source_map.rs` maps positions in the copy back to the original. The copy is parsed, and `table_reader.rs` reads it key by key. The
//! result is a `ManifestReading`, whose session may be incomplete, so that its clips and words are checked even if
//! there are errors. `schema/` generates `docs/session.schema.json`. Tests check that the schema and the reader accept the same manifests,
//! as far as a schema can express it.

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
