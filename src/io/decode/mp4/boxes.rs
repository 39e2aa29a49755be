//! The boxes of an MP4 or MOV file.

use super::super::byte_cursor::ByteCursor;

/// The maximum number of boxes on one level: hours of fragments.
const MAX_BOXES: usize = 100_000;

/// A box: its name and the byte range of its content.
#[derive(Clone, Copy)]
pub(super) struct Mp4Box {
    pub(super) name: [u8; 4],
    pub(super) start: u64,
    pub(super) end: u64,
}

/// Returns the boxes between two positions of the file.
pub(super) fn boxes(cursor: &mut ByteCursor, start: u64, end: u64) -> Vec<Mp4Box> {
    let end = end.min(cursor.length());
    let mut found = Vec::new();
    let mut position = start;
    while position.saturating_add(8) <= end && found.len() < MAX_BOXES {
        let mut head = [0; 16];
        let count = cursor.read_fully_at(position, &mut head);
        let [a, b, c, d, name @ .., _, _, _, _, _, _, _, _] = head;
        let (header_size, size) = match u64::from(u32::from_be_bytes([a, b, c, d])) {
            0 => (8, end - position),
            1 if count == 16 => (16, u64::from_be_bytes(std::array::from_fn(|n| head[8 + n]))),
            size => (8, size),
        };
        if size < header_size {
            break;
        }
        let next = position.saturating_add(size);
        found.push(Mp4Box { name, start: position + header_size, end: next.min(end) });
        position = next;
    }
    found
}

/// Reads bytes at an offset in a box's content.
pub(super) fn read<const N: usize>(cursor: &mut ByteCursor, mp4_box: Mp4Box, offset: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let start = mp4_box.start.checked_add(offset)?;
    let is_whole = start.checked_add(N as u64)? <= mp4_box.end && cursor.read_fully_at(start, &mut bytes) == N;
    is_whole.then_some(bytes)
}

pub(super) fn version(cursor: &mut ByteCursor, mp4_box: Mp4Box) -> u8 {
    read::<1>(cursor, mp4_box, 0).map_or(0, |[version]| version)
}

/// Reads the ticks per second from an `mvhd` or `mdhd` box.
pub(super) fn time_scale(cursor: &mut ByteCursor, header: Mp4Box) -> u64 {
    let offset = if version(cursor, header) == 1 { 20 } else { 12 };
    read(cursor, header, offset).map_or(0, |bytes| u64::from(u32::from_be_bytes(bytes)))
}

/// Returns the number of a track.
pub(super) fn track_id(cursor: &mut ByteCursor, track: Mp4Box) -> Option<u32> {
    let header = find(cursor, track, *b"tkhd")?;
    let offset = if version(cursor, header) == 1 { 20 } else { 12 };
    read(cursor, header, offset).map(u32::from_be_bytes)
}

/// Returns the boxes inside another one.
pub(super) fn inner_boxes(cursor: &mut ByteCursor, outer: Mp4Box) -> Vec<Mp4Box> {
    boxes(cursor, outer.start, outer.end)
}

/// Returns the first box of a name inside another one.
pub(super) fn find(cursor: &mut ByteCursor, outer: Mp4Box, name: [u8; 4]) -> Option<Mp4Box> {
    inner_boxes(cursor, outer).into_iter().find(|inner| inner.name == name)
}

/// Follows a path of names from a box inwards.
pub(super) fn find_path(cursor: &mut ByteCursor, outer: Mp4Box, path: &[[u8; 4]]) -> Option<Mp4Box> {
    path.iter().try_fold(outer, |outer, name| find(cursor, outer, *name))
}

/// Returns up to `most` bytes of a box's content, as far as they exist.
pub(super) fn content(cursor: &mut ByteCursor, mp4_box: Mp4Box, most: usize) -> Vec<u8> {
    let size = mp4_box.end.min(cursor.length()).saturating_sub(mp4_box.start);
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX).min(most)];
    let count = cursor.read_fully_at(mp4_box.start, &mut bytes);
    bytes.truncate(count);
    bytes
}
