//! Ogg Vorbis, by aoTuV's libvorbis.

use std::io;
use std::num::{NonZeroU8, NonZeroU32};

use vorbis_rs::{VorbisBitrateManagementStrategy, VorbisEncoderBuilder, VorbisError};

use super::encoder::{AudioEncoder, BLOCK_SIZE};
use super::format::OutputFormat;
use super::tags::{Tags, ogg_serial};
use crate::io::atomic_file::AtomicFile;
use crate::units::{Frame, Frames};

const STEREO: NonZeroU8 = NonZeroU8::new(2).unwrap();
/// oggenc's quality 6.
const QUALITY: VorbisBitrateManagementStrategy = VorbisBitrateManagementStrategy::QualityVbr { target_quality: 0.6 };

/// Encodes Ogg Vorbis.
pub(super) struct VorbisEncoder {
    encoder: vorbis_rs::VorbisEncoder<AtomicFile>,
    channels: [Vec<f32>; 2],
}

impl VorbisEncoder {
    pub(super) fn new(file: AtomicFile, format: OutputFormat, tags: &Tags, length: Frames) -> io::Result<Self> {
        let rate = NonZeroU32::new(format.rate().hertz()).ok_or(io::ErrorKind::InvalidInput)?;
        let serial = ogg_serial(tags, length).cast_signed();
        let mut builder = VorbisEncoderBuilder::new_with_serial(rate, STEREO, file, serial);
        builder.bitrate_management_strategy(QUALITY);
        builder.comment_tags(tags.vorbis_comments(format.rate())).map_err(io_error)?;
        let encoder = builder.build().map_err(io_error)?;
        Ok(Self { encoder, channels: [const { Vec::new() }; 2] })
    }
}

impl AudioEncoder for VorbisEncoder {
    fn write(&mut self, block: &[Frame]) -> io::Result<()> {
        for frames in block.chunks(BLOCK_SIZE) {
            for (index, channel) in self.channels.iter_mut().enumerate() {
                channel.clear();
                channel.extend(frames.iter().map(|frame| frame[index].clamp(-1.0, 1.0)));
            }
            self.encoder.encode_audio_block(&self.channels).map_err(io_error)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<AtomicFile> {
        self.encoder.finish().map_err(io_error)
    }
}

fn io_error(error: VorbisError) -> io::Error {
    match error {
        VorbisError::Io(error) => error,
        other => io::Error::other(other),
    }
}
