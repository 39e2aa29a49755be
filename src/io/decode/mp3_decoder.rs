//! Decodes MP3. Symphonia's own decoder does not scale a part of mixed blocks, which causes noise at full scale.

use nanomp3_core::{Decoder, MAX_SAMPLES_PER_FRAME};
use symphonia::core::audio::{
    AsGenericAudioBufferRef, Audio, AudioBuffer, AudioMut, AudioSpec, GenericAudioBufferRef, layouts,
};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, FinalizeResult};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;

use super::mp3::FrameHeader;

static INFO: CodecInfo = CodecInfo { short_name: "mp3", long_name: "MPEG Audio Layer III", profiles: &[] };

/// Decodes the frames of an MP3 stream.
pub(super) struct Mp3Decoder {
    parameters: AudioCodecParameters,
    decoder: Box<Decoder>,
    samples: Box<[f32; MAX_SAMPLES_PER_FRAME]>,
    buffer: AudioBuffer<f32>,
}

impl Mp3Decoder {
    pub(super) fn new(parameters: &AudioCodecParameters) -> Self {
        let spec = AudioSpec::new(parameters.sample_rate.unwrap_or(0), layouts::CHANNEL_LAYOUT_STEREO);
        Self {
            parameters: parameters.clone(),
            decoder: Box::new(Decoder::new()),
            samples: Box::new([0.0; MAX_SAMPLES_PER_FRAME]),
            buffer: AudioBuffer::new(spec, 0),
        }
    }

    fn decode(&mut self, packet: &[u8]) -> Result<()> {
        const DAMAGED: Error = Error::DecodeError("mp3: damaged frame");
        let header = packet.first_chunk().copied().and_then(FrameHeader::parse).ok_or(DAMAGED)?;
        let (_, result) = self.decoder.decode(packet, self.samples.as_mut_slice());
        let channels = if header.is_mono { 1 } else { 2 };
        let frames = match result {
            Ok(info) => info.samples_produced,
            // The first frames of a stream may refer to bytes of earlier frames, which a cut has removed.
            Err(nanomp3_core::DecodeError::ReservoirUnavailable(_)) => {
                self.samples.fill(0.0);
                usize::try_from(header.samples).map_err(|_| DAMAGED)?
            }
            Err(_) => return Err(DAMAGED),
        };
        let layout = if header.is_mono { layouts::CHANNEL_LAYOUT_MONO } else { layouts::CHANNEL_LAYOUT_STEREO };
        let spec = AudioSpec::new(header.rate, layout);
        if *self.buffer.spec() != spec || self.buffer.capacity() < frames {
            self.buffer = AudioBuffer::new(spec, MAX_SAMPLES_PER_FRAME / 2);
        }
        self.buffer.render_uninit(Some(frames));
        self.buffer.copy_from_slice_interleaved(&&self.samples[..frames * channels]);
        Ok(())
    }
}

impl AudioDecoder for Mp3Decoder {
    fn reset(&mut self) {
        *self.decoder = Decoder::new();
    }

    fn codec_info(&self) -> &CodecInfo {
        &INFO
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.parameters
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.buffer.clear();
        self.decode(packet.data)?;
        Ok(self.buffer.as_generic_audio_buffer_ref())
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> GenericAudioBufferRef<'_> {
        self.buffer.as_generic_audio_buffer_ref()
    }
}
