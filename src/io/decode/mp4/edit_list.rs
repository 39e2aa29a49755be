//! The edit list of an MP4 file, which states the padding added by an encoder, according to ISO/IEC 14496-12.

use super::super::byte_cursor::ByteCursor;
use super::boxes::{Mp4Box, boxes, find, find_path, read, time_scale, version};

/// The maximum size of an iTunes item with gapless playback data, in bytes.
const MAX_ITEM_SIZE: u64 = 1024;

/// The valid part of a track.
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
    /// Valid frames.
    frames: u64,
}

impl EditList {
    /// Reads the edit list of a track.
    pub(super) fn read(cursor: &mut ByteCursor, movie: Mp4Box, track: Mp4Box) -> Self {
        let mut edits = Self::default();
        if let Some(header) = find(cursor, movie, *b"mvhd") {
            edits.movie_scale = time_scale(cursor, header);
        }
        if let Some(header) = find_path(cursor, track, &[*b"mdia", *b"mdhd"]) {
            edits.track_scale = time_scale(cursor, header);
        }
        if let Some(list) = find_path(cursor, track, &[*b"edts", *b"elst"]) {
            (edits.start, edits.duration) = single_edit(cursor, list).unwrap_or_default();
        }
        edits.gapless = find(cursor, movie, *b"udta").and_then(|user_data| gapless_info(cursor, user_data));
        edits
    }

    /// Leaves the end open, which is not stated if fragments follow.
    pub(super) fn without_end(self) -> Self {
        Self { duration: 0, gapless: None, ..self }
    }

    /// Returns the start and length of the valid part in a track of `track_ticks` ticks, in ticks of the track. The length is 0 if it is
    /// unknown.
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
        // The movie's clock is often coarser than the track's. If both agree, the end stated by the track is more exact.
        let (from, to) =
            (to_track_ticks(self.duration.saturating_sub(1)), to_track_ticks(self.duration.saturating_add(1)));
        if track_ticks == 0 || !(from..=to).contains(&remaining) {
            (self.start, to_track_ticks(self.duration))
        } else {
            (self.start, remaining)
        }
    }
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
            // An empty edit, which is a pause.
            (Err(_), _) => {}
            (Ok(start), None) => single = Some((start, duration)),
            (Ok(_), Some(_)) => return None,
        }
    }
    single
}

/// Reads the gapless playback data of iTunes from `udta/meta/ilst/----`: a text of hexadecimal numbers, of which the second is the delay and
/// the fourth the length.
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
