//! From packets to frames, each at its place in time.

use std::collections::VecDeque;

use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_VORBIS};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

use super::downmix::Fold;
use super::opus;
use super::packet_reader::{Next, Packet, Packets};
use super::panic_guard::guarded;
use crate::units::Frame;

/// The longest packet of a lossy codec, in frames: a long block of Vorbis.
const LONGEST: i64 = 8192;

/// What a decoder remembers of the packets before, in frames.
#[derive(Clone, Copy, Debug, Default)]
struct Memory {
    /// How far it has to be run in, so that it is as if it had never been elsewhere.
    run_in: i64,
    /// Where that can't be had, the decoder begins anew every so often, run in, so that what it yields still doesn't depend on
    /// how one came there: AAC draws its noise from a generator that runs on for ever, and Opus forgets only gradually.
    renewal: Option<i64>,
}

impl Memory {
    fn of(codec: AudioCodecId) -> Self {
        match codec {
            CODEC_ID_VORBIS => Self { run_in: 2 * LONGEST, renewal: None },
            // The reservoir of bits reaches back over up to eleven frames, and the filters over one.
            CODEC_ID_MP3 => Self { run_in: 16 * 1152, renewal: None },
            CODEC_ID_AAC => Self { run_in: 2 * 1024, renewal: Some(1 << 18) },
            // RFC 7845 asks for 80 ms; a second makes the difference inaudible beyond doubt.
            CODEC_ID_OPUS => Self { run_in: 48_000, renewal: Some(20 * 48_000) },
            _ => Self::default(),
        }
    }
}

/// What a stream yields next.
pub(super) enum Decoded {
    /// Frames from here on.
    Block(i64),
    /// Something that can't be decoded.
    Lost,
    End {
        torn: bool,
    },
}

/// A clip's packets with the decoder for them.
pub(super) struct Stream {
    packets: Box<dyn Packets>,
    parameters: AudioCodecParameters,
    decoder: Box<dyn AudioDecoder>,
    memory: Memory,
    rate: u32,
    gain: f32,
    fold: Fold,
    samples: Vec<f32>,
    /// The packets that the decoder would have to be run in with.
    recent: VecDeque<Packet>,
    /// Which stretch between two renewals the decoder is in.
    stretch: Option<i64>,
    /// No packet before this frame is decoded; none of a stretch before this one.
    skip: i64,
    first_stretch: i64,
}

impl Stream {
    /// `parameters` say what the packets hold, at `rate`; the decoder is a fresh one.
    pub(super) fn new(
        packets: Box<dyn Packets>,
        parameters: AudioCodecParameters,
        decoder: Box<dyn AudioDecoder>,
        rate: u32,
    ) -> Self {
        let gain = if parameters.codec == CODEC_ID_OPUS { opus_gain(&parameters) } else { 1.0 };
        Self {
            packets,
            memory: Memory::of(parameters.codec),
            parameters,
            decoder,
            rate,
            gain,
            fold: Fold::default(),
            samples: Vec::new(),
            recent: VecDeque::new(),
            stretch: None,
            skip: i64::MIN,
            first_stretch: i64::MIN,
        }
    }

    /// Decodes the next packet into `block`, which is emptied before.
    pub(super) fn next(&mut self, block: &mut Vec<Frame>) -> Decoded {
        block.clear();
        let packet = match self.packets.next() {
            Next::Packet(packet) => packet,
            Next::Lost => return Decoded::Lost,
            Next::End { torn } => return Decoded::End { torn },
        };
        let start = packet.start;
        if let Some(every) = self.memory.renewal {
            let stretch = start.div_euclid(every);
            if stretch < self.first_stretch {
                self.remember(packet);
                return Decoded::Block(start);
            }
            if self.stretch != Some(stretch) {
                self.renew(start);
                self.stretch = Some(stretch);
            }
        }
        if packet.end() <= self.skip {
            return Decoded::Block(start);
        }
        let decoded = self.decode(&packet, block);
        if self.memory.renewal.is_some() {
            self.remember(packet);
        }
        if decoded { Decoded::Block(start) } else { Decoded::Lost }
    }

