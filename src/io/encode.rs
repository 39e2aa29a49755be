//! Writes audio files: WAV, FLAC, Ogg Vorbis, Opus or MP3, streamed, with tags and chapters.
//!
//! ```no_run
//! # use karuna::{io::encode::{AudioFileWriter, OutputFormat, Tags}, units::{Frames, Rate, SILENCE}};
//! # use std::path::Path;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let path = Path::new("session.flac");
//! let format = OutputFormat::for_path(path, Rate::DEFAULT, None)?;
//! let mut file = AudioFileWriter::create(path, format, &Tags::default(), Frames(96_000))?;
//! file.write(&[SILENCE; 48_000])?;
//! file.write_silence(Frames(48_000))?;
//! file.finish()?;
//! # Ok(())
//! # }
//! ```

mod encoder;
mod error;
mod file_writer;
mod flac;
mod format;
#[cfg(feature = "mp3")]
mod id3;
#[cfg(feature = "mp3")]
mod mp3;
mod opus;
mod tags;
mod vorbis;
mod wav;

pub use error::EncodeError;
pub use file_writer::AudioFileWriter;
pub use format::{BitDepth, FileFormat, FormatError, OutputFormat};
pub use tags::{Chapter, CoverPicture, Tags};
