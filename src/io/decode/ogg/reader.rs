//! Reads the packets of a stream in an Ogg file.

use std::collections::VecDeque;

use super::super::byte_cursor::ByteCursor;
use super::super::file_window::FileWindow;
use super::super::packet_reader::{AudioPacket, NextPacket, PacketReader, PlayableRange};
use super::codec::PacketLengths;
use super::index::OggLink;
use super::page::{OggPage, PageHeader};

/// The maximum size of a packet in bytes, and of the packets whose position is still unknown.
const MAX_PACKET_SIZE: usize = 4 * 1024 * 1024;
const MAX_PENDING_PACKETS: usize = 65_536;
/// The number of pages between two points of the index.
const INDEX_INTERVAL: u32 = 16;
/// The minimum missing time between two pages that is a gap, in frames: more than the longest packet of Vorbis or Opus.
const MIN_GAP: i64 = 8192;

/// Reads the packets of a stream.
pub(in super::super) struct OggReader {
    window: FileWindow,
    link: OggLink,
    /// The position of the next page in the file.
    position: u64,
    /// The number of the last page read.
    sequence: Option<u32>,
    lengths: PacketLengths,
    /// The beginning of a packet that continues in the next page.
    partial: Option<Vec<u8>>,
    /// Packets whose position in time is still unknown, with their lengths.
    pending: VecDeque<(Box<[u8]>, u64)>,
    ready: VecDeque<AudioPacket>,
    /// The position in time of the next packet; `None` if it was lost.
    next_start: Option<i64>,
    has_begun: bool,
    seek_index: Vec<OggSeekPoint>,
    pages_since_point: u32,
}

/// The state of the reader between two pages without an unfinished packet.
#[derive(Clone)]
struct OggSeekPoint {
    start: i64,
    position: u64,
    sequence: Option<u32>,
    lengths: PacketLengths,
}

impl OggReader {
    pub(in super::super) fn new(cursor: ByteCursor, link: OggLink) -> Self {
        let position = link.range.start;
        Self {
            window: FileWindow::new(cursor),
            link,
            position,
            sequence: None,
            lengths: PacketLengths::default(),
            partial: None,
            pending: VecDeque::new(),
            ready: VecDeque::new(),
            next_start: None,
            has_begun: false,
            seek_index: Vec::new(),
            pages_since_point: 0,
        }
    }

    /// Returns the valid frames. Reads the whole stream if its pages don't agree on its end.
    pub(in super::super) fn playable_range(&mut self) -> PlayableRange {
        let mut first = match self.next_packet() {
            NextPacket::Packet(packet) => packet.start.max(0),
            // If the beginning is damaged, the readable part starts later, but the clip does not.
            NextPacket::Corrupt | NextPacket::End { .. } => 0,
        };
        self.rewind();
        let stated = i64::try_from(self.link.headers.stated).unwrap_or(i64::MAX);
        let end = self.link.end.filter(|_| self.link.is_end_certain).unwrap_or_else(|| self.find_end());
        first = first.saturating_add(self.link.headers.delay.into());
        PlayableRange { start: first, frames: u64::try_from(end.max(stated).saturating_sub(first)).unwrap_or(0) }
    }

    /// Returns the number of frames stated by the headers if the stream contains more than that.
    pub(in super::super) fn understated_frames(&self) -> Option<u64> {
        let (stated, end) = (self.link.headers.stated, u64::try_from(self.link.end?).ok()?);
        (stated > 0 && stated < end).then_some(stated)
    }

    /// Reads the whole stream to find its end: that of the last packet, or earlier within its page.
    fn find_end(&mut self) -> i64 {
        let mut end = 0;
        loop {
            match self.next_packet() {
                NextPacket::Packet(packet) => end = end.max(packet.end()),
                NextPacket::Corrupt => {}
                NextPacket::End { .. } => break,
            }
        }
        self.rewind();
        self.link.end.filter(|stated| (end.saturating_sub(MIN_GAP)..end).contains(stated)).unwrap_or(end)
    }

    /// Returns to the first page.
    fn rewind(&mut self) {
        let position = self.link.range.start;
        (self.position, self.sequence, self.next_start) = (position, None, None);
        self.lengths = PacketLengths::default();
        self.has_begun = false;
        self.discard_packets();
    }

    fn discard_packets(&mut self) {
        self.partial = None;
        self.pending.clear();
        self.ready.clear();
        self.pages_since_point = 0;
    }

    /// Adds the state before the next page to the index, if that is due.
    fn add_seek_point(&mut self) {
        let Some(start) = self.next_start.filter(|_| self.partial.is_none() && self.pending.is_empty()) else { return };
        self.pages_since_point += 1;
        let is_new = self.seek_index.last().is_none_or(|last| last.position < self.position);
        if is_new && self.pages_since_point >= INDEX_INTERVAL {
            self.pages_since_point = 0;
            let (position, sequence, lengths) = (self.position, self.sequence, self.lengths.clone());
            self.seek_index.push(OggSeekPoint { start, position, sequence, lengths });
        }
    }

