//! Decodes packets to frames, each at its position in time.

use std::collections::VecDeque;

use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ADPCM_IMA_QT, CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

use super::downmix::Downmix;
use super::ima4_decoder::Ima4Decoder;
use super::mp3_decoder::Mp3Decoder;
use super::opus::OpusDecoder;
use super::packet_reader::{AudioPacket, NextPacket, PacketReader};
use crate::io::panic_guard::catch_panic;
use crate::units::Frame;

/// The maximum length of a packet of a lossy codec in frames: a long block of Vorbis.
const MAX_PACKET_FRAMES: i64 = 8192;

/// Codecs whose damaged packets may decode to noise instead of failing.
const LOSSY_CODECS: [AudioCodecId; 4] = [CODEC_ID_AAC, CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_VORBIS];
/// The maximum level of a decoded recording: 12 dB above full scale.
const MAX_PEAK: f32 = 4.0;
/// The peak and the mean square from which samples may be full-scale noise. Recordings of rain or the sea stay below.
const NOISE_PEAK: f32 = 1.2;
const NOISE_MEAN_SQUARE: f32 = 0.25;

/// How far a decoder's output depends on earlier packets, in frames.
#[derive(Clone, Copy, Debug, Default)]
struct CodecMemory {
    /// The pre-roll after a seek: decoding this much earlier audio gives the same output as without the seek.
    pre_roll: i64,
    /// For codecs with unlimited memory, the interval at which the decoder is reset and pre-rolled, so that the output is the same from any
    /// start: AAC draws noise from a generator that is never reset, and Opus forgets only gradually.
    reset_interval: Option<i64>,
}

impl CodecMemory {
    fn of(codec: AudioCodecId) -> Self {
        match codec {
            CODEC_ID_VORBIS => Self { pre_roll: 2 * MAX_PACKET_FRAMES, reset_interval: None },
            // The bit reservoir reaches back over up to eleven frames, and the filters over one.
            CODEC_ID_MP3 => Self { pre_roll: 16 * 1152, reset_interval: None },
            CODEC_ID_AAC => Self { pre_roll: 2 * 1024, reset_interval: Some(1 << 18) },
            // RFC 7845 requires 80 ms; with a second, the difference is inaudible.
            CODEC_ID_OPUS => Self { pre_roll: 48_000, reset_interval: Some(20 * 48_000) },
            // Each block continues the one before it.
            CODEC_ID_ADPCM_IMA_QT => Self { pre_roll: i64::MAX, reset_interval: None },
            _ => Self::default(),
        }
    }
}

/// The result of decoding the next packet.
pub(super) enum DecodedPacket {
    /// Frames, the first at this position. There may be none.
    Frames { start: i64 },
    /// The packet could not be decoded.
    Corrupt,
    End {
        /// Whether the file ends within an element.
        is_truncated: bool,
    },
}

/// Reads and decodes the packets of a clip.
pub(super) struct PacketDecoder {
    reader: Box<dyn PacketReader>,
    parameters: AudioCodecParameters,
    decoder: Box<dyn AudioDecoder>,
    memory: CodecMemory,
    /// Whether a damaged packet may decode to noise.
    is_lossy: bool,
    /// The sample rate in hertz. Packets with another rate are not decoded.
    rate: u32,
    /// The gain stated by the file, as a factor.
    gain: f32,
    downmix: Downmix,
    samples: Vec<f32>,
    /// The packets for the pre-roll at the next reset.
    recent: VecDeque<AudioPacket>,
    /// The reset interval of the packet decoded last.
    interval: Option<i64>,
    /// Packets that end before this frame are skipped after a seek.
    skip_until: i64,
    /// Packets before this reset interval are skipped after a seek.
    first_interval: i64,
}

impl PacketDecoder {
    /// Creates a decoder of packets with these `parameters`; `decoder` must be new.
    pub(super) fn new(
        reader: Box<dyn PacketReader>,
        parameters: AudioCodecParameters,
        decoder: Box<dyn AudioDecoder>,
        rate: u32,
    ) -> Self {
        let gain = if parameters.codec == CODEC_ID_OPUS { opus_gain(&parameters) } else { 1.0 };
        Self {
            reader,
            memory: CodecMemory::of(parameters.codec),
            is_lossy: LOSSY_CODECS.contains(&parameters.codec),
            parameters,
            decoder,
            rate,
            gain,
            downmix: Downmix::default(),
            samples: Vec::new(),
            recent: VecDeque::new(),
            interval: None,
            skip_until: i64::MIN,
            first_interval: i64::MIN,
        }
    }

    /// Decodes the next packet and replaces the content of `block` by its frames.
    pub(super) fn decode_next(&mut self, block: &mut Vec<Frame>) -> DecodedPacket {
        block.clear();
        let packet = match self.reader.next_packet() {
            NextPacket::Packet(packet) => packet,
            NextPacket::Corrupt => return DecodedPacket::Corrupt,
            NextPacket::End { is_truncated } => return DecodedPacket::End { is_truncated },
        };
        let start = packet.start;
        if let Some(length) = self.memory.reset_interval {
            let interval = start.div_euclid(length);
            if interval < self.first_interval {
                self.keep_for_pre_roll(packet);
                return DecodedPacket::Frames { start };
            }
            if self.interval != Some(interval) {
                self.reset_with_pre_roll(start);
                self.interval = Some(interval);
            }
        }
        if packet.end() <= self.skip_until {
            return DecodedPacket::Frames { start };
        }
        let is_decoded = self.decode(&packet, block);
        if self.memory.reset_interval.is_some() {
            self.keep_for_pre_roll(packet);
        }
        if is_decoded { DecodedPacket::Frames { start } } else { DecodedPacket::Corrupt }
    }

