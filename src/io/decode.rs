//! Clips: what they are, their samples, and what is wrong with them.
//!
//! Everything here reads untrusted files: no length in a header is believed before the bytes are there, and damage leads to
//! silence at its place and never to a shift of what follows.

mod bytes;
mod clip;
mod container;
mod edits;
mod error;
mod examine;
mod fold;
mod guard;
mod loudness;
mod mpeg;
mod ogg;
mod opus;
mod packets;
mod record;
mod statistics;
mod stream;

pub use bytes::{ClipBytes, Opener};
pub use clip::{Clip, ClipFacts};
pub use error::{ClipError, ClipErrorKind};
pub use examine::{Damage, Examination, examine};
pub use loudness::LoudnessBlocks;
pub use record::RECORD_VERSION;
pub use statistics::Statistics;

use crate::engine::source::ClipReader;

/// The longest that a clip may be, in seconds: four hours.
pub const LONGEST: u64 = 4 * 3600;
/// The most channels that a clip may have.
pub const MOST_CHANNELS: usize = 8;

/// What a clip is, without decoding it. An MP3 without a tag that says how long it is, and the like, is walked through.
///
/// # Errors
/// When it can't be played at all; see [`ClipErrorKind`].
pub fn probe(bytes: &ClipBytes) -> Result<ClipFacts, ClipError> {
    Clip::open(bytes).map(|clip| clip.facts())
}

/// Opens a clip for reading. [`Clip::open`] does the same, and can say what went wrong while it was read.
///
/// # Errors
/// When it can't be played at all; see [`ClipErrorKind`].
pub fn open(bytes: &ClipBytes) -> Result<Box<dyn ClipReader>, ClipError> {
    Ok(Box::new(Clip::open(bytes)?))
}
