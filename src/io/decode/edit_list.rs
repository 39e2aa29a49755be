//! The edit list of an MP4 file, which says what an encoder added in front and behind. Written from ISO/IEC 14496-12.

use super::clip_bytes::ByteCursor;

/// More boxes than this in one level are not looked at.
const MOST_BOXES: usize = 4096;
/// A longer text than this holds no gapless data of iTunes.
const LONGEST_TEXT: u64 = 1024;

/// What is meant to be heard of a track.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Edits {
    /// Ticks a second of the whole film.
    film_scale: u64,
    /// Ticks a second of the track.
    track_scale: u64,
    /// Where the sound starts, in ticks of the track.
    start: u64,
    /// How long it lasts, in ticks of the film; 0 where nothing says so.
    duration: u64,
    /// What iTunes says: frames in front, and frames to be heard.
    gapless: Option<(u64, u64)>,
}

impl Edits {
    /// Of the track with this number.
    pub(super) fn read(cursor: &mut ByteCursor, track: u32) -> Self {
        let mut edits = Self::default();
        let Some(film) = boxes(cursor, 0, cursor.length()).into_iter().find(|found| found.name == *b"moov") else {
            return edits;
        };
        for inner in boxes(cursor, film.start, film.end) {
            match &inner.name {
                b"mvhd" => edits.film_scale = scale(cursor, inner),
                b"trak" if number(cursor, inner, track) => edits.track(cursor, inner),
                b"udta" => edits.gapless = itunes(cursor, inner),
                _ => {}
            }
        }
        edits
    }

