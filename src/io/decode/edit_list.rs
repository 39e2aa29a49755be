//! The edit list of an MP4 file, which states the padding that an encoder added, by ISO/IEC 14496-12.

use super::byte_cursor::ByteCursor;

/// The maximum number of boxes that are read on one level.
const MAX_BOXES: usize = 4096;
/// The maximum size of an iTunes item that may hold gapless playback data, in bytes.
const MAX_ITEM_SIZE: u64 = 1024;

/// The part of a track that is meant to be heard.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EditList {
    /// Ticks per second of the movie.
    movie_scale: u64,
    /// Ticks per second of the track.
    track_scale: u64,
    /// The start in ticks of the track.
    start: u64,
    /// The duration in ticks of the movie; 0 if it is not stated.
    duration: u64,
    gapless: Option<GaplessInfo>,
}

/// Gapless playback data of iTunes.
#[derive(Clone, Copy, Debug)]
struct GaplessInfo {
    /// Frames of padding at the start.
    delay: u64,
    /// Frames that are meant to be heard.
    frames: u64,
}

impl EditList {
    /// Reads the edit list of a track.
    pub(super) fn read(cursor: &mut ByteCursor, track_id: u32) -> Self {
        let mut edits = Self::default();
        let length = cursor.length();
        let Some(movie) = boxes(cursor, 0, length).into_iter().find(|found| found.name == *b"moov") else {
            return edits;
        };
        for inner in boxes(cursor, movie.start, movie.end) {
            match &inner.name {
                b"mvhd" => edits.movie_scale = time_scale(cursor, inner),
                b"trak" if has_track_id(cursor, inner, track_id) => edits.read_track(cursor, inner),
                b"udta" => edits.gapless = gapless_info(cursor, inner),
                _ => {}
            }
        }
        edits
    }