    /// Returns the next page of the stream, and whether something before it is unreadable.
    fn next_page(&mut self) -> Option<(OggPage, bool)> {
        let mut is_damaged = false;
        while self.position < self.link.range.end {
            let found = PageHeader::at(&mut self.window, self.position);
            if let Some(header) = found.as_ref().filter(|header| header.serial != self.link.serial)
                && header.end() <= self.link.range.end
                && PageHeader::at(&mut self.window, header.end()).is_some()
            {
                self.position = header.end();
                continue;
            }
            let page = found.and_then(|header| header.read(&mut self.window)).or_else(|| {
                is_damaged = true;
                OggPage::find(&mut self.window, self.position + 1, self.link.range.end)
            })?;
            self.position = page.header.end();
            if page.header.serial == self.link.serial {
                return Some((page, is_damaged));
            }
        }
        None
    }

    /// Extracts the packets of a page.
    fn take_packets(&mut self, page: &OggPage) {
        // A packet whose beginning is lost is dropped.
        let mut is_lost = page.header.is_continued() && self.partial.is_none();
        if !page.header.is_continued() {
            self.partial = None;
        }
        for (piece, is_end) in page.pieces() {
            let mut packet = self.partial.take().unwrap_or_default();
            packet.extend_from_slice(piece);
            if !is_end {
                self.partial = Some(packet).filter(|packet| !is_lost && packet.len() <= MAX_PACKET_SIZE);
                break;
            }
            if std::mem::take(&mut is_lost) || self.link.headers.codec.is_header(&packet) {
                continue;
            }
            if let Some(frames) = self.lengths.next(&self.link.headers, &packet)
                && self.pending.len() < MAX_PENDING_PACKETS
            {
                self.pending.push_back((packet.into(), frames));
            }
        }
    }

    /// Assigns positions in time to the pending packets, if they are known.
    fn place_packets(&mut self, header: &PageHeader) {
        let total = self.pending.iter().fold(0_i64, |sum, (_, frames)| sum.saturating_add_unsigned(*frames));
        let stated = header.granule.map(|granule| granule.saturating_sub(total));
        let start = match (self.next_start, stated) {
            (Some(next), Some(stated)) if stated.saturating_sub(next) > MIN_GAP => stated,
            (Some(next), _) => next,
            // The last page ends within a packet. If it is the only one, it starts at 0.
            (None, Some(stated)) if header.is_last() && !self.has_begun => stated.max(0),
            (None, Some(stated)) => stated,
            (None, None) => return,
        };
        let mut next = start;
        for (data, frames) in self.pending.drain(..) {
            self.ready.push_back(AudioPacket { start: next, frames, data });
            next = next.saturating_add_unsigned(frames);
        }
        self.has_begun = true;
        self.next_start = Some(next);
    }
}

impl PacketReader for OggReader {
    fn next_packet(&mut self) -> NextPacket {
        loop {
            if let Some(packet) = self.ready.pop_front() {
                return NextPacket::Packet(packet);
            }
            let Some((page, mut is_damaged)) = self.next_page() else {
                if !self.pending.is_empty() {
                    // No page states the position of these packets, so they follow the previous ones.
                    self.next_start.get_or_insert(0);
                    let start = self.next_start.unwrap_or(0);
                    let (data, frames) = self.pending.pop_front().unwrap_or_default();
                    self.next_start = Some(start.saturating_add_unsigned(frames));
                    return NextPacket::Packet(AudioPacket { start, frames, data });
                }
                return NextPacket::End { is_truncated: !self.link.is_ended };
            };
            self.window.audio_found();
            let follows = self.sequence.is_none_or(|last| last.wrapping_add(1) == page.header.sequence);
            self.sequence = Some(page.header.sequence);
            is_damaged |= !follows;
            if is_damaged {
                self.partial = None;
                self.next_start = None;
            }
            self.take_packets(&page);
            if !self.pending.is_empty() {
                self.place_packets(&page.header);
            }
            self.add_seek_point();
            if is_damaged {
                return NextPacket::Corrupt;
            }
        }
    }

    fn seek(&mut self, frame: i64) {
        let before = self.seek_index.partition_point(|point| point.start <= frame);
        let Some(point) = before.checked_sub(1).map(|index| self.seek_index[index].clone()) else {
            return self.rewind();
        };
        (self.position, self.sequence, self.next_start) = (point.position, point.sequence, Some(point.start));
        self.lengths = point.lengths;
        self.has_begun = true;
        self.discard_packets();
    }
}
