//! Opus with any number of channels (RFC 7845), by libopus.

use std::sync::{Mutex, PoisonError};

use opus::MSDecoder;
use symphonia::core::audio::{
    AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, Channels, GenericAudioBufferRef, Position,
};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, FinalizeResult};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;

/// The sample rate of decoded Opus in hertz.
const RATE: u32 = 48_000;
/// The maximum length of a packet in frames: 120 ms.
const MAX_PACKET_FRAMES: usize = 5_760;

static INFO: CodecInfo = CodecInfo { short_name: "opus", long_name: "Opus", profiles: &[] };

/// Decodes the packets of an Opus stream.
pub(super) struct OpusDecoder {
    parameters: AudioCodecParameters,
    /// Never locked. The mutex makes the decoder `Sync`, which symphonia's trait requires.
    decoder: Mutex<MSDecoder>,
    channels: usize,
    samples: Vec<f32>,
    buffer: AudioBuffer<f32>,
}

/// The channel mapping of a stream.
struct OpusChannelMapping {
    streams: u8,
    coupled_streams: u8,
    /// For each channel, in the order of positions, its index among the channels of the streams.
    mapping: Vec<u8>,
    channels: Channels,
}

impl OpusDecoder {
    pub(super) fn new(parameters: &AudioCodecParameters) -> Result<Self> {
        let head = parameters.extra_data.as_deref().unwrap_or_default();
        let mapping = OpusChannelMapping::read(head).ok_or(Error::Unsupported("opus: unknown channel mapping"))?;
        let decoder = MSDecoder::new(RATE, mapping.streams, mapping.coupled_streams, &mapping.mapping)
            .map_err(|_| Error::Unsupported("opus: invalid channel mapping"))?;
        let channels = mapping.mapping.len();
        let mut parameters = parameters.clone();
        parameters.with_channels(mapping.channels.clone()).with_sample_rate(RATE);
        let buffer = AudioBuffer::new(AudioSpec::new(RATE, mapping.channels), MAX_PACKET_FRAMES);
        let samples = vec![0.0; MAX_PACKET_FRAMES * channels];
        Ok(Self { parameters, decoder: Mutex::new(decoder), channels, samples, buffer })
    }

    fn decode(&mut self, packet: &[u8]) -> Result<()> {
        let damaged = Error::DecodeError("opus: damaged packet");
        if packet.is_empty() {
            return Err(damaged);
        }
        let decoder = self.decoder.get_mut().unwrap_or_else(PoisonError::into_inner);
        let frames = decoder.decode_float(packet, &mut self.samples, false).map_err(|_| damaged)?;
        self.buffer.render_uninit(Some(frames));
        self.buffer.copy_from_slice_interleaved(&&self.samples[..frames * self.channels]);
        Ok(())
    }
}

impl OpusChannelMapping {
    /// Reads the mapping from an `OpusHead` header.
    fn read(head: &[u8]) -> Option<Self> {
        let count = *head.get(9)?;
        match *head.get(18)? {
            0 if (1..=2).contains(&count) => {
                let stereo = Position::FRONT_LEFT | Position::FRONT_RIGHT;
                let positions = if count == 1 { Position::FRONT_CENTER } else { stereo };
                Some(Self {
                    streams: 1,
                    coupled_streams: count - 1,
                    mapping: (0..count).collect(),
                    channels: positions.into(),
                })
            }
            family => {
                let mapping = head.get(21..21 + usize::from(count))?;
                let (order, channels) = match vorbis_order(count).filter(|_| family == 1) {
                    Some((order, positions)) => (order.to_vec(), positions.into()),
                    None => ((0..count).collect(), Channels::Discrete(count.into())),
                };
                let mapping = order.iter().map(|channel| mapping[usize::from(*channel)]).collect();
                Some(Self { streams: head[19], coupled_streams: head[20], mapping, channels })
            }
        }
    }
}

/// Returns the positions of a number of channels, and for each position in order its channel according to Vorbis I, section 4.3.9.
fn vorbis_order(channels: u8) -> Option<(&'static [u8], Position)> {
    const FRONT: Position = Position::FRONT_LEFT.union(Position::FRONT_RIGHT);
    const THREE: Position = FRONT.union(Position::FRONT_CENTER);
    const REAR: Position = Position::REAR_LEFT.union(Position::REAR_RIGHT);
    const SIDE: Position = Position::SIDE_LEFT.union(Position::SIDE_RIGHT);
    const LOW: Position = Position::LFE1;
    Some(match channels {
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

impl AudioDecoder for OpusDecoder {
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
