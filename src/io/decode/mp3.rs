//! MP3 files, which have no container: frames of MPEG audio, one after another, with tags around them.
//!
//! Nothing in the stream says when a frame is heard, so its place is counted: from the first frame on, and over damage by how
//! many frames of the size around would fill the bytes that were lost; where a tag says how many there are, exactly that many. The headers are those of ISO/IEC 11172-3 and 13818-3;
//! the tags are described at <http://gabriel.mp3-tech.org/mp3infotag.html>.

mod gaps;
mod header;
mod tags;

use super::clip_bytes::ByteCursor;
use super::packet_reader::{Extent, Next, Packet, Packets};
use gaps::Holes;
use header::Header;
pub(super) use tags::id3_size as leading_tag;

/// Where the position of a frame is remembered: every so many frames.
const MARK_EVERY: u64 = 256;
/// How far into a file its first frame is looked for.
const SEARCH: u64 = 64 * 1024;
/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// The frames of an MP3 file.
pub(super) struct MpegPackets {
    window: Window,
    header: Header,
    /// Where the first frame of sound begins.
    first: u64,
    position: u64,
    /// How many frames lie before `position`, lost ones included.
    index: u64,
    marks: Vec<(u64, u64)>,
    promise: tags::Promise,
    holes: Holes,
}

enum Step {
    Frame { position: u64, bytes: usize, index: u64 },
    Lost,
    End { torn: bool },
}

impl MpegPackets {
    /// Looks for the first frame from `start` on, which is behind any leading tag.
    pub(super) fn open(cursor: ByteCursor, start: u64) -> Option<Self> {
        let mut window = Window::new(cursor);
        let (position, header) = (start..start.saturating_add(SEARCH)).find_map(|position| {
            let header = window.header(position)?;
            window.continues(position, header).then_some((position, header))
        })?;
        let promise = tags::read(&header, window.at(position, header.bytes));
        let first = if promise.tag_frame { position + header.bytes as u64 } else { position };
        Some(Self {
            window,
            header,
            first,
            position: first,
            index: 0,
            marks: vec![(0, first)],
            promise,
            holes: Holes::Unknown,
        })
    }

    /// Of the decoded samples, in hertz.
    pub(super) fn rate(&self) -> u32 {
        self.header.rate
    }

    pub(super) fn channels(&self) -> usize {
        if self.header.mono { 1 } else { 2 }
    }

    /// The frames that are meant to be heard. Walks through the whole file where no tag says how many there are.
    pub(super) fn extent(&mut self) -> Extent {
        let rest = self.window.length().saturating_sub(self.first);
        let count = self.promise.frames(rest).unwrap_or_else(|| self.count());
        let trimmed = self.promise.delay + self.promise.padding;
        let frames = (count * self.header.frames).saturating_sub(trimmed);
        Extent { start: self.promise.delay.cast_signed(), frames }
    }

    fn count(&mut self) -> u64 {
        let (position, index) = (self.position, self.index);
        while !matches!(self.step(), Step::End { .. }) {}
        let count = self.index;
        (self.position, self.index) = (position, index);
        count
    }

    /// Moves past one frame, or past damage.
    fn step(&mut self) -> Step {
        if self.window.length().saturating_sub(self.position) < 4 {
            return Step::End { torn: false };
        }
        if let Some(header) = self.window.header(self.position).filter(|header| header.alike(&self.header)) {
            let (position, index) = (self.position, self.index);
            let end = position + header.bytes as u64;
            if end > self.window.length() {
                return Step::End { torn: true };
            }
            (self.position, self.index) = (end, index + 1);
            self.window.cursor.found_sound();
            if self.index.is_multiple_of(MARK_EVERY) && self.marks.last().is_some_and(|last| last.0 < self.index) {
                self.marks.push((self.index, end));
            }
            return Step::Frame { position, bytes: header.bytes, index };
        }
        match tags::at(self.window.at(self.position, 16)) {
            tags::Tag::Leading(bytes) => {
                self.position += bytes;
                Step::Lost
            }
            tags::Tag::Trailing => Step::End { torn: false },
            tags::Tag::None => self.resynchronise(),
        }
    }

    /// Looks for the next frame behind damage.
    fn resynchronise(&mut self) -> Step {
        let length = self.window.length();
        let looked_at = (self.position + 1..length.saturating_sub(4)).map_while(|position| {
            // Nothing more can be read.
            if self.window.at(position, 4).is_empty() {
                return None;
            }
            let header = self.window.header(position).filter(|header| header.alike(&self.header));
            Some((position, header.is_some_and(|header| self.window.continues(position, header))))
        });
        let next = looked_at.into_iter().find(|(_, continues)| *continues).map(|(position, _)| position);
        let Some(next) = next else {
            let rest = self.window.at(self.position, 1024);
            return Step::End { torn: rest.iter().any(|byte| *byte != 0) };
        };
        self.index += self.lost(self.position, next);
        self.position = next;
        Step::Lost
    }
}

impl Packets for MpegPackets {
    fn next(&mut self) -> Next {
        match self.step() {
            Step::Lost => Next::Lost,
            Step::End { torn } => Next::End { torn },
            Step::Frame { position, bytes, index } => {
                let data: Box<[u8]> = Box::from(self.window.at(position, bytes));
                if data.len() < bytes {
                    return Next::End { torn: true };
                }
                let frames = self.header.frames;
                Next::Packet(Packet { start: (index * frames).cast_signed(), frames, data })
            }
        }
    }

    fn seek(&mut self, frame: i64) {
        let wanted = u64::try_from(frame).unwrap_or(0) / self.header.frames;
        let mark = self.marks.partition_point(|mark| mark.0 <= wanted).saturating_sub(1);
        (self.index, self.position) = self.marks[mark];
        while self.index < wanted {
            let before = (self.index, self.position);
            if matches!(self.step(), Step::End { .. }) {
                break;
            }
            if self.index > wanted {
                (self.index, self.position) = before;
                break;
            }
        }
    }
}

/// A chunk of the file in memory.
struct Window {
    cursor: ByteCursor,
    start: u64,
    chunk: Vec<u8>,
}

impl Window {
    fn new(cursor: ByteCursor) -> Self {
        Self { cursor, start: 0, chunk: Vec::new() }
    }

    fn length(&self) -> u64 {
        self.cursor.length()
    }

    /// The bytes at `position`; fewer at the file's end.
    fn at(&mut self, position: u64, bytes: usize) -> &[u8] {
        let held = self.start + self.chunk.len() as u64;
        if position < self.start || position + bytes as u64 > held {
            self.chunk.resize(CHUNK.max(bytes), 0);
            let count = self.cursor.read_fully_at(position, &mut self.chunk);
            self.chunk.truncate(count);
            self.start = position;
        }
        let from = ((position - self.start) as usize).min(self.chunk.len());
        let to = (from + bytes).min(self.chunk.len());
        &self.chunk[from..to]
    }

    fn header(&mut self, position: u64) -> Option<Header> {
        Header::parse(self.at(position, 4).try_into().ok()?)
    }

    /// Whether two more frames follow the one at `position`, or what there is up to the end of the file.
    fn continues(&mut self, position: u64, header: Header) -> bool {
        let mut position = position + header.bytes as u64;
        for _ in 0..2 {
            if position + 4 > self.length() || !matches!(tags::at(self.at(position, 16)), tags::Tag::None) {
                return position <= self.length();
            }
            match self.header(position).filter(|next| next.alike(&header)) {
                Some(next) => position += next.bytes as u64,
                None => return false,
            }
        }
        true
    }
}
