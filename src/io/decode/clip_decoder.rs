//! A clip that is open for reading.

use symphonia::core::errors::Error;

use super::audio_track::{self, AudioTrack, PartSource};
use super::clip_bytes::ClipBytes;
use super::error::{DecodeError, DecodeErrorKind};
use super::file_kind::UNKNOWN_FORMAT;
use super::limits::{MAX_CHANNELS, max_frames};
use super::part_decoder::PartDecoder;
use super::read_monitor::ReadMonitor;
use crate::engine::{ClipReader, Resampled};
use crate::units::{Frame, Frames, Rate, SILENCE};

/// The number of frames in a block of a resampled part.
const BLOCK_FRAMES: usize = 4096;

/// The sample rate, channels and length of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClipProperties {
    /// The sample rate. If it changes within the file, that of the first part; the others are resampled.
    pub rate: Rate,
    /// The number of channels in the file, from 1 to 8; the largest if it changes. They are mixed down to two.
    pub channels: usize,
    /// The length without the padding of an encoder.
    pub frames: Frames,
}

/// A clip that is open for reading.
pub struct ClipDecoder {
    bytes: ClipBytes,
    properties: ClipProperties,
    /// The streams of the file, one after another.
    parts: Vec<ClipPart>,
    /// The index of the open part.
    current: usize,
    /// `None` if the part can no longer be opened.
    part: Option<OpenPart>,
    /// The next frame to read.
    position: u64,
    block: Vec<Frame>,
    is_truncated: bool,
    understated: Option<Frames>,
    is_float: bool,
    monitor: ReadMonitor,
}

/// A part of a clip.
struct ClipPart {
    source: PartSource,
    rate: Rate,
    /// The length at its own rate.
    frames: Frames,
    /// The first frame after the part, at the rate of the clip.
    end: u64,
}

/// A part that is open for reading.
enum OpenPart {
    Plain(PartDecoder),
    Resampled {
        clip: Box<dyn ClipReader>,
        /// The next frame for `next_block`.
        position: u64,
    },
}

impl OpenPart {
    fn reader(&mut self) -> &mut dyn ClipReader {
        match self {
            Self::Plain(part) => part,
            Self::Resampled { clip, .. } => clip.as_mut(),
        }
    }
}

impl ClipDecoder {
    /// Opens a clip at its first frame.
    ///
    /// # Errors
    /// If the clip can't be played at all.
    pub fn open(bytes: &ClipBytes) -> Result<Self, DecodeError> {
        let monitor = ReadMonitor::default();
        let mut tracks = audio_track::open_parts(bytes, &monitor).map_err(|error| match monitor.first_error() {
            Some(read_error) => DecodeError::unreadable(read_error),
            None => decode_error(error, bytes.name()),
        })?;
        let properties = properties(&tracks).map_err(|kind| DecodeError::new(kind, bytes.name()))?;
        let parts = lay_out(&tracks, properties.rate);
        let is_float = tracks.iter().all(|(_, track)| track.is_float);
        let understated = match tracks.as_slice() {
            [(_, track)] => track.understated.map(Frames),
            // A stated end may be followed by another part.
            [(_, first), ..] => first.understated.map(Frames),
            [] => None,
        };
        let first = tracks.swap_remove(0).1;
        let mut clip = Self {
            bytes: bytes.clone(),
            properties,
            parts,
            current: 0,
            part: None,
            position: 0,
            block: Vec::new(),
            is_truncated: false,
            understated,
            is_float,
            monitor,
        };
        clip.part = clip.parts.first().map(|part| part.decode(first, properties.rate, &clip.monitor));
        Ok(clip)
    }

    /// Returns the sample rate, channels and length.
    #[must_use]
    pub fn properties(&self) -> ClipProperties {
        self.properties
    }

    /// Decodes up to the first frame, and returns whether there is one. For finding out whether a clip can be decoded at all.
    pub(super) fn has_audio(&mut self) -> bool {
        while let Some((_, block)) = self.next_block() {
            if !block.is_empty() {
                return true;
            }
        }
        false
    }

    /// Decodes the next packet and returns its frames within the clip with their position, or `None` at the end. For reading a clip once
    /// from start to end.
    pub(super) fn next_block(&mut self) -> Option<(u64, &[Frame])> {
        loop {
            let start = self.part_start();
            let length = self.parts.get(self.current)?.end - start;
            let next = self.part.as_mut().and_then(|part| part.next_block(&mut self.block, length));
            if let Some(position) = next {
                return Some((start + position, &self.block));
            }
            if let Some(OpenPart::Plain(part)) = &self.part {
                self.is_truncated = part.is_truncated();
            }
            if self.current + 1 == self.parts.len() {
                return None;
            }
            self.open_part(self.current + 1);
        }
    }

    /// Returns whether the file ends within an element. Known once the clip has been read to its end.
    pub(super) fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// Returns the length stated by a header if the file contains more than that.
    pub(super) fn understated_length(&self) -> Option<Frames> {
        self.understated
    }

    /// Returns whether the samples are stored as floating-point numbers, which may exceed full scale.
    pub(super) fn is_float(&self) -> bool {
        self.is_float
    }

    /// Returns the first frame of the open part.
    fn part_start(&self) -> u64 {
        self.current.checked_sub(1).map_or(0, |before| self.parts[before].end)
    }

    fn open_part(&mut self, number: usize) {
        self.current = number;
        self.part = self.parts.get(number).and_then(|part| {
            let track = part.source.open(&self.bytes, &self.monitor).ok()?;
            Some(part.decode(track, self.properties.rate, &self.monitor))
        });
    }

