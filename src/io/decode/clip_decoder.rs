//! A clip that is open for reading.

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};
use symphonia::core::errors::Error;

use super::byte_cursor::ByteCursor;
use super::clip_bytes::ClipBytes;
use super::container::{ContainerFormat, ContainerReader};
use super::error::{DecodeError, DecodeErrorKind};
use super::limits::{MAX_CHANNELS, max_frames};
use super::mp3::{self, Mp3Reader};
use super::packet_decoder::{self, DecodedPacket, PacketDecoder};
use super::packet_reader::{PacketReader, PlayableRange};
use super::pcm::{SampleFile, SampleFileFormat, SampleReader};
use super::read_monitor::ReadMonitor;
use crate::engine::ClipReader;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// The error of a file that no reader recognises.
const UNKNOWN_FORMAT: &str = "no known format";

/// The sample rate, channels and length of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClipProperties {
    /// The sample rate.
    pub rate: Rate,
    /// The number of channels in the file, from 1 to 8. They are mixed down to two.
    pub channels: usize,
    /// The length without the padding of an encoder.
    pub frames: Frames,
}

/// A clip that is open for reading.
pub struct ClipDecoder {
    packets: PacketDecoder,
    properties: ClipProperties,
    /// The first frame that is meant to be heard, among all decoded frames.
    start: i64,
    /// The next frame to read, counted from `start`.
    position: u64,
    /// The frames of the packet decoded last, and the position of the first among all decoded frames.
    block: Vec<Frame>,
    block_start: i64,
    has_ended: bool,
    is_truncated: bool,
    understated: Option<Frames>,
    is_float: bool,
    monitor: ReadMonitor,
}

impl ClipDecoder {
    /// Opens a clip at its first frame.
    ///
    /// # Errors
    /// If the clip can't be played at all; see [`DecodeErrorKind`].
    pub fn open(bytes: &ClipBytes) -> Result<Self, DecodeError> {
        let monitor = ReadMonitor::default();
        let track = AudioTrack::open(bytes, &monitor).map_err(|error| match monitor.first_error() {
            Some(read_error) => DecodeError::unreadable(read_error),
            None => decode_error(error, bytes.name()),
        })?;
        let properties = track.properties().map_err(|kind| DecodeError::new(kind, bytes.name()))?;
        let AudioTrack { reader, parameters, decoder, range, rate, understated, is_float, .. } = track;
        Ok(Self {
            packets: PacketDecoder::new(reader, parameters, decoder, rate),
            properties,
            start: range.start,
            position: 0,
            block: Vec::new(),
            block_start: i64::MIN,
            has_ended: false,
            is_truncated: false,
            understated: understated.map(Frames),
            is_float,
            monitor,
        })
    }

    /// The sample rate, channels and length.
    #[must_use]
    pub fn properties(&self) -> ClipProperties {
        self.properties
    }

    /// Decodes the next packet and returns its frames within the clip with their position, or `None` at the end. For reading a
    /// clip once from start to end.
    pub(super) fn next_block(&mut self) -> Option<(u64, &[Frame])> {
        self.decode_packet();
        if self.has_ended {
            return None;
        }
        let offset = self.block_start.saturating_sub(self.start);
        let skipped = usize::try_from(offset.saturating_neg()).unwrap_or(0).min(self.block.len());
        let position = u64::try_from(offset).unwrap_or(0).min(self.properties.frames.0);
        let remaining = Frames(self.properties.frames.0 - position).index();
        let block = &self.block[skipped..];
        Some((position, &block[..block.len().min(remaining)]))
    }

    /// Whether the file ends in the middle of something. Known once the clip was read to its end.
    pub(super) fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// The length that a header states, if there is more.
    pub(super) fn understated_length(&self) -> Option<Frames> {
        self.understated
    }

    /// Whether the samples are stored as floating-point numbers, which may exceed full scale.
    pub(super) fn is_float(&self) -> bool {
        self.is_float
    }

    fn decode_packet(&mut self) {
        match self.packets.decode_next(&mut self.block) {
            DecodedPacket::Frames { start } => self.block_start = start,
            DecodedPacket::Corrupt => {}
            DecodedPacket::End { is_truncated } => (self.has_ended, self.is_truncated) = (true, is_truncated),
        }
    }

    /// Fills the start of a buffer from the decoded block or with silence, and returns the number of frames. Returns 0 if the next
    /// packet has to be decoded first.
    fn read_available(&mut self, buffer: &mut [Frame]) -> usize {
        let remaining = self.properties.frames.saturating_sub(Frames(self.position)).index();
        if remaining == 0 || self.has_ended {
            buffer.fill(SILENCE);
            return buffer.len();
        }
        let wanted = remaining.min(buffer.len());
        let position = self.start.saturating_add_unsigned(self.position);
        let ahead = self.block_start.saturating_sub(position);
        if !self.block.is_empty() && ahead > 0 {
            let gap = usize::try_from(ahead).unwrap_or(usize::MAX).min(wanted);
            buffer[..gap].fill(SILENCE);
            return gap;
        }
        let passed = usize::try_from(ahead.saturating_neg()).unwrap_or(usize::MAX);
        let available = self.block.get(passed..).unwrap_or_default();
        let count = available.len().min(wanted);
        buffer[..count].copy_from_slice(&available[..count]);
        count
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
        if frame.0 == self.position {
            return;
        }
        let frame = frame.0.min(self.properties.frames.0);
        self.position = frame;
        let position = self.start.saturating_add_unsigned(frame);
        let block = self.block_start..self.block_start.saturating_add_unsigned(self.block.len() as u64);
        if frame < self.properties.frames.0 && !block.contains(&position) {
            self.packets.seek(position);
            self.block.clear();
            self.has_ended = false;
        }
    }

