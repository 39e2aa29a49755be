//! MPEG Layer III, by LAME.

use std::io::{self, Seek, SeekFrom, Write};

use mp3lame_encoder::{
    Bitrate, BuildError, Builder, FlushGap, InterleavedPcm, Mode, Quality, VbrMode, max_required_buffer_size,
};

use super::encoder::{AudioEncoder, BLOCK_SIZE};
use super::format::OutputFormat;
use super::id3;
use super::tags::Tags;
use crate::io::atomic_file::AtomicFile;
use crate::units::{Frame, Frames};

/// Encodes MP3 at LAME's V2, or at 128 kbit/s, after an ID3v2.4 tag and the frame in which LAME stores the exact length.
pub(super) struct Mp3Encoder {
    encoder: mp3lame_encoder::Encoder,
    file: AtomicFile,
    /// The byte position of LAME's own frame.
    lame_tag_position: u64,
    samples: Vec<f32>,
    bytes: Vec<u8>,
}

impl Mp3Encoder {
    pub(super) fn new(mut file: AtomicFile, format: OutputFormat, tags: &Tags, length: Frames) -> io::Result<Self> {
        let rate = format.rate().hertz();
        let encoder = Builder::new()
            .ok_or(io::ErrorKind::OutOfMemory)?
            .with_num_channels(2)
            .and_then(|builder| builder.with_sample_rate(rate))
            .and_then(|builder| builder.with_output_sample_rate(std::num::NonZeroU32::new(rate)))
            .and_then(|builder| builder.with_mode(Mode::JointStereo))
            .and_then(|builder| with_bit_rate(builder, format))
            .and_then(Builder::build)
            .map_err(io_error)?;
        let id3_tag = id3::encode(tags, format.rate(), length)?;
        file.write_all(&id3_tag)?;
        Ok(Self { encoder, file, lame_tag_position: id3_tag.len() as u64, samples: Vec::new(), bytes: Vec::new() })
    }
}

fn with_bit_rate(builder: Builder, format: OutputFormat) -> Result<Builder, BuildError> {
    if format.has_constant_bit_rate() {
        let builder = builder.with_vbr_mode(VbrMode::Off)?.with_brate(Bitrate::Kbps128)?;
        return builder.with_quality(Quality::NearBest);
    }
    builder.with_vbr_mode(VbrMode::Mtrh)?.with_vbr_quality(Quality::NearBest)
}

impl AudioEncoder for Mp3Encoder {
    fn write(&mut self, block: &[Frame]) -> io::Result<()> {
        for frames in block.chunks(BLOCK_SIZE) {
            self.samples.clear();
            self.samples.extend(frames.as_flattened().iter().map(|sample| sample.clamp(-1.0, 1.0)));
            self.bytes.clear();
            self.bytes.reserve(max_required_buffer_size(frames.len()));
            self.encoder.encode_to_vec(InterleavedPcm(&self.samples), &mut self.bytes).map_err(io_error)?;
            self.file.write_all(&self.bytes)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<AtomicFile> {
        self.bytes.clear();
        self.bytes.reserve(max_required_buffer_size(0));
        self.encoder.flush_to_vec::<FlushGap>(&mut self.bytes).map_err(io_error)?;
        self.file.write_all(&self.bytes)?;

        self.bytes.clear();
        self.bytes.reserve(self.encoder.lame_tag_size());
        if self.encoder.lame_tag_encode_to_vec(&mut self.bytes).is_some() {
            self.file.seek(SeekFrom::Start(self.lame_tag_position))?;
            self.file.write_all(&self.bytes)?;
        }
        Ok(self.file)
    }
}

/// LAME's errors implement `Display` alone.
fn io_error(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}
