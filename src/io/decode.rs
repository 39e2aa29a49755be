//! Clips: what they are, their samples, and what is wrong with them.
//!
//! Everything here reads untrusted files: no length in a header is believed before the bytes are there, and damage leads to
//! silence at its place and never to a shift of what follows.

mod analysis;
mod clip_bytes;
mod clip_decoder;
mod container;
mod downmix;
mod edit_list;
mod error;
mod loudness;
mod mp3;
mod ogg_pages;
mod opus;
mod packet_decoder;
mod packet_reader;
mod panic_guard;
mod record;
mod statistics;

pub use analysis::{Damage, Examination, examine};
pub use clip_bytes::{ClipBytes, Opener};
pub use clip_decoder::{Clip, ClipFacts};
pub use error::{ClipError, ClipErrorKind};
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
