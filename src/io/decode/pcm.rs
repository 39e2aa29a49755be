//! Files of samples in chunks: WAV with its 64-bit forms (RF64 by EBU Tech 3306, BW64 by ITU-R BS.2088), AIFF and AIFF-C.
//!
//! The bytes that exist are the audio. A size in a header is a lower bound, and some sizes mean "unknown": programs that write to a pipe
//! can't go back to correct them, and a recorder that loses power does not.

mod aiff;
mod chunks;
mod sample_reader;
mod trailer;
mod wav;
mod wave_format;

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE,
};
use symphonia::core::errors::{Error, Result};

use super::byte_cursor::ByteCursor;
use super::file_window::FileWindow;
use super::limits::max_frames;
use crate::units::Rate;
pub(super) use sample_reader::SampleReader;

/// A file format with samples in chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SampleFileFormat {
    Wav,
    Aiff,
}

impl SampleFileFormat {
    /// Detects the format by the first bytes of a file.
    pub(super) fn detect(bytes: &[u8]) -> Option<Self> {
        match (bytes.get(..4)?, bytes.get(8..12)?) {
            (b"RIFF" | b"RIFX" | b"RF64" | b"BW64", b"WAVE") => Some(Self::Wav),
            (b"FORM", b"AIFF" | b"AIFC") => Some(Self::Aiff),
            _ => None,
        }
    }
}

/// The audio of a file of samples.
pub(super) struct SampleFile {
    /// The parameters for a decoder.
    pub(super) parameters: AudioCodecParameters,
    pub(super) sound: SoundBytes,
    /// The size of a block in bytes, and its number of frames: 1 unless the samples are compressed.
    pub(super) block_size: u64,
    pub(super) frames_per_block: u64,
}

/// The range of the audio in the file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SoundBytes {
    pub(super) start: u64,
    /// The number of bytes that exist.
    pub(super) available: u64,
    /// The number of bytes according to the header, if known.
    pub(super) stated: Option<u64>,
}

impl SampleFile {
    /// Reads the headers of the file that starts at the byte `start`.
    pub(super) fn open(format: SampleFileFormat, cursor: ByteCursor, start: u64) -> Result<(Self, FileWindow)> {
        let mut window = FileWindow::new(cursor);
        let mut file = match format {
            SampleFileFormat::Wav => wav::read(&mut window, start)?,
            SampleFileFormat::Aiff => aiff::read(&mut window, start)?,
        };
        if file.block_size == 0 || file.frames_per_block == 0 {
            return Err(Error::DecodeError("its header does not state the format"));
        }
        file.ignore_impossible_size();
        Ok((file, window))
    }

    /// Ignores a stated size that exceeds the maximum length of a clip, unless the bytes exist.
    fn ignore_impossible_size(&mut self) {
        let Some(limit) = self.parameters.sample_rate.and_then(Rate::new).map(max_frames) else { return };
        let is_possible = |bytes| self.frames_in(bytes) <= limit;
        if self.sound.stated.is_some_and(|bytes| !is_possible(bytes)) && is_possible(self.sound.available) {
            self.sound.stated = None;
        }
    }

    /// Returns whether the samples are stored as floating-point numbers, which may exceed full scale.
    pub(super) fn is_float(&self) -> bool {
        let float = [CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE];
        float.contains(&self.parameters.codec)
    }

    /// Returns the number of frames in a number of bytes.
    fn frames_in(&self, bytes: u64) -> u64 {
        (bytes / self.block_size).saturating_mul(self.frames_per_block)
    }

    /// Returns the number of valid frames: those that exist, and silence for those that are only stated.
    pub(super) fn frames(&self) -> u64 {
        self.frames_in(self.sound.available.max(self.sound.stated.unwrap_or(0)))
    }

    /// Returns the stated number of frames if the file contains more than that.
    pub(super) fn understated_frames(&self) -> Option<u64> {
        self.sound.stated.map(|bytes| self.frames_in(bytes)).filter(|frames| *frames < self.frames())
    }
}
