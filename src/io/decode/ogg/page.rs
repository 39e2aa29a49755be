//! The pages of an Ogg file.

use std::ops::Range;

use symphonia::core::checksum::Crc32;
use symphonia::core::io::Monitor;

use super::super::file_window::FileWindow;

pub(super) const CAPTURE_PATTERN: &[u8] = b"OggS";
const HEADER_SIZE: usize = 27;
/// Fields of the header.
const VERSION: usize = 4;
const FLAGS: usize = 5;
const GRANULE_POSITION: Range<usize> = 6..14;
const SERIAL_NUMBER: Range<usize> = 14..18;
const SEQUENCE_NUMBER: Range<usize> = 18..22;
const CHECKSUM: Range<usize> = 22..26;
const SEGMENT_COUNT: usize = 26;

/// The header of a page.
#[derive(Clone, Debug)]
pub(super) struct PageHeader {
    pub(super) position: u64,
    /// The size of the page in bytes, including the header.
    pub(super) size: usize,
    /// The sizes of the segments.
    lacing: Vec<u8>,
    flags: u8,
    /// The granule position after the last packet that ends in the page; `None` if it is not stated.
    pub(super) granule: Option<i64>,
    pub(super) serial: u32,
    pub(super) sequence: u32,
}

impl PageHeader {
    /// Reads the header at a position. Returns `None` if there is none.
    pub(super) fn at(window: &mut FileWindow, position: u64) -> Option<Self> {
        let header: [u8; HEADER_SIZE] = *window.at(position, HEADER_SIZE).first_chunk()?;
        if !header.starts_with(CAPTURE_PATTERN) || header[VERSION] != 0 {
            return None;
        }
        let segments = usize::from(header[SEGMENT_COUNT]);
        let lacing = window.at(position + HEADER_SIZE as u64, segments).to_vec();
        let size = HEADER_SIZE + segments + lacing.iter().map(|size| usize::from(*size)).sum::<usize>();
        let number = |range: Range<usize>| header[range].first_chunk().copied().map_or(0, u32::from_le_bytes);
        let granule = header[GRANULE_POSITION].first_chunk().copied().map(i64::from_le_bytes);
        (lacing.len() == segments).then_some(Self {
            position,
            size,
            lacing,
            flags: header[FLAGS],
            granule: granule.filter(|granule| *granule >= 0),
            serial: number(SERIAL_NUMBER),
            sequence: number(SEQUENCE_NUMBER),
        })
    }

    pub(super) fn end(&self) -> u64 {
        self.position + self.size as u64
    }

    /// Returns whether the page starts within a packet.
    pub(super) fn is_continued(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Returns whether this is the first page of its stream.
    pub(super) fn is_first(&self) -> bool {
        self.flags & 2 != 0
    }

    /// Returns whether this is the last page of its stream.
    pub(super) fn is_last(&self) -> bool {
        self.flags & 4 != 0
    }

    /// Returns whether a packet ends in the page.
    pub(super) fn ends_packet(&self) -> bool {
        self.lacing.iter().any(|size| *size < 255)
    }

    /// Returns the bytes of the page if its checksum is correct.
    pub(super) fn read(&self, window: &mut FileWindow) -> Option<OggPage> {
        let mut bytes = window.at(self.position, self.size).to_vec();
        if bytes.len() < self.size {
            return None;
        }
        let stated = u32::from_le_bytes(*bytes[CHECKSUM].first_chunk()?);
        bytes[CHECKSUM].fill(0);
        let mut checksum = Crc32::new(0);
        checksum.process_buf_bytes(&bytes);
        (checksum.crc() == stated).then(|| OggPage { header: self.clone(), bytes })
    }
}

/// A page with a correct checksum.
pub(super) struct OggPage {
    pub(super) header: PageHeader,
    bytes: Vec<u8>,
}

impl OggPage {
    /// Reads the page at a position. Returns `None` if there is none, or it is damaged.
    pub(super) fn at(window: &mut FileWindow, position: u64) -> Option<Self> {
        PageHeader::at(window, position)?.read(window)
    }

    /// Returns the first intact page from a position on, up to another position.
    pub(super) fn find(window: &mut FileWindow, from: u64, until: u64) -> Option<Self> {
        let mut position = from;
        loop {
            position = find_capture(window, position, until)?;
            if let Some(page) = Self::at(window, position) {
                return Some(page);
            }
            position += 1;
        }
    }

    /// Returns the pieces of packets, and whether each is the end of its packet.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (&[u8], bool)> {
        let mut lacing = self.header.lacing.as_slice();
        let mut rest = self.bytes.get(HEADER_SIZE + lacing.len()..).unwrap_or_default();
        std::iter::from_fn(move || {
            let count = lacing.iter().position(|size| *size < 255).map_or(lacing.len(), |last| last + 1);
            let (segments, further) = lacing.split_at(count);
            let size = segments.iter().map(|size| usize::from(*size)).sum();
            let is_end = *segments.last()? < 255;
            let (piece, following) = rest.split_at_checked(size)?;
            (lacing, rest) = (further, following);
            Some((piece, is_end))
        })
    }
}

/// Returns the first position from another one on at which a page may start.
fn find_capture(window: &mut FileWindow, from: u64, until: u64) -> Option<u64> {
    const STEP: usize = 4096;
    let mut position = from;
    while position < until {
        let bytes = window.at(position, STEP + CAPTURE_PATTERN.len() - 1);
        if let Some(offset) = bytes.windows(CAPTURE_PATTERN.len()).position(|bytes| bytes == CAPTURE_PATTERN) {
            return Some(position + offset as u64).filter(|found| *found < until);
        }
        if bytes.len() < STEP {
            return None;
        }
        position += STEP as u64;
    }
    None
}
