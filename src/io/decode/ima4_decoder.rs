//! Decodes IMA ADPCM as stored in AIFF-C: blocks of 64 samples in 34 bytes for each channel.
//!
//! A block states the predictor of its first sample without the lowest seven bits, while encoders continue with all bits. So a decoder keeps
//! its own predictor as long as it agrees with the stated one. Symphonia's decoder does not, and rounds differently, which adds noise.

use symphonia::core::audio::{AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, GenericAudioBufferRef};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, FinalizeResult};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;

/// The size of a block in one channel in bytes, and its number of frames.
const BLOCK_SIZE: usize = 34;
const BLOCK_FRAMES: usize = 64;
/// The bits of the predictor that a block does not state.
const HIDDEN_BITS: u16 = 0x7f;
/// The sizes of a quantiser step, by its index.
const STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107,
    118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963,
    1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894,
    6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
    32767,
];
/// How the index changes after a sample, by the magnitude of its code.
const INDEX_CHANGES: [isize; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

static INFO: CodecInfo = CodecInfo { short_name: "ima4", long_name: "IMA ADPCM of AIFF-C", profiles: &[] };

/// Decodes the blocks of a file.
pub(super) struct Ima4Decoder {
    parameters: AudioCodecParameters,
    channels: Vec<ChannelState>,
    spec: AudioSpec,
    samples: Vec<f32>,
    buffer: AudioBuffer<f32>,
}

/// The state of a channel after a sample.
#[derive(Clone, Copy, Default)]
struct ChannelState {
    predictor: i32,
    step_index: usize,
}

impl Ima4Decoder {
    pub(super) fn new(parameters: &AudioCodecParameters) -> Result<Self> {
        let channels = parameters.channels.clone().filter(|channels| channels.count() > 0);
        let channels = channels.ok_or(Error::DecodeError("its header does not state the format"))?;
        let states = vec![ChannelState::default(); channels.count()];
        let spec = AudioSpec::new(parameters.sample_rate.unwrap_or(0), channels);
        let buffer = AudioBuffer::new(spec.clone(), 0);
        Ok(Self { parameters: parameters.clone(), channels: states, spec, samples: Vec::new(), buffer })
    }

    fn decode(&mut self, packet: &[u8]) {
        let count = self.channels.len();
        let blocks = packet.len() / (BLOCK_SIZE * count);
        self.samples.resize(blocks * BLOCK_FRAMES * count, 0.0);
        let of_blocks = self.samples.chunks_exact_mut(BLOCK_FRAMES * count);
        for (samples, bytes) in of_blocks.zip(packet.chunks_exact(BLOCK_SIZE * count)) {
            for (channel, (state, block)) in self.channels.iter_mut().zip(bytes.as_chunks().0).enumerate() {
                let samples = samples[channel..].iter_mut().step_by(count);
                samples.zip(state.decode_block(block)).for_each(|(sample, value)| *sample = value);
            }
        }
        let frames = blocks * BLOCK_FRAMES;
        if self.buffer.capacity() < frames {
            self.buffer = AudioBuffer::new(self.spec.clone(), frames);
        }
        self.buffer.render_uninit(Some(frames));
        self.buffer.copy_from_slice_interleaved(&self.samples.as_slice());
    }
}

impl ChannelState {
    fn decode_block(&mut self, block: &[u8; BLOCK_SIZE]) -> impl Iterator<Item = f32> {
        let [high, low, codes @ ..] = *block;
        self.start_block(u16::from_be_bytes([high, low]));
        codes.into_iter().flat_map(|byte| [byte & 0xf, byte >> 4]).map(|code| self.next_sample(code))
    }

    /// Takes over the state that a block states, unless it is that of the last sample.
    fn start_block(&mut self, stated: u16) {
        let predictor = i32::from((stated & !HIDDEN_BITS).cast_signed());
        let step_index = usize::from(stated & HIDDEN_BITS).min(STEPS.len() - 1);
        let is_same = step_index == self.step_index && predictor.abs_diff(self.predictor) <= HIDDEN_BITS.into();
        if !is_same {
            *self = Self { predictor, step_index };
        }
    }

    /// Decodes a code of four bits: a sign, and three bits for a whole, a half and a quarter of the step.
    fn next_sample(&mut self, code: u8) -> f32 {
        let step = STEPS[self.step_index];
        let part = |bit: u8, shift: u8| if code & bit == 0 { 0 } else { step >> shift };
        let difference = (step >> 3) + part(4, 0) + part(2, 1) + part(1, 2);
        let predictor = if code & 8 == 0 { self.predictor + difference } else { self.predictor - difference };
        self.predictor = predictor.clamp(i16::MIN.into(), i16::MAX.into());
        let change = INDEX_CHANGES[usize::from(code & 7)];
        self.step_index = self.step_index.saturating_add_signed(change).min(STEPS.len() - 1);
        self.predictor as f32 / 32_768.0
    }
}

impl AudioDecoder for Ima4Decoder {
    fn reset(&mut self) {
        self.channels.fill(ChannelState::default());
    }

    fn codec_info(&self) -> &CodecInfo {
        &INFO
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.parameters
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.buffer.clear();
        self.decode(packet.data);
        Ok(self.buffer.as_generic_audio_buffer_ref())
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> GenericAudioBufferRef<'_> {
        self.buffer.as_generic_audio_buffer_ref()
    }
}