    fn read(&mut self, block: &mut [Frame]) {
        let mut filled = 0;
        while filled < block.len() {
            let count = self.read_available(&mut block[filled..]);
            filled += count;
            self.position = self.position.saturating_add(count as u64);
            if count == 0 {
                self.decode_packet();
            }
        }
    }

    fn trouble(&self) -> Option<&str> {
        self.monitor.message()
    }
}

/// The audio track of an opened file.
struct AudioTrack {
    reader: Box<dyn PacketReader>,
    parameters: AudioCodecParameters,
    decoder: Box<dyn AudioDecoder>,
    range: PlayableRange,
    /// In hertz.
    rate: u32,
    channels: usize,
    /// The number of frames that a header states, if there are more.
    understated: Option<u64>,
    /// Whether the samples are stored as floating-point numbers.
    is_float: bool,
}

impl AudioTrack {
    fn open(bytes: &ClipBytes, monitor: &ReadMonitor) -> Result<Self, Error> {
        let mut cursor = bytes.cursor(monitor);
        let mut head = [0; 16];
        let mut start = 0;
        let mut count = cursor.read_fully_at(0, &mut head);
        while let Some(size) = mp3::id3v2_size(&head[..count]) {
            start += size;
            count = cursor.read_fully_at(start, &mut head);
        }
        if let Some(format) = SampleFileFormat::detect(&head[..count]) {
            return Self::open_samples(format, cursor, start);
        }
        match ContainerFormat::detect(&head[..count]) {
            Some(format) => Self::open_container(format, bytes, monitor, start),
            None => Self::open_mp3(bytes, monitor, start),
        }
    }

    fn open_samples(format: SampleFileFormat, cursor: ByteCursor, start: u64) -> Result<Self, Error> {
        let (file, window) = SampleFile::open(format, cursor, start)?;
        let decoder = packet_decoder::new_decoder(&file.parameters)?;
        Ok(Self {
            reader: Box::new(SampleReader::new(window, &file)),
            decoder,
            range: PlayableRange { start: 0, frames: file.frames() },
            rate: file.parameters.sample_rate.unwrap_or(0),
            channels: file.parameters.channels.as_ref().map_or(0, Channels::count),
            understated: file.understated_frames(),
            is_float: file.is_float(),
            parameters: file.parameters,
        })
    }

    fn open_mp3(bytes: &ClipBytes, monitor: &ReadMonitor, start: u64) -> Result<Self, Error> {
        let mut reader = Mp3Reader::open(bytes.cursor(monitor), start).ok_or(Error::DecodeError(UNKNOWN_FORMAT))?;
        let (rate, channels) = (reader.rate(), reader.channels());
        let range = reader.playable_range();
        let mut parameters = AudioCodecParameters::new();
        parameters.for_codec(CODEC_ID_MP3).with_sample_rate(rate);
        let decoder = packet_decoder::new_decoder(&parameters)?;
        Ok(Self {
            reader: Box::new(reader),
            parameters,
            decoder,
            range,
            rate,
            channels,
            understated: None,
            is_float: false,
        })
    }

    fn open_container(
        format: ContainerFormat,
        bytes: &ClipBytes,
        monitor: &ReadMonitor,
        start: u64,
    ) -> Result<Self, Error> {
        let mut reader = ContainerReader::open(format, bytes, monitor, start)?;
        let parameters = reader.parameters().clone();
        let decoder = packet_decoder::new_decoder(&parameters)?;
        let known = decoder.codec_params();
        let rate = known.sample_rate.or(parameters.sample_rate).unwrap_or(0);
        let channels = known.channels.as_ref().or(parameters.channels.as_ref()).map_or(0, Channels::count);
        reader.set_rate(rate);
        let range = reader.playable_range();
        Ok(Self {
            reader: Box::new(reader),
            parameters,
            decoder,
            range,
            rate,
            channels,
            understated: None,
            is_float: false,
        })
    }

    fn properties(&self) -> Result<ClipProperties, DecodeErrorKind> {
        let (channels, frames) = (self.channels, self.range.frames);
        let rate = Rate::new(self.rate).ok_or(DecodeErrorKind::UnsupportedRate)?;
        if channels > MAX_CHANNELS {
            return Err(DecodeErrorKind::TooManyChannels);
        }
        if channels == 0 || frames == 0 {
            return Err(DecodeErrorKind::Empty);
        }
        if frames > max_frames(rate) {
            return Err(DecodeErrorKind::TooLong);
        }
        Ok(ClipProperties { rate, channels, frames: Frames(frames) })
    }
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