    fn read_track(&mut self, cursor: &mut ByteCursor, track: Mp4Box) {
        for inner in boxes(cursor, track.start, track.end) {
            match &inner.name {
                b"edts" => {
                    for list in boxes(cursor, inner.start, inner.end) {
                        if list.name == *b"elst" {
                            (self.start, self.duration) = single_edit(cursor, list).unwrap_or_default();
                        }
                    }
                }
                b"mdia" => {
                    for header in boxes(cursor, inner.start, inner.end) {
                        if header.name == *b"mdhd" {
                            self.track_scale = time_scale(cursor, header);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Returns the start and length to be heard of a track with `track_ticks` ticks, in ticks of the track. The length is 0 if it is
    /// not known.
    pub(super) fn apply(&self, track_ticks: u64) -> (u64, u64) {
        if let (0, Some(GaplessInfo { delay, frames })) = (self.start, self.gapless)
            && delay.saturating_add(frames) <= track_ticks
        {
            return (delay, frames);
        }
        let remaining = track_ticks.saturating_sub(self.start);
        if self.duration == 0 || self.movie_scale == 0 {
            return (self.start, remaining);
        }
        let to_track_ticks = |duration: u64| {
            let exact = u128::from(duration) * u128::from(self.track_scale) / u128::from(self.movie_scale);
            u64::try_from(exact).unwrap_or(u64::MAX)
        };
        // The movie's clock is often coarser than the track's. If both agree, the track states the end more exactly.
        let (from, to) =
            (to_track_ticks(self.duration.saturating_sub(1)), to_track_ticks(self.duration.saturating_add(1)));
        if track_ticks == 0 || !(from..=to).contains(&remaining) {
            (self.start, to_track_ticks(self.duration))
        } else {
            (self.start, remaining)
        }
    }
}

/// Whether the last box of a file extends beyond its end.
pub(super) fn is_truncated(cursor: &mut ByteCursor) -> bool {
    let (mut position, length) = (0_u64, cursor.length());
    for _ in 0..MAX_BOXES {
        let mut head = [0; 16];
        if position >= length || cursor.read_fully_at(position, &mut head) < 8 {
            break;
        }
        let [a, b, c, d, ..] = head;
        let size = match u64::from(u32::from_be_bytes([a, b, c, d])) {
            0 => return false,
            1 => u64::from_be_bytes(std::array::from_fn(|n| head[8 + n])),
            size => size,
        };
        position = position.saturating_add(size.max(8));
    }
    position > length
}

/// A box: its name and the byte range of its content.
#[derive(Clone, Copy)]
struct Mp4Box {
    name: [u8; 4],
    start: u64,
    end: u64,
}

/// Returns the boxes between two positions of the file.
fn boxes(cursor: &mut ByteCursor, start: u64, end: u64) -> Vec<Mp4Box> {
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
fn read<const N: usize>(cursor: &mut ByteCursor, mp4_box: Mp4Box, offset: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let start = mp4_box.start.checked_add(offset)?;
    let is_whole = start.checked_add(N as u64)? <= mp4_box.end && cursor.read_fully_at(start, &mut bytes) == N;
    is_whole.then_some(bytes)
}

fn version(cursor: &mut ByteCursor, mp4_box: Mp4Box) -> u8 {
    read::<1>(cursor, mp4_box, 0).map_or(0, |[version]| version)
}

/// Reads the ticks per second from an `mvhd` or `mdhd` box.
fn time_scale(cursor: &mut ByteCursor, header: Mp4Box) -> u64 {
    let offset = if version(cursor, header) == 1 { 20 } else { 12 };
    read(cursor, header, offset).map_or(0, |bytes| u64::from(u32::from_be_bytes(bytes)))
}

fn has_track_id(cursor: &mut ByteCursor, track: Mp4Box, track_id: u32) -> bool {
    let headers = boxes(cursor, track.start, track.end);
    headers.into_iter().filter(|inner| inner.name == *b"tkhd").any(|header| {
        let offset = if version(cursor, header) == 1 { 20 } else { 12 };
        read(cursor, header, offset).map(u32::from_be_bytes) == Some(track_id)
    })
}

/// Returns the start and duration of the only edit that is not a pause, or `None` if there are several edits or none.
fn single_edit(cursor: &mut ByteCursor, list: Mp4Box) -> Option<(u64, u64)> {
    let is_wide = version(cursor, list) == 1;
    let count = u64::from(u32::from_be_bytes(read(cursor, list, 4)?)).min(8);
    let mut single = None;
    for n in 0..count {
        let (duration, start) = if is_wide {
            let offset = 8 + n * 20;
            (u64::from_be_bytes(read(cursor, list, offset)?), i64::from_be_bytes(read(cursor, list, offset + 8)?))
        } else {
            let offset = 8 + n * 12;
            let duration = u32::from_be_bytes(read(cursor, list, offset)?);
            (u64::from(duration), i64::from(i32::from_be_bytes(read(cursor, list, offset + 4)?)))
        };
        match (u64::try_from(start), single) {
            // A pause.
            (Err(_), _) => {}
            (Ok(start), None) => single = Some((start, duration)),
            (Ok(_), Some(_)) => return None,
        }
    }
    single
}

/// Reads the gapless playback data of iTunes from `udta/meta/ilst/----`: a text of hexadecimal numbers, of which the second is
/// the delay and the fourth the length.
fn gapless_info(cursor: &mut ByteCursor, user_data: Mp4Box) -> Option<GaplessInfo> {
    let meta = boxes(cursor, user_data.start, user_data.end).into_iter().find(|inner| inner.name == *b"meta")?;
    let list =
        boxes(cursor, meta.start.saturating_add(4), meta.end).into_iter().find(|inner| inner.name == *b"ilst")?;
    let items = boxes(cursor, list.start, list.end).into_iter().filter(|item| item.name == *b"----");
    items.into_iter().find_map(|item| {
        let size = item.end.saturating_sub(item.start);
        let mut bytes = vec![0; usize::try_from(size).ok().filter(|_| size <= MAX_ITEM_SIZE)?];
        cursor.read_fully_at(item.start, &mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        let (_, numbers) = text.split_once("iTunSMPB")?.1.split_once("data")?;
        // The first word is the rest of the box header.
        let mut numbers = numbers.split_ascii_whitespace().skip(1).map(|hex| u64::from_str_radix(hex, 16));
        let delay = numbers.nth(1)?.ok()?;
        let frames = numbers.nth(1)?.ok()?;
        (frames > 0).then_some(GaplessInfo { delay, frames })
    })
}
