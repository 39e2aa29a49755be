//! One clip, open for reading.

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};
use symphonia::core::errors::Error;

use super::clip_bytes::{ClipBytes, Trouble};
use super::container::{ContainerPackets, Kind};
use super::error::{ClipError, ClipErrorKind};
use super::mp3::{self, MpegPackets};
use super::packet_decoder::{self, Decoded, Stream};
use super::packet_reader::{Extent, Packets};
use super::{LONGEST, MOST_CHANNELS};
use crate::engine::source::ClipReader;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// What a clip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClipFacts {
    /// Of its samples.
    pub rate: Rate,
    /// How many channels it has, from 1 to 8, before they are folded to two.
    pub channels: usize,
    /// Its length at that rate, after trimming what an encoder added.
    pub frames: Frames,
}

/// A clip that is open for reading.
pub struct Clip {
    stream: Stream,
    facts: ClipFacts,
    /// The first frame that is meant to be heard.
    start: i64,
    /// The next frame to read, counted from there.
    position: u64,
    /// What was decoded last, and the frame at which it starts.
    block: Vec<Frame>,
    block_start: i64,
    ended: bool,
    torn: bool,
    trouble: Trouble,
}

impl Clip {
    /// Opens it at its first frame.
    ///
    /// # Errors
    /// When it can't be played at all; see [`ClipErrorKind`].
    pub fn open(bytes: &ClipBytes) -> Result<Self, ClipError> {
        let trouble = Trouble::default();
        let fail = |kind, detail: &str| ClipError::new(kind, bytes.name(), detail);
        let opened = open_packets(bytes, &trouble).map_err(|error| match trouble.get() {
            Some(sentence) => ClipError::unreadable(sentence),
            None => refusal(&error, bytes.name()),
        })?;
        let Opened { packets, parameters, decoder, extent, rate, channels } = opened;
        let facts = facts(extent, rate, channels).map_err(|kind| fail(kind, ""))?;
        Ok(Self {
            stream: Stream::new(packets, parameters, decoder, rate),
            facts,
            start: extent.start,
            position: 0,
            block: Vec::new(),
            block_start: i64::MIN,
            ended: false,
            torn: false,
            trouble,
        })
    }

    /// What it is.
    #[must_use]
    pub fn facts(&self) -> ClipFacts {
        self.facts
    }

    /// Decodes on, and gives what was decoded as it lies within the clip; `None` at the end. For one pass over everything.
    pub(super) fn next_piece(&mut self) -> Option<(u64, &[Frame])> {
        self.decode_on();
        if self.ended {
            return None;
        }
        let offset = self.block_start.saturating_sub(self.start);
        let skipped = usize::try_from(offset.saturating_neg()).unwrap_or(0).min(self.block.len());
        let from = u64::try_from(offset).unwrap_or(0).min(self.facts.frames.0);
        let left = usize::try_from(self.facts.frames.0 - from).unwrap_or(usize::MAX);
        let piece = &self.block[skipped..];
        Some((from, &piece[..piece.len().min(left)]))
    }

    /// Whether the file breaks off within something; known at its end.
    pub(super) fn torn(&self) -> bool {
        self.torn
    }

    fn decode_on(&mut self) {
        match self.stream.next(&mut self.block) {
            Decoded::Block(start) => self.block_start = start,
            Decoded::Lost => {}
            Decoded::End { torn } => (self.ended, self.torn) = (true, torn),
        }
    }

    /// Fills the start of `into`, and says how many frames that was.
    fn read_some(&mut self, into: &mut [Frame]) -> usize {
        let left = usize::try_from(self.facts.frames.0.saturating_sub(self.position)).unwrap_or(usize::MAX);
        if left == 0 || self.ended {
            into.fill(SILENCE);
            return into.len();
        }
        let wanted = left.min(into.len());
        let at = self.start.saturating_add_unsigned(self.position);
        let ahead = self.block_start.saturating_sub(at);
        if !self.block.is_empty() && ahead > 0 {
            let hole = usize::try_from(ahead).unwrap_or(usize::MAX).min(wanted);
            into[..hole].fill(SILENCE);
            return hole;
        }
        let passed = usize::try_from(ahead.saturating_neg()).unwrap_or(usize::MAX);
        let rest = self.block.get(passed..).unwrap_or_default();
        let count = rest.len().min(wanted);
        into[..count].copy_from_slice(&rest[..count]);
        count
    }
}

impl ClipReader for Clip {
    fn rate(&self) -> Rate {
        self.facts.rate
    }

    fn frames(&self) -> Frames {
        self.facts.frames
    }

    fn is_mono(&self) -> bool {
        self.facts.channels == 1
    }