    /// Opens the part that contains the position, and seeks to it.
    fn go_to_position(&mut self) {
        let number = self.parts.partition_point(|part| part.end <= self.position).min(self.parts.len() - 1);
        if number != self.current {
            self.open_part(number);
        }
        let within = Frames(self.position - self.part_start());
        if let Some(part) = &mut self.part {
            part.reader().seek(within);
        }
    }
}

impl OpenPart {
    /// Fills `block` with the next frames and returns the position of the first, or `None` at the end of the part.
    fn next_block(&mut self, block: &mut Vec<Frame>, length: u64) -> Option<u64> {
        block.clear();
        match self {
            Self::Plain(part) => {
                let (position, frames) = part.next_block()?;
                block.extend_from_slice(frames);
                Some(position)
            }
            Self::Resampled { clip, position } => {
                let start = *position;
                let count = Frames(length.checked_sub(start).filter(|rest| *rest > 0)?).index().min(BLOCK_FRAMES);
                block.resize(count, SILENCE);
                clip.read(block);
                *position += count as u64;
                Some(start)
            }
        }
    }
}

impl ClipPart {
    fn decode(&self, track: AudioTrack, rate: Rate, monitor: &ReadMonitor) -> OpenPart {
        let part = PartDecoder::new(track, self.rate, self.frames, monitor);
        if self.rate == rate {
            return OpenPart::Plain(part);
        }
        OpenPart::Resampled { clip: Resampled::at(rate, Box::new(part)), position: 0 }
    }
}

impl ClipReader for ClipDecoder {
    fn rate(&self) -> Rate {
        self.properties.rate
    }

    fn frames(&self) -> Frames {
        self.properties.frames
    }

    fn is_mono(&self) -> bool {
        self.properties.channels == 1
    }

    fn seek(&mut self, frame: Frames) {
        let frame = frame.0.min(self.properties.frames.0);
        if frame != self.position {
            self.position = frame;
            self.go_to_position();
        }
    }

    fn read(&mut self, block: &mut [Frame]) {
        let mut filled = 0;
        while filled < block.len() {
            let rest = &mut block[filled..];
            let end = self.parts[self.current].end;
            let Some(within) = end.checked_sub(self.position).filter(|within| *within > 0) else {
                if self.current + 1 == self.parts.len() {
                    rest.fill(SILENCE);
                    return;
                }
                self.open_part(self.current + 1);
                continue;
            };
            let count = Frames(within).index().min(rest.len());
            match &mut self.part {
                Some(part) => part.reader().read(&mut rest[..count]),
                None => rest[..count].fill(SILENCE),
            }
            filled += count;
            self.position += count as u64;
        }
    }

    fn first_error(&self) -> Option<&str> {
        self.monitor.message()
    }
}

/// Returns the properties of a clip with these parts.
fn properties(tracks: &[(PartSource, AudioTrack)]) -> Result<ClipProperties, DecodeErrorKind> {
    let tracks = || tracks.iter().map(|(_, track)| track);
    let first = tracks().find(|track| track.range.frames > 0).or(tracks().next()).ok_or(DecodeErrorKind::Empty)?;
    let rate = Rate::new(first.rate).ok_or(DecodeErrorKind::UnsupportedRate)?;
    let channels = tracks().map(|track| track.channels).max().unwrap_or(0);
    if channels > MAX_CHANNELS {
        return Err(DecodeErrorKind::TooManyChannels);
    }
    let mut frames = 0_u64;
    for track in tracks() {
        let own = Rate::new(track.rate).ok_or(DecodeErrorKind::UnsupportedRate)?;
        if track.range.frames > max_frames(own) {
            return Err(DecodeErrorKind::TooLong);
        }
        frames += own.convert(Frames(track.range.frames), rate).0;
    }
    if channels == 0 || frames == 0 {
        return Err(DecodeErrorKind::Empty);
    }
    if frames > max_frames(rate) {
        return Err(DecodeErrorKind::TooLong);
    }
    Ok(ClipProperties { rate, channels, frames: Frames(frames) })
}

/// Concatenates the parts at a rate.
fn lay_out(tracks: &[(PartSource, AudioTrack)], rate: Rate) -> Vec<ClipPart> {
    let mut end = 0;
    let part = |(source, track): &(PartSource, AudioTrack)| {
        let own = Rate::new(track.rate).unwrap_or(rate);
        let frames = Frames(track.range.frames);
        end += own.convert(frames, rate).0;
        ClipPart { source: source.clone(), rate: own, frames, end }
    };
    tracks.iter().map(part).collect()
}

/// Converts an error of symphonia.
fn decode_error(error: Error, name: &str) -> DecodeError {
    let (kind, detail) = match &error {
        Error::Unsupported(detail) if detail.contains("missing moov") => {
            (DecodeErrorKind::CutShort, "its table of contents, which is at its end, is missing")
        }
        Error::Unsupported(detail) if detail.starts_with("aac:") || detail.contains("program config") => {
            (DecodeErrorKind::UnsupportedCodec, "AAC is supported as AAC-LC in mono or stereo only")
        }
        Error::Unsupported(detail) => (DecodeErrorKind::UnsupportedCodec, *detail),
        Error::DecodeError(UNKNOWN_FORMAT) => (DecodeErrorKind::UnknownFormat, ""),
        Error::IoError(_) => (DecodeErrorKind::CutShort, ""),
        Error::DecodeError(detail) | Error::LimitError(detail) => (DecodeErrorKind::UnknownFormat, *detail),
        _ => (DecodeErrorKind::UnknownFormat, ""),
    };
    DecodeError::new(kind, name).with_detail(detail).with_source(error)
}
