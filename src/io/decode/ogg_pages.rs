//! Finds intact pages (RFC 3533) in a damaged Ogg file, which symphonia's reader can't do.

use std::ops::Range;

use symphonia::core::checksum::Crc32;
use symphonia::core::io::Monitor;

use super::byte_cursor::ByteCursor;

const CAPTURE_PATTERN: &[u8] = b"OggS";
const HEADER_SIZE: usize = 27;
/// Fields of the page header.
const GRANULE_POSITION: Range<usize> = 6..14;
const SERIAL_NUMBER: Range<usize> = 14..18;
const CHECKSUM: Range<usize> = 22..26;
const SEGMENT_COUNT: usize = 26;
/// The maximum number of segments in a page, and of bytes in a segment.
const MAX_SEGMENTS: usize = 255;
const MAX_PAGE_SIZE: usize = HEADER_SIZE + MAX_SEGMENTS + MAX_SEGMENTS * MAX_SEGMENTS;
/// The maximum distance in bytes from the start of the stream to the damage, and from there to the next intact page.
const SEARCH_LIMIT: usize = 1024 * 1024;
/// The maximum number of capture patterns that are examined.
const MAX_CANDIDATES: usize = 256;

/// Returns the byte range from the first damaged page to the next intact one, or `None` if there is none within reach.
pub(super) fn first_damage(cursor: &mut ByteCursor, start: u64) -> Option<Range<u64>> {
    let mut damage = start;
    while let Some(size) = page_size_at(cursor, damage) {
        damage += size;
        if damage - start > SEARCH_LIMIT as u64 {
            return None;
        }
    }
    let mut bytes = vec![0; SEARCH_LIMIT];
    let count = cursor.read_fully_at(damage + 1, &mut bytes);
    let mut candidates =
        capture_patterns(&bytes[..count]).map(|offset| damage + 1 + offset as u64).take(MAX_CANDIDATES);
    let next = candidates.find(|position| page_size_at(cursor, *position).is_some())?;
    Some(damage..next)
}

/// Returns the granule position of the last intact page if it belongs to the stream that begins at `start`.
pub(super) fn last_granule(cursor: &mut ByteCursor, start: u64) -> Option<i64> {
    let mut first = [0; HEADER_SIZE];
    cursor.read_fully_at(start, &mut first);
    let tail = cursor.length().saturating_sub(2 * MAX_PAGE_SIZE as u64).max(start);
    let mut bytes = vec![0; 2 * MAX_PAGE_SIZE];
    let count = cursor.read_fully_at(tail, &mut bytes);
    let candidates: Vec<_> = capture_patterns(&bytes[..count]).collect();
    let mut candidates = candidates.into_iter().rev().take(MAX_CANDIDATES);
    let position = candidates.find(|position| page_size(&mut bytes[*position..count]).is_some())?;
    let header = bytes.get(position..position + HEADER_SIZE)?;
    if header[SERIAL_NUMBER] != first[SERIAL_NUMBER] {
        return None;
    }
    let granule = i64::from_le_bytes(header[GRANULE_POSITION].try_into().ok()?);
    (granule >= 0).then_some(granule)
}

/// The offsets at which a page may begin.
fn capture_patterns(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let windows = bytes.windows(CAPTURE_PATTERN.len()).enumerate();
    windows.filter(|(_, window)| *window == CAPTURE_PATTERN).map(|(offset, _)| offset)
}

/// Returns the size of the page at a position if it is intact.
fn page_size_at(cursor: &mut ByteCursor, position: u64) -> Option<u64> {
    let mut bytes = vec![0; MAX_PAGE_SIZE];
    let count = cursor.read_fully_at(position, &mut bytes);
    page_size(&mut bytes[..count])
}

/// Returns the size of the page at the start of these bytes if it is intact. Overwrites its checksum.
fn page_size(bytes: &mut [u8]) -> Option<u64> {
    if !bytes.starts_with(CAPTURE_PATTERN) {
        return None;
    }
    let segments = usize::from(*bytes.get(SEGMENT_COUNT)?);
    let body: usize = bytes.get(HEADER_SIZE..HEADER_SIZE + segments)?.iter().map(|size| usize::from(*size)).sum();
    let page = bytes.get_mut(..HEADER_SIZE + segments + body)?;
    let stated = u32::from_le_bytes(page[CHECKSUM].try_into().ok()?);
    page[CHECKSUM].fill(0);
    let mut checksum = Crc32::new(0);
    checksum.process_buf_bytes(page);
    (checksum.crc() == stated).then_some(page.len() as u64)
}
