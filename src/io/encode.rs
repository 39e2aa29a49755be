//! Writes a rendered session into a sound file: WAV, FLAC, Ogg Vorbis, Opus or MP3, streamed, with its tags and chapters.
//!
//! ```no_run
//! # use karuna::{io::encode::{Format, SoundFile, Tags}, units::{Frames, Rate, SILENCE}};
//! # use std::path::Path;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let path = Path::new("session.flac");
//! let format = Format::resolve(path, Rate::DEFAULT, None)?;
//! let mut file = SoundFile::create(path, format, &Tags::default(), Frames(96_000))?;
//! file.write(&[SILENCE; 48_000])?;
//! file.write_silence(Frames(48_000))?;
//! file.finish()?;
//! # Ok(())
//! # }
//! ```

use std::io;
use std::path::Path;

use crate::units::{Frame, Frames, SILENCE};

mod destination;
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

pub use destination::{Destination, Failure};
pub use format::{Depth, Format, FormatError, Kind};
pub use tags::{Chapter, Tags};

/// Frames that an encoder is given at once, so that its buffers stay small whatever the block.
const BLOCK: usize = 4_096;

static QUIET: [Frame; BLOCK] = [SILENCE; BLOCK];

/// Turns frames into the bytes of one kind of file.
///
/// Samples are expected within ±1; what lies outside is clamped.
trait Encoder {
    /// Takes the frames that follow.
    fn write(&mut self, block: &[Frame]) -> io::Result<()>;

    /// Takes digital silence, at the least cost that the kind of file permits.
    fn write_silence(&mut self, mut frames: Frames) -> io::Result<()> {
        while frames > Frames::ZERO {
            let silent = frames.index().min(BLOCK);
            self.write(&QUIET[..silent])?;
            frames = frames.saturating_sub(Frames(silent as u64));
        }
        Ok(())
    }

    /// Writes what is still held, and whatever is only known at the end.
    fn finish(self: Box<Self>) -> io::Result<Destination>;
}

/// A sound file being written. Until `finish` has returned, the target is as it was before; dropped earlier, it leaves nothing.
pub struct SoundFile {
    encoder: Box<dyn Encoder>,
    report: destination::Report,
    promised: Frames,
    written: Frames,
}

impl SoundFile {
    /// Opens a file beside `path`, and writes what comes before the sound. `length` is how many frames will follow.
    ///
    /// # Errors
    /// When the folder is missing or closed to writing, when `path` is something else than a file, or the disk is full.
    pub fn create(path: &Path, format: Format, tags: &Tags, length: Frames) -> Result<Self, Failure> {
        let destination = Destination::create(path)?;
        let report = destination.report();
        let encoder = start(destination, format, tags, length).map_err(|error| report.failure(&error))?;
        Ok(Self { encoder, report, promised: length, written: Frames::ZERO })
    }

    /// Appends frames. Any block size gives the same file.
    ///
    /// # Errors
    /// When the disk is full, or fails.
    pub fn write(&mut self, block: &[Frame]) -> Result<(), Failure> {
        self.written += Frames(block.len() as u64);
        self.encoder.write(block).map_err(|error| self.report.failure(&error))
    }

    /// Appends digital silence: the same file as writing as many silent frames, for less.
    ///
    /// # Errors
    /// When the disk is full, or fails.
    pub fn write_silence(&mut self, frames: Frames) -> Result<(), Failure> {
        self.written += frames;
        self.encoder.write_silence(frames).map_err(|error| self.report.failure(&error))
    }

    /// Completes the file and puts it in the place of whatever had its name.
    ///
    /// # Errors
    /// When the disk is full or fails, or when other than the promised number of frames was written; the target is then untouched.
    pub fn finish(self) -> Result<(), Failure> {
        if self.written != self.promised {
            let message = format!("{} frames were promised and {} came", self.promised.0, self.written.0);
            return Err(self.report.failure(&io::Error::new(io::ErrorKind::InvalidInput, message)));
        }
        self.encoder.finish().and_then(Destination::commit).map_err(|error| self.report.failure(&error))
    }
}

fn start(to: Destination, format: Format, tags: &Tags, length: Frames) -> io::Result<Box<dyn Encoder>> {
    Ok(match format.kind {
        Kind::Wav => Box::new(wav::Wav::new(to, format, tags, length)?),
        Kind::Flac => Box::new(flac::Flac::new(to, format, tags, length)?),
        Kind::Vorbis => Box::new(vorbis::Vorbis::new(to, format, tags, length)?),
        Kind::Opus => Box::new(opus::Opus::new(to, tags, length)?),
        #[cfg(feature = "mp3")]
        Kind::Mp3 => Box::new(mp3::Mp3::new(to, format, tags, length)?),
        #[cfg(not(feature = "mp3"))]
        Kind::Mp3 => return Err(io::ErrorKind::Unsupported.into()),
    })
}