    fn track(&mut self, cursor: &mut ByteCursor, track: Place) {
        for inner in boxes(cursor, track.start, track.end) {
            match &inner.name {
                b"edts" => {
                    for list in boxes(cursor, inner.start, inner.end) {
                        if list.name == *b"elst" {
                            (self.start, self.duration) = only_edit(cursor, list).unwrap_or_default();
                        }
                    }
                }
                b"mdia" => {
                    for header in boxes(cursor, inner.start, inner.end) {
                        if header.name == *b"mdhd" {
                            self.track_scale = scale(cursor, header);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Start and length in ticks of the track, which has `ticks` of them in all; a length of 0 where it isn't known.
    pub(super) fn apply(&self, ticks: u64) -> (u64, u64) {
        if let (0, Some((start, frames))) = (self.start, self.gapless)
            && start.saturating_add(frames) <= ticks
        {
            return (start, frames);
        }
        let rest = ticks.saturating_sub(self.start);
        if self.duration == 0 || self.film_scale == 0 {
            return (self.start, rest);
        }
        let scaled = |duration: u64| {
            let exact = u128::from(duration) * u128::from(self.track_scale) / u128::from(self.film_scale);
            u64::try_from(exact).unwrap_or(u64::MAX)
        };
        // The film's clock is often coarser than the track's, which then says more exactly where the last sample ends.
        let (from, to) = (scaled(self.duration.saturating_sub(1)), scaled(self.duration.saturating_add(1)));
        if ticks == 0 || !(from..=to).contains(&rest) {
            (self.start, scaled(self.duration))
        } else {
            (self.start, rest)
        }
    }
}

/// Whether the last box of the file should go on behind its end.
pub(super) fn is_cut_short(cursor: &mut ByteCursor) -> bool {
    let (mut at, length) = (0_u64, cursor.length());
    for _ in 0..MOST_BOXES {
        let mut head = [0; 16];
        if at >= length || cursor.read_fully_at(at, &mut head) < 8 {
            break;
        }
        let [a, b, c, d, ..] = head;
        let size = match u64::from(u32::from_be_bytes([a, b, c, d])) {
            0 => return false,
            1 => u64::from_be_bytes(std::array::from_fn(|n| head[8 + n])),
            size => size,
        };
        at = at.saturating_add(size.max(8));
    }
    at > length
}

/// A box: what is inside it, from byte to byte.
#[derive(Clone, Copy)]
struct Place {
    name: [u8; 4],
    start: u64,
    end: u64,
}

/// The boxes between two places of the file.
fn boxes(cursor: &mut ByteCursor, start: u64, end: u64) -> Vec<Place> {
    let end = end.min(cursor.length());
    let mut found = Vec::new();
    let mut at = start;
    while at.saturating_add(8) <= end && found.len() < MOST_BOXES {
        let mut head = [0; 16];
        let held = cursor.read_fully_at(at, &mut head);
        let [a, b, c, d, name @ .., _, _, _, _, _, _, _, _] = head;
        let (inside, size) = match u64::from(u32::from_be_bytes([a, b, c, d])) {
            0 => (8, end - at),
            1 if held == 16 => (16, u64::from_be_bytes(std::array::from_fn(|n| head[8 + n]))),
            size => (8, size),
        };
        if size < inside {
            break;
        }
        let next = at.saturating_add(size);
        found.push(Place { name, start: at + inside, end: next.min(end) });
        at = next;
    }
    found
}

fn read<const N: usize>(cursor: &mut ByteCursor, place: Place, offset: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let start = place.start.checked_add(offset)?;
    let whole = start.checked_add(N as u64)? <= place.end && cursor.read_fully_at(start, &mut bytes) == N;
    whole.then_some(bytes)
}

fn version(cursor: &mut ByteCursor, place: Place) -> u8 {
    read::<1>(cursor, place, 0).map_or(0, |[version]| version)
}

/// The ticks a second that an `mvhd` or `mdhd` states.
fn scale(cursor: &mut ByteCursor, place: Place) -> u64 {
    let offset = if version(cursor, place) == 1 { 20 } else { 12 };
    read(cursor, place, offset).map_or(0, |bytes| u64::from(u32::from_be_bytes(bytes)))
}

/// Whether a `trak` has this number.
fn number(cursor: &mut ByteCursor, track: Place, wanted: u32) -> bool {
    let headers = boxes(cursor, track.start, track.end);
    headers.into_iter().filter(|inner| inner.name == *b"tkhd").any(|header| {
        let offset = if version(cursor, header) == 1 { 20 } else { 12 };
        read(cursor, header, offset).map(u32::from_be_bytes) == Some(wanted)
    })
}

/// Start and duration of the one edit that isn't a pause; `None` where there are more of them, which is no trimming.
fn only_edit(cursor: &mut ByteCursor, list: Place) -> Option<(u64, u64)> {
    let wide = version(cursor, list) == 1;
    let count = u64::from(u32::from_be_bytes(read(cursor, list, 4)?)).min(8);
    let mut only = None;
    for n in 0..count {
        let (duration, start) = if wide {
            let at = 8 + n * 20;
            (u64::from_be_bytes(read(cursor, list, at)?), i64::from_be_bytes(read(cursor, list, at + 8)?))
        } else {
            let at = 8 + n * 12;
            let duration = u32::from_be_bytes(read(cursor, list, at)?);
            (u64::from(duration), i64::from(i32::from_be_bytes(read(cursor, list, at + 4)?)))
        };
        match (u64::try_from(start), only) {
            (Err(_), _) => {}
            (Ok(start), None) => only = Some((start, duration)),
            (Ok(_), Some(_)) => return None,
        }
    }
    only
}

/// The gapless data of iTunes, `udta/meta/ilst/----`: a text of hexadecimal numbers, of which the second is the delay and the
/// fourth the length.
fn itunes(cursor: &mut ByteCursor, user: Place) -> Option<(u64, u64)> {
    let meta = boxes(cursor, user.start, user.end).into_iter().find(|inner| inner.name == *b"meta")?;
    let list =
        boxes(cursor, meta.start.saturating_add(4), meta.end).into_iter().find(|inner| inner.name == *b"ilst")?;
    let items = boxes(cursor, list.start, list.end);
    items
        .into_iter()
        .filter(|item| item.name == *b"----" && item.end.saturating_sub(item.start) <= LONGEST_TEXT)
        .find_map(|item| {
            let mut bytes = vec![0; item.end.saturating_sub(item.start) as usize];
            cursor.read_fully_at(item.start, &mut bytes);
            let text = String::from_utf8_lossy(&bytes);
            let (_, numbers) = text.split_once("iTunSMPB")?.1.split_once("data")?;
            // The first word is what is left of the box's head.
            let mut numbers = numbers.split_ascii_whitespace().skip(1).map(|hex| u64::from_str_radix(hex, 16));
            let delay = numbers.nth(1)?.ok()?;
            let frames = numbers.nth(1)?.ok()?;
            (frames > 0).then_some((delay, frames))
        })
}