    fn seek(&mut self, frame: Frames) {
        if frame.0 == self.position {
            return;
        }
        let frame = frame.0.min(self.facts.frames.0);
        self.position = frame;
        let at = self.start.saturating_add_unsigned(frame);
        let held = self.block_start..self.block_start.saturating_add_unsigned(self.block.len() as u64);
        if frame < self.facts.frames.0 && !held.contains(&at) {
            self.stream.seek(at);
            self.block.clear();
            self.ended = false;
        }
    }

    fn read(&mut self, block: &mut [Frame]) {
        let mut done = 0;
        while done < block.len() {
            let count = self.read_some(&mut block[done..]);
            done += count;
            self.position = self.position.saturating_add(count as u64);
            if count == 0 {
                self.decode_on();
            }
        }
    }

    fn trouble(&self) -> Option<&str> {
        self.trouble.get()
    }
}

struct Opened {
    packets: Box<dyn Packets>,
    parameters: AudioCodecParameters,
    decoder: Box<dyn AudioDecoder>,
    extent: Extent,
    rate: u32,
    channels: usize,
}

fn open_packets(bytes: &ClipBytes, trouble: &Trouble) -> Result<Opened, Error> {
    let mut cursor = bytes.cursor(trouble);
    let mut head = [0; 16];
    let mut start = 0;
    let mut held = cursor.read_fully_at(0, &mut head);
    while let Some(size) = mp3::leading_tag(&head[..held]) {
        start += size;
        held = cursor.read_fully_at(start, &mut head);
    }
    match Kind::of(&head[..held]) {
        Some(kind) => open_container(kind, bytes, trouble, start),
        None => open_mpeg(bytes, trouble, start),
    }
}

fn open_mpeg(bytes: &ClipBytes, trouble: &Trouble, start: u64) -> Result<Opened, Error> {
    let missing = Error::DecodeError("no known format");
    let mut packets = MpegPackets::open(bytes.cursor(trouble), start).ok_or(missing)?;
    let (rate, channels) = (packets.rate(), packets.channels());
    let extent = packets.extent();
    let mut parameters = AudioCodecParameters::new();
    parameters.for_codec(CODEC_ID_MP3).with_sample_rate(rate);
    let decoder = packet_decoder::decoder(&parameters)?;
    Ok(Opened { packets: Box::new(packets), parameters, decoder, extent, rate, channels })
}

fn open_container(kind: Kind, bytes: &ClipBytes, trouble: &Trouble, start: u64) -> Result<Opened, Error> {
    let mut packets = ContainerPackets::open(kind, bytes, trouble, start)?;
    let parameters = packets.parameters.clone();
    let decoder = packet_decoder::decoder(&parameters)?;
    let known = decoder.codec_params();
    let rate = known.sample_rate.or(parameters.sample_rate).unwrap_or(0);
    let channels = known.channels.as_ref().or(parameters.channels.as_ref()).map_or(0, Channels::count);
    packets.set_rate(rate);
    let extent = packets.extent();
    Ok(Opened { packets: Box::new(packets), parameters, decoder, extent, rate, channels })
}

fn facts(extent: Extent, rate: u32, channels: usize) -> Result<ClipFacts, ClipErrorKind> {
    let rate = Rate::new(rate).ok_or(ClipErrorKind::UnsupportedRate)?;
    if channels > MOST_CHANNELS {
        return Err(ClipErrorKind::TooManyChannels);
    }
    if channels == 0 || extent.frames == 0 {
        return Err(ClipErrorKind::Empty);
    }
    if extent.frames > LONGEST * u64::from(rate.hertz()) {
        return Err(ClipErrorKind::TooLong);
    }
    Ok(ClipFacts { rate, channels, frames: Frames(extent.frames) })
}

fn refusal(error: &Error, name: &str) -> ClipError {
    match error {
        Error::Unsupported(detail) if detail.contains("missing moov") => {
            ClipError::new(ClipErrorKind::CutShort, name, "its table of contents, which stands at its end, is missing")
        }
        Error::Unsupported(detail) if detail.starts_with("aac:") || detail.contains("program config") => {
            let detail = "of AAC it is only the plain kind, AAC-LC, in mono or stereo";
            ClipError::new(ClipErrorKind::UnsupportedCodec, name, detail)
        }
        Error::Unsupported(detail) => ClipError::new(ClipErrorKind::UnsupportedCodec, name, detail),
        Error::DecodeError("no known format") => ClipError::new(ClipErrorKind::NotAudio, name, ""),
        Error::IoError(_) => ClipError::new(ClipErrorKind::CutShort, name, ""),
        Error::DecodeError(detail) | Error::LimitError(detail) => ClipError::new(ClipErrorKind::NotAudio, name, detail),
        _ => ClipError::new(ClipErrorKind::NotAudio, name, ""),
    }
}