    /// Seeks so that the next blocks lead up to `frame`, and are identical from there on to those of continuous decoding.
    pub(super) fn seek(&mut self, frame: i64) {
        let mut from = frame;
        self.first_interval = i64::MIN;
        if let Some(length) = self.memory.reset_interval {
            self.first_interval = frame.saturating_sub(MAX_PACKET_FRAMES).div_euclid(length);
            from = self.first_interval.saturating_mul(length);
        }
        from = from.saturating_sub(self.memory.pre_roll);
        // A reset interval requires all its packets, other codecs only those of the pre-roll.
        self.skip_until = if self.memory.reset_interval.is_some() { i64::MIN } else { from };
        self.reader.seek(from.saturating_sub(MAX_PACKET_FRAMES.min(self.memory.pre_roll)));
        self.recent.clear();
        self.interval = None;
        let decoder = &mut self.decoder;
        if catch_panic(|| decoder.reset()).is_none() {
            self.replace_decoder();
        }
    }

    fn keep_for_pre_roll(&mut self, packet: AudioPacket) {
        let horizon = packet.start.saturating_sub(self.memory.pre_roll);
        while self.recent.front().is_some_and(|oldest| oldest.start < horizon) {
            self.recent.pop_front();
        }
        self.recent.push_back(packet);
    }

    /// Replaces the decoder by a new one that has decoded only the packets directly before `start`.
    fn reset_with_pre_roll(&mut self, start: i64) {
        self.replace_decoder();
        let horizon = start.saturating_sub(self.memory.pre_roll);
        for packet in self.recent.iter().filter(|packet| packet.start >= horizon) {
            let decoder = &mut self.decoder;
            catch_panic(|| decoder.decode_ref(&packet_ref(packet)).is_ok());
        }
    }

    /// Appends the frames of a packet to `block`. Returns `false` if it can't be decoded.
    fn decode(&mut self, packet: &AudioPacket, block: &mut Vec<Frame>) -> bool {
        let (decoder, samples) = (&mut self.decoder, &mut self.samples);
        let decoded = catch_panic(|| {
            let buffer = decoder.decode_ref(&packet_ref(packet)).ok()?;
            buffer.copy_to_vec_interleaved(samples);
            Some((buffer.spec().rate(), buffer.spec().channels().clone()))
        });
        if decoded.is_none() {
            self.replace_decoder();
        }
        let Some((rate, channels)) = decoded.flatten() else { return false };
        if rate != self.rate {
            return false;
        }
        if self.is_lossy && is_implausible(&self.samples, channels.count()) {
            return false;
        }
        if !self.downmix.is_for(&channels) {
            self.downmix = Downmix::new(channels, self.gain);
        }
        self.downmix.append(&self.samples, block);
        true
    }

    fn replace_decoder(&mut self) {
        if let Ok(decoder) = new_decoder(&self.parameters) {
            self.decoder = decoder;
        }
    }
}

/// Returns whether decoded samples are full-scale noise, as produced from damaged packets. Such a packet is replaced by silence.
fn is_implausible(samples: &[f32], channels: usize) -> bool {
    let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    if peak <= NOISE_PEAK {
        return false;
    }
    let (mut energy, mut difference) = (0.0, 0.0);
    for (sample, next) in samples.iter().zip(samples.get(channels..).unwrap_or_default()) {
        energy += sample * sample;
        difference += (next - sample) * (next - sample);
    }
    // In noise, adjacent samples are barely correlated.
    let is_noise = difference > energy && energy > NOISE_MEAN_SQUARE * samples.len() as f32;
    peak > MAX_PEAK || is_noise
}

/// Returns a packet for symphonia, without padding, which is trimmed by position.
fn packet_ref(packet: &AudioPacket) -> PacketRef<'_> {
    PacketRef::new(0, Timestamp::new(packet.start), Duration::new(packet.frames), &packet.data)
}

/// Creates a decoder.
pub(super) fn new_decoder(parameters: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>> {
    catch_panic(|| new_decoder_unguarded(parameters)).unwrap_or(Err(Error::DecodeError("damaged")))
}

fn new_decoder_unguarded(parameters: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>> {
    if parameters.codec == CODEC_ID_OPUS {
        return Ok(Box::new(OpusDecoder::new(parameters)?));
    }
    if parameters.codec == CODEC_ID_MP3 {
        return Ok(Box::new(Mp3Decoder::new(parameters)));
    }
    if parameters.codec == CODEC_ID_ADPCM_IMA_QT {
        return Ok(Box::new(Ima4Decoder::new(parameters)?));
    }
    symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default())
}

/// Returns the output gain of an Opus stream as a factor. Its header states it at byte 16 in 1/256 dB (RFC 7845, section 5.1).
fn opus_gain(parameters: &AudioCodecParameters) -> f32 {
    let head = parameters.extra_data.as_deref().unwrap_or_default();
    let Some(&[low, high]) = head.get(16..18) else { return 1.0 };
    10_f32.powf(f32::from(i16::from_le_bytes([low, high])) / 256.0 / 20.0)
}
