//! An audio file being written, of any format.

use std::io;
use std::path::{Path, PathBuf};

use super::encoder::AudioEncoder;
use super::error::EncodeError;
use super::flac::FlacEncoder;
use super::format::{FileFormat, OutputFormat};
#[cfg(feature = "mp3")]
use super::mp3::Mp3Encoder;
use super::opus::OpusEncoder;
use super::tags::Tags;
use super::vorbis::VorbisEncoder;
use super::wav::WavEncoder;
use crate::io::atomic_file::AtomicFile;
use crate::units::{Frame, Frames};

/// An audio file being written. The target is unchanged until [`finish`](Self::finish) returns; dropped earlier, the writer
/// leaves nothing behind.
pub struct AudioFileWriter {
    encoder: Box<dyn AudioEncoder>,
    path: PathBuf,
    expected: Frames,
    written: Frames,
}

impl AudioFileWriter {
    /// Creates a temporary file beside `path` and writes its header. `length` is the exact number of frames that will follow.
    ///
    /// # Errors
    /// If the folder is missing or read-only, `path` is not a regular file, or the disk is full.
    pub fn create(path: &Path, format: OutputFormat, tags: &Tags, length: Frames) -> Result<Self, EncodeError> {
        let file = AtomicFile::create(path)?;
        let encoder = encoder(file, format, tags, length).map_err(|error| EncodeError::new(path, error))?;
        Ok(Self { encoder, path: path.to_owned(), expected: length, written: Frames::ZERO })
    }

    /// Appends frames. The block size does not affect the file.
    ///
    /// # Errors
    /// If the disk is full or fails.
    pub fn write(&mut self, block: &[Frame]) -> Result<(), EncodeError> {
        self.written += Frames(block.len() as u64);
        self.encoder.write(block).map_err(|error| EncodeError::new(&self.path, error))
    }

    /// Appends digital silence. The file is the same as if the frames were written by [`write`](Self::write), which takes longer.
    ///
    /// # Errors
    /// If the disk is full or fails.
    pub fn write_silence(&mut self, frames: Frames) -> Result<(), EncodeError> {
        self.written += frames;
        self.encoder.write_silence(frames).map_err(|error| EncodeError::new(&self.path, error))
    }

    /// Completes the file and moves it to its target, replacing an older file.
    ///
    /// # Errors
    /// If the disk is full or fails, or the number of frames is not the length given to [`create`](Self::create).
    pub fn finish(self) -> Result<(), EncodeError> {
        let Self { encoder, path, expected, written } = self;
        if written != expected {
            return Err(EncodeError::WrongLength { path, expected, written });
        }
        let file = encoder.finish().map_err(|error| EncodeError::new(&path, error))?;
        Ok(file.commit()?)
    }
}

fn encoder(file: AtomicFile, format: OutputFormat, tags: &Tags, length: Frames) -> io::Result<Box<dyn AudioEncoder>> {
    Ok(match format.file_format() {
        FileFormat::Wav => Box::new(WavEncoder::new(file, format, tags, length)?),
        FileFormat::Flac => Box::new(FlacEncoder::new(file, format, tags, length)?),
        FileFormat::Vorbis => Box::new(VorbisEncoder::new(file, format, tags, length)?),
        FileFormat::Opus => Box::new(OpusEncoder::new(file, tags, length)?),
        #[cfg(feature = "mp3")]
        FileFormat::Mp3 => Box::new(Mp3Encoder::new(file, format, tags, length)?),
        #[cfg(not(feature = "mp3"))]
        FileFormat::Mp3 => return Err(io::ErrorKind::Unsupported.into()),
    })
}