    /// Moves so that the next blocks lead up to `frame` and go on from there, as if everything before had been decoded.
    pub(super) fn seek(&mut self, frame: i64) {
        let mut from = frame;
        self.first_stretch = i64::MIN;
        if let Some(every) = self.memory.renewal {
            self.first_stretch = frame.saturating_sub(LONGEST).div_euclid(every);
            from = self.first_stretch.saturating_mul(every);
        }
        from = from.saturating_sub(self.memory.run_in);
        // A stretch needs all its packets; everything else only those that reach beyond the run-in.
        self.skip = if self.memory.renewal.is_some() { i64::MIN } else { from };
        self.packets.seek(from.saturating_sub(LONGEST.min(self.memory.run_in)));
        self.recent.clear();
        self.stretch = None;
        let decoder = &mut self.decoder;
        if guarded(|| decoder.reset()).is_none() {
            self.begin_anew();
        }
    }

    fn remember(&mut self, packet: Packet) {
        let horizon = packet.start.saturating_sub(self.memory.run_in);
        while self.recent.front().is_some_and(|oldest| oldest.start < horizon) {
            self.recent.pop_front();
        }
        self.recent.push_back(packet);
    }

    /// Begins anew with a decoder that knows only of the packets right before `start`.
    fn renew(&mut self, start: i64) {
        self.begin_anew();
        let horizon = start.saturating_sub(self.memory.run_in);
        for packet in self.recent.iter().filter(|packet| packet.start >= horizon) {
            let decoder = &mut self.decoder;
            guarded(|| decoder.decode_ref(&reference(packet)).is_ok());
        }
    }

    fn decode(&mut self, packet: &Packet, block: &mut Vec<Frame>) -> bool {
        let (decoder, samples) = (&mut self.decoder, &mut self.samples);
        let decoded = guarded(|| {
            let buffer = decoder.decode_ref(&reference(packet)).ok()?;
            buffer.copy_to_vec_interleaved(samples);
            Some((buffer.spec().rate(), buffer.spec().channels().clone()))
        });
        if decoded.is_none() {
            self.begin_anew();
        }
        let Some((rate, channels)) = decoded.flatten() else { return false };
        if rate != self.rate {
            return false;
        }
        if !self.fold.fits(&channels) {
            self.fold = Fold::new(channels, self.gain);
        }
        self.fold.append(&self.samples, block);
        true
    }

    /// With a decoder that has met nothing yet.
    fn begin_anew(&mut self) {
        if let Ok(fresh) = decoder(&self.parameters) {
            self.decoder = fresh;
        }
    }
}

/// Without anything to trim: that is done by place in time.
fn reference(packet: &Packet) -> PacketRef<'_> {
    PacketRef::new(0, Timestamp::new(packet.start), Duration::new(packet.frames), &packet.data)
}

/// A decoder for what `parameters` describe.
pub(super) fn decoder(parameters: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>> {
    guarded(|| unguarded_decoder(parameters)).unwrap_or(Err(Error::DecodeError("damaged")))
}

fn unguarded_decoder(parameters: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>> {
    if parameters.codec == CODEC_ID_OPUS {
        return Ok(Box::new(opus::Decoder::new(parameters)?));
    }
    symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default())
}

/// The factor that the head of an Opus stream asks for, in 1/256 dB at byte 16 (RFC 7845, 5.1).
fn opus_gain(parameters: &AudioCodecParameters) -> f32 {
    let head = parameters.extra_data.as_deref().unwrap_or_default();
    let Some(&[low, high]) = head.get(16..18) else { return 1.0 };
    10_f32.powf(f32::from(i16::from_le_bytes([low, high])) / 256.0 / 20.0)
}
