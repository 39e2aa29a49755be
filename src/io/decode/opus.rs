//! Opus, of any number of channels (RFC 7845), by libopus.

use std::sync::{Mutex, PoisonError};

use opus::MSDecoder;
use symphonia::core::audio::{
    AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, Channels, GenericAudioBufferRef, Position,
};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, FinalizeResult};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;

/// The rate that Opus is decoded at.
const RATE: u32 = 48_000;
/// The longest packet, 120 ms.
const LONGEST: usize = 5_760;

static INFO: CodecInfo = CodecInfo { short_name: "opus", long_name: "Opus", profiles: &[] };

/// Decodes the packets of one stream.
pub(super) struct Decoder {
    parameters: AudioCodecParameters,
    /// Never locked: only so that the decoder may be shared, which its kind asks for and nobody does.
    decoder: Mutex<MSDecoder>,
    channels: usize,
    samples: Vec<f32>,
    buffer: AudioBuffer<f32>,
}

/// What the head of a stream says of its channels.
struct Layout {
    streams: u8,
    coupled: u8,
    /// From channels, in the order of their positions, to those of the streams.
    mapping: Vec<u8>,
    channels: Channels,
}

impl Decoder {
    pub(super) fn new(parameters: &AudioCodecParameters) -> Result<Self> {
        let head = parameters.extra_data.as_deref().unwrap_or_default();
        let layout = Layout::read(head).ok_or(Error::Unsupported("opus: unknown layout of channels"))?;
        let decoder = MSDecoder::new(RATE, layout.streams, layout.coupled, &layout.mapping)
            .map_err(|_| Error::Unsupported("opus: impossible layout of channels"))?;
        let channels = layout.mapping.len();
        let mut parameters = parameters.clone();
        parameters.with_channels(layout.channels.clone()).with_sample_rate(RATE);
        let buffer = AudioBuffer::new(AudioSpec::new(RATE, layout.channels), LONGEST);
        Ok(Self { parameters, decoder: Mutex::new(decoder), channels, samples: vec![0.0; LONGEST * channels], buffer })
    }

    fn decode(&mut self, packet: &[u8]) -> Result<()> {
        let refusal = Error::DecodeError("opus: damaged packet");
        if packet.is_empty() {
            return Err(refusal);
        }
        let decoder = self.decoder.get_mut().unwrap_or_else(PoisonError::into_inner);
        let frames = decoder.decode_float(packet, &mut self.samples, false).map_err(|_| refusal)?;
        self.buffer.render_uninit(Some(frames));
        self.buffer.copy_from_slice_interleaved(&&self.samples[..frames * self.channels]);
        Ok(())
    }
}

impl Layout {
    /// From `OpusHead`.
    fn read(head: &[u8]) -> Option<Self> {
        let count = *head.get(9)?;
        let [left, right] = [Position::FRONT_LEFT, Position::FRONT_RIGHT];
        match *head.get(18)? {
            0 if (1..=2).contains(&count) => {
                let positions = if count == 1 { Position::FRONT_CENTER } else { left | right };
                Some(Self { streams: 1, coupled: count - 1, mapping: (0..count).collect(), channels: positions.into() })
            }
            family => {
                let mapping = head.get(21..21 + usize::from(count))?;
                let (order, channels) = match vorbis(count).filter(|_| family == 1) {
                    Some((order, positions)) => (order.to_vec(), positions.into()),
                    None => ((0..count).collect(), Channels::Discrete(count.into())),
                };
                let mapping = order.iter().map(|place| mapping[usize::from(*place)]).collect();
                Some(Self { streams: head[19], coupled: head[20], mapping, channels })
            }
        }
    }
}

/// Where the channels of such a number stand in the order of Vorbis I, 4.3.9, and what they are.
fn vorbis(count: u8) -> Option<(&'static [u8], Position)> {
    const FRONT: Position = Position::FRONT_LEFT.union(Position::FRONT_RIGHT);
    const THREE: Position = FRONT.union(Position::FRONT_CENTER);
    const REAR: Position = Position::REAR_LEFT.union(Position::REAR_RIGHT);
    const SIDE: Position = Position::SIDE_LEFT.union(Position::SIDE_RIGHT);
    const LOW: Position = Position::LFE1;
    Some(match count {
        1 => (&[0], Position::FRONT_CENTER),
        2 => (&[0, 1], FRONT),
        3 => (&[0, 2, 1], THREE),
        4 => (&[0, 1, 2, 3], FRONT | REAR),
        5 => (&[0, 2, 1, 3, 4], THREE | REAR),
        6 => (&[0, 2, 1, 5, 3, 4], THREE | LOW | REAR),
        7 => (&[0, 2, 1, 6, 5, 3, 4], THREE | LOW | Position::REAR_CENTER | SIDE),
        8 => (&[0, 2, 1, 7, 5, 6, 3, 4], THREE | LOW | REAR | SIDE),
        _ => return None,
    })
}

impl AudioDecoder for Decoder {
    fn reset(&mut self) {
        let _ = self.decoder.get_mut().unwrap_or_else(PoisonError::into_inner).reset_state();
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
