//! MP3 files: frames of MPEG audio without a container, with tags around them.
//!
//! The stream does not state positions in time, so frames are counted. At damage, the number of lost frames is estimated from the size of
//! the surrounding frames; if a tag states the total number of frames, the count is exact. Frame headers follow ISO/IEC 11172-3 and
//! 13818-3, the tags <http://gabriel.mp3-tech.org/mp3infotag.html>.

mod frame_header;
mod frame_scanner;
mod gaps;
mod info_tag;

use super::byte_cursor::ByteCursor;
use super::packet_reader::{AudioPacket, NextPacket, PacketReader, PlayableRange};
pub(super) use frame_header::FrameHeader;
use frame_scanner::{FrameScanner, ScanStep};
use gaps::Gaps;
use info_tag::InfoTag;

/// The number of frames between two entries of the seek index.
const INDEX_INTERVAL: u64 = 256;

/// Reads the frames of an MP3 file.
pub(super) struct Mp3Reader {
    scanner: FrameScanner,
    /// The byte position of the first frame with audio.
    first_position: u64,
    /// The number of frames before the scanner's position, including lost frames.
    frame_index: u64,
    seek_index: Vec<SeekPoint>,
    info: InfoTag,
    /// The position of the first frame of another stream, once the end of this one has been found.
    next_stream: Option<u64>,
    gaps: Gaps,
}

/// The byte position of a frame.
#[derive(Clone, Copy)]
struct SeekPoint {
    frame_index: u64,
    position: u64,
}

/// The result of reading the next frame.
enum NextFrame {
    Frame {
        position: u64,
        size: usize,
        index: u64,
    },
    /// Damage or a tag was skipped.
    Skipped,
    End {
        is_truncated: bool,
    },
}

impl Mp3Reader {
    /// Finds the first frame from the byte `start` on, which is after any leading tag.
    pub(super) fn open(cursor: ByteCursor, start: u64) -> Option<Self> {
        let mut scanner = FrameScanner::open(cursor, start)?;
        let header = *scanner.header();
        let info = info_tag::read(&header, scanner.first_frame());
        Some(Self::new(scanner, info))
    }

    /// Continues with the stream whose first frame is at a position. A tag in that frame describes a concatenated file, which is not trimmed.
    pub(super) fn open_next(cursor: ByteCursor, position: u64) -> Option<Self> {
        Some(Self::new(FrameScanner::open(cursor, position)?, InfoTag::default()))
    }

    fn new(mut scanner: FrameScanner, info: InfoTag) -> Self {
        if info.has_own_frame {
            scanner.skip_first_frame();
        }
        let first_position = scanner.position();
        Self {
            scanner,
            first_position,
            frame_index: 0,
            seek_index: vec![SeekPoint { frame_index: 0, position: first_position }],
            info,
            next_stream: None,
            gaps: Gaps::default(),
        }
    }

    /// Returns the sample rate in hertz.
    pub(super) fn rate(&self) -> u32 {
        self.scanner.header().rate
    }

    pub(super) fn channels(&self) -> usize {
        if self.scanner.header().is_mono { 1 } else { 2 }
    }

    /// Returns the valid frames. Reads the whole stream if no tag states its length, or the stream is longer.
    pub(super) fn playable_range(&mut self) -> PlayableRange {
        let (delay, stated) = (self.info.delay.cast_signed(), self.info.frames());
        let audio_size = self.audio_size();
        let counted = match stated {
            Some(frames) if !self.info.may_be_joined(audio_size) => frames,
            _ => self.count_frames(),
        };
        let is_longer = stated.is_none_or(|stated| counted > stated);
        let frames = stated.map_or(counted, |stated| stated.max(counted));
        // If more follows, the padding at the stated end is not at the end.
        let padding = self.info.delay + if is_longer && stated.is_some() { 0 } else { self.info.padding };
        PlayableRange { start: delay, frames: self.samples(frames).saturating_sub(padding) }
    }

    /// Returns the number of samples stated by a tag if the stream contains more than that.
    pub(super) fn understated_frames(&self, range: PlayableRange) -> Option<u64> {
        let stated = self.samples(self.info.frames()?).saturating_sub(self.info.delay + self.info.padding);
        (stated < range.frames).then_some(stated)
    }

    /// Returns the position of the first frame with another rate or number of channels, if one was found after this stream.
    pub(super) fn next_stream(&self) -> Option<u64> {
        self.next_stream
    }

    fn samples(&self, frames: u64) -> u64 {
        frames * self.scanner.header().samples
    }

    /// Returns the number of bytes from the first frame with audio on.
    fn audio_size(&mut self) -> u64 {
        self.scanner.sound_end().saturating_sub(self.first_position)
    }

    fn count_frames(&mut self) -> u64 {
        let (position, index) = (self.scanner.position(), self.frame_index);
        while !matches!(self.next_frame(), NextFrame::End { .. }) {}
        let count = self.frame_index;
        self.scanner.set_position(position);
        self.frame_index = index;
        count
    }

    fn next_frame(&mut self) -> NextFrame {
        match self.scanner.step() {
            ScanStep::Frame { position, size } => {
                let index = self.frame_index;
                self.frame_index += 1;
                self.add_seek_point();
                NextFrame::Frame { position, size, index }
            }
            ScanStep::Tag => NextFrame::Skipped,
            ScanStep::Gap { from, to } => {
                let audio_size = self.audio_size();
                let is_certain = self.info.has_stated_size(audio_size) && !self.info.may_be_joined(audio_size);
                let promised = self.info.frames().filter(|_| is_certain);
                self.frame_index += self.gaps.lost_frames(&mut self.scanner, from, to, self.first_position, promised);
                NextFrame::Skipped
            }
            ScanStep::OtherStream => {
                self.next_stream = Some(self.scanner.position());
                NextFrame::End { is_truncated: false }
            }
            ScanStep::End { is_truncated } => NextFrame::End { is_truncated },
        }
    }

    /// Adds the current position to the seek index if it is due.
    fn add_seek_point(&mut self) {
        let is_new = self.seek_index.last().is_some_and(|last| last.frame_index < self.frame_index);
        if is_new && self.frame_index.is_multiple_of(INDEX_INTERVAL) {
            self.seek_index.push(SeekPoint { frame_index: self.frame_index, position: self.scanner.position() });
        }
    }
}

impl PacketReader for Mp3Reader {
    fn next_packet(&mut self) -> NextPacket {
        match self.next_frame() {
            NextFrame::Skipped => NextPacket::Corrupt,
            NextFrame::End { is_truncated } => NextPacket::End { is_truncated },
            NextFrame::Frame { position, size, index } => {
                let data: Box<[u8]> = Box::from(self.scanner.bytes_at(position, size));
                if data.len() < size {
                    return NextPacket::End { is_truncated: true };
                }
                let frames = self.scanner.header().samples;
                NextPacket::Packet(AudioPacket { start: (index * frames).cast_signed(), frames, data })
            }
        }
    }

    fn seek(&mut self, frame: i64) {
        let target = u64::try_from(frame).unwrap_or(0) / self.scanner.header().samples;
        let point = self.seek_index.partition_point(|point| point.frame_index <= target).saturating_sub(1);
        let SeekPoint { frame_index, position } = self.seek_index[point];
        self.frame_index = frame_index;
        self.scanner.set_position(position);
        while self.frame_index < target {
            let before = (self.frame_index, self.scanner.position());
            if matches!(self.next_frame(), NextFrame::End { .. }) {
                break;
            }
            if self.frame_index > target {
                self.frame_index = before.0;
                self.scanner.set_position(before.1);
                break;
            }
        }
    }
}
