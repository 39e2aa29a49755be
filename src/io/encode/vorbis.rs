//! Ogg Vorbis, by aoTuV's libvorbis.

use std::io;
use std::num::{NonZeroU8, NonZeroU32};

use vorbis_rs::{VorbisBitrateManagementStrategy, VorbisEncoder, VorbisEncoderBuilder, VorbisError};

use super::{BLOCK, Destination, Encoder, Format, Tags, tags};
use crate::units::{Frame, Frames};

const STEREO: NonZeroU8 = NonZeroU8::new(2).unwrap();
/// Quality 6 of oggenc.
const QUALITY: VorbisBitrateManagementStrategy = VorbisBitrateManagementStrategy::QualityVbr { target_quality: 0.6 };

/// Writes Ogg Vorbis.
pub(super) struct Vorbis {
    encoder: VorbisEncoder<Destination>,
    channels: [Vec<f32>; 2],
}

impl Vorbis {
    pub(super) fn new(to: Destination, format: Format, tags: &Tags, length: Frames) -> io::Result<Self> {
        let rate = NonZeroU32::new(format.rate.hertz()).ok_or(io::ErrorKind::InvalidInput)?;
        let serial = tags::serial(tags, length).cast_signed();
        let mut builder = VorbisEncoderBuilder::new_with_serial(rate, STEREO, to, serial);
        builder.bitrate_management_strategy(QUALITY);
        builder.comment_tags(tags.vorbis_comments(format.rate)).map_err(failure)?;
        let encoder = builder.build().map_err(failure)?;
        Ok(Self { encoder, channels: [const { Vec::new() }; 2] })
    }
}

impl Encoder for Vorbis {
    fn write(&mut self, block: &[Frame]) -> io::Result<()> {
        for frames in block.chunks(BLOCK) {
            for (ear, channel) in self.channels.iter_mut().enumerate() {
                channel.clear();
                channel.extend(frames.iter().map(|frame| frame[ear].clamp(-1.0, 1.0)));
            }
            self.encoder.encode_audio_block(&self.channels).map_err(failure)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<Destination> {
        self.encoder.finish().map_err(failure)
    }
}

fn failure(error: VorbisError) -> io::Error {
    match error {
        VorbisError::Io(error) => error,
        other => io::Error::other(other),
    }
}
