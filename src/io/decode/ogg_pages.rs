//! What the reader of Ogg files can't find out where they are damaged. Pages are those of RFC 3533.

use std::ops::Range;

use symphonia::core::checksum::Crc32;
use symphonia::core::io::Monitor;

use super::clip_bytes::ByteCursor;

const MARK: &[u8] = b"OggS";
const HEADER: usize = 27;
/// Where the page says when its last packet ends, and to which stream it belongs.
const GRANULE: Range<usize> = 6..14;
const SERIAL: Range<usize> = 14..18;
/// A page has at most so many segments of at most as many bytes.
const SEGMENTS: usize = 255;
const LARGEST: usize = HEADER + SEGMENTS + SEGMENTS * SEGMENTS;
/// Where the check sum of a page is.
const CHECK_SUM: Range<usize> = 22..26;
/// How far into the file the damage may be, and how far behind it the next page.
const SEARCH: u64 = 1024 * 1024;
/// Of what looks like pages, so many are looked at.
const CANDIDATES: usize = 256;

/// From the first damaged page to the next one that is whole; `None` where that is not found.
pub(super) fn first_damage(cursor: &mut ByteCursor, start: u64) -> Option<Range<u64>> {
    let mut damage = start;
    while let Some(size) = whole_page(cursor, damage) {
        damage += size;
        if damage - start > SEARCH {
            return None;
        }
    }
    let mut bytes = vec![0; SEARCH as usize];
    let held = cursor.read_fully_at(damage + 1, &mut bytes);
    let marks = bytes[..held].windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    let mut places = marks.map(|(offset, _)| damage + 1 + offset as u64).take(CANDIDATES);
    let next = places.find(|place| whole_page(cursor, *place).is_some())?;
    Some(damage..next)
}

/// When the last page ends that is whole, if it is of the stream that begins at `start`: the granule position of RFC 3533.
pub(super) fn last_granule(cursor: &mut ByteCursor, start: u64) -> Option<i64> {
    let mut first = [0; HEADER];
    cursor.read_fully_at(start, &mut first);
    let tail = cursor.length().saturating_sub(2 * LARGEST as u64).max(start);
    let mut bytes = vec![0; 2 * LARGEST];
    let held = cursor.read_fully_at(tail, &mut bytes);
    let marks = bytes[..held].windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    let places: Vec<_> = marks.map(|(offset, _)| offset).collect();
    let whole = places.into_iter().rev().take(CANDIDATES).find(|place| page(&mut bytes[*place..held]).is_some())?;
    let last = bytes.get(whole..whole + HEADER).filter(|last| last[SERIAL] == first[SERIAL])?;
    let granule = i64::from_le_bytes(last[GRANULE].try_into().ok()?);
    (granule >= 0).then_some(granule)
}

/// The size of the page at a place, if there is one and it is whole.
fn whole_page(cursor: &mut ByteCursor, place: u64) -> Option<u64> {
    let mut bytes = vec![0; LARGEST];
    let held = cursor.read_fully_at(place, &mut bytes);
    page(&mut bytes[..held])
}

/// The size of the page that these bytes begin, if it is whole.
fn page(bytes: &mut [u8]) -> Option<u64> {
    if !bytes.starts_with(MARK) {
        return None;
    }
    let segments = usize::from(*bytes.get(HEADER - 1)?);
    let body: usize = bytes.get(HEADER..HEADER + segments)?.iter().map(|size| usize::from(*size)).sum();
    let page = bytes.get_mut(..HEADER + segments + body)?;
    let told = u32::from_le_bytes(page[CHECK_SUM].try_into().ok()?);
    page[CHECK_SUM].fill(0);
    let mut sum = Crc32::new(0);
    sum.process_buf_bytes(page);
    (sum.crc() == told).then_some(page.len() as u64)
}
