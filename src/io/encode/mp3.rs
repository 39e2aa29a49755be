//! MPEG Layer III, by LAME.

use std::io::{self, Seek, SeekFrom, Write};

use mp3lame_encoder::{Builder, FlushGap, InterleavedPcm, Mode, Quality, VbrMode, max_required_buffer_size};

use super::{BLOCK, Destination, Encoder, Format, Tags, id3};
use crate::units::{Frame, Frames};

/// Writes MP3 of variable bit rate, V2, led by tags of ID3v2.4 and by the frame in which LAME keeps the exact length.
pub(super) struct Mp3 {
    encoder: mp3lame_encoder::Encoder,
    to: Destination,
    /// Where LAME's frame is.
    start: u64,
    samples: Vec<f32>,
    bytes: Vec<u8>,
}

impl Mp3 {
    pub(super) fn new(mut to: Destination, format: Format, tags: &Tags, length: Frames) -> io::Result<Self> {
        let rate = format.rate.hertz();
        let encoder = Builder::new()
            .ok_or(io::ErrorKind::OutOfMemory)?
            .with_num_channels(2)
            .and_then(|builder| builder.with_sample_rate(rate))
            .and_then(|builder| builder.with_output_sample_rate(std::num::NonZeroU32::new(rate)))
            .and_then(|builder| builder.with_mode(Mode::JointStereo))
            .and_then(|builder| builder.with_vbr_mode(VbrMode::Mtrh))
            .and_then(|builder| builder.with_vbr_quality(Quality::NearBest))
            .and_then(Builder::build)
            .map_err(failure)?;
        let tag = id3::tag(tags, format.rate, length);
        to.write_all(&tag)?;
        Ok(Self { encoder, to, start: tag.len() as u64, samples: Vec::new(), bytes: Vec::new() })
    }
}

impl Encoder for Mp3 {
    fn write(&mut self, block: &[Frame]) -> io::Result<()> {
        for frames in block.chunks(BLOCK) {
            self.samples.clear();
            self.samples.extend(frames.as_flattened().iter().map(|sample| sample.clamp(-1.0, 1.0)));
            self.bytes.clear();
            self.bytes.reserve(max_required_buffer_size(frames.len()));
            self.encoder.encode_to_vec(InterleavedPcm(&self.samples), &mut self.bytes).map_err(failure)?;
            self.to.write_all(&self.bytes)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<Destination> {
        self.bytes.clear();
        self.bytes.reserve(max_required_buffer_size(0));
        self.encoder.flush_to_vec::<FlushGap>(&mut self.bytes).map_err(failure)?;
        self.to.write_all(&self.bytes)?;

        self.bytes.clear();
        self.bytes.reserve(self.encoder.lame_tag_size());
        if self.encoder.lame_tag_encode_to_vec(&mut self.bytes).is_some() {
            self.to.seek(SeekFrom::Start(self.start))?;
            self.to.write_all(&self.bytes)?;
        }
        Ok(self.to)
    }
}

fn failure(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}
