//! Decodes and measures clips: audio files in any supported format.
//!
//! All input is untrusted: a length in a header only counts once the bytes are present, and damage is replaced by silence without
//! shifting the audio that follows.
//!
//! ```no_run
//! # use karuna::{engine::ClipReader, io::decode::{ClipBytes, ClipDecoder}, units::SILENCE};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let bytes = ClipBytes::from_file(std::fs::File::open("voice.flac")?, "voice.flac")?;
//! let mut clip = ClipDecoder::open(&bytes)?;
//! let mut frames = vec![SILENCE; clip.properties().frames.index()];
//! clip.read(&mut frames);
//! # Ok(())
//! # }
//! ```
#![warn(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod analysis;
mod analysis_record;
mod audio_track;
mod band_replication;
mod byte_cursor;
mod caf;
mod clip_bytes;
mod clip_decoder;
mod downmix;
mod error;
mod file_kind;
mod file_window;
mod flac;
mod ima4_decoder;
mod limits;
mod loudness;
mod mp3;
mod mp3_decoder;
mod mp4;
mod ogg;
mod opus;
mod packet_decoder;
mod packet_reader;
mod packet_table;
mod part_decoder;
mod pcm;
mod read_monitor;
mod sample_codec;
mod sample_statistics;
mod tags;

pub use analysis::{ClipAnalysis, ClipDamage, analyse};
pub(crate) use analysis_record::RECORD_VERSION;
pub use clip_bytes::ClipBytes;
pub(crate) use clip_bytes::FileOpener;
pub use clip_decoder::{ClipDecoder, ClipProperties};
pub(crate) use error::DecodeError;
pub(crate) use loudness::LoudnessBlocks;
pub(crate) use loudness::LoudnessMeter;

/// Returns the sample rate, channels and length of a clip. If no header states the length, as in an MP3 without a tag, the file is read to
/// its end without decoding. The first packet that can be decoded is decoded.
///
/// # Errors
/// If the clip can't be played at all, or none of it can be decoded: exactly when [`analyse`] fails.
pub fn probe(bytes: &ClipBytes) -> Result<ClipProperties, DecodeError> {
    let mut clip = ClipDecoder::open(bytes)?;
    if clip.has_audio() { Ok(clip.properties()) } else { Err(DecodeError::undecodable(bytes.name())) }
}
