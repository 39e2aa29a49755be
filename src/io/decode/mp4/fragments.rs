//! The samples of movie fragments, which may follow those of the sample table.

use super::super::byte_cursor::ByteCursor;
use super::super::sample_codec::SampleCodec;
use super::MAX_SAMPLES;
use super::boxes::{Mp4Box, content, find, inner_boxes, read, track_id, version};
use super::sample_table::{Sample, SampleTable};

/// Flags of a track fragment.
const HAS_BASE: u32 = 0x1;
const HAS_DESCRIPTION: u32 = 0x2;
const HAS_DEFAULT_DURATION: u32 = 0x8;
const HAS_DEFAULT_SIZE: u32 = 0x10;
/// Flags of a track run.
const HAS_OFFSET: u32 = 0x1;
const HAS_FIRST_FLAGS: u32 = 0x4;
const HAS_DURATION: u32 = 0x100;
const HAS_SIZE: u32 = 0x200;
const HAS_FLAGS: u32 = 0x400;
const HAS_COMPOSITION: u32 = 0x800;

/// The defaults for samples.
#[derive(Clone, Copy, Default)]
struct Defaults {
    duration: u32,
    size: u32,
}

/// Appends the samples of a track's fragments.
pub(super) fn append(
    cursor: &mut ByteCursor,
    movie: Mp4Box,
    track: Mp4Box,
    top: &[Mp4Box],
    codec: &SampleCodec,
    table: &mut SampleTable,
) {
    let Some(track_id) = track_id(cursor, track) else { return };
    let defaults = movie_defaults(cursor, movie, track_id);
    let mut next_time = table.samples.iter().map(|sample| u64::from(sample.duration)).sum();
    for fragment in top.iter().filter(|found| found.name == *b"moof") {
        for part in inner_boxes(cursor, *fragment).into_iter().filter(|inner| inner.name == *b"traf") {
            if table.samples.len() >= MAX_SAMPLES {
                return;
            }
            let mut reader = FragmentReader { cursor, fragment: *fragment, part, track_id, codec };
            reader.append(defaults, &mut next_time, table);
        }
    }
}

fn movie_defaults(cursor: &mut ByteCursor, movie: Mp4Box, track_id: u32) -> Defaults {
    let Some(extends) = find(cursor, movie, *b"mvex") else { return Defaults::default() };
    for found in inner_boxes(cursor, extends).into_iter().filter(|inner| inner.name == *b"trex") {
        if read::<4>(cursor, found, 4).map(u32::from_be_bytes) == Some(track_id) {
            let mut number = |offset| read::<4>(cursor, found, offset).map_or(0, u32::from_be_bytes);
            return Defaults { duration: number(12), size: number(16) };
        }
    }
    Defaults::default()
}

/// Reads one track's part of a fragment.
struct FragmentReader<'file> {
    cursor: &'file mut ByteCursor,
    fragment: Mp4Box,
    part: Mp4Box,
    track_id: u32,
    codec: &'file SampleCodec,
}

impl FragmentReader<'_> {
    fn append(&mut self, defaults: Defaults, next_time: &mut u64, table: &mut SampleTable) {
        let Some(header) = find(self.cursor, self.part, *b"tfhd") else { return };
        let Some((mut base, defaults)) = self.header(header, defaults) else { return };
        if let Some(time) = self.time() {
            // A gap in time before this fragment belongs to the previous sample.
            let missing = time.saturating_sub(*next_time);
            if let Some(last) = table.samples.last_mut().filter(|last| missing > u64::from(last.duration)) {
                last.duration = last.duration.saturating_add(u32::try_from(missing).unwrap_or(u32::MAX));
            }
            *next_time = time.max(*next_time);
        }
        for run in inner_boxes(self.cursor, self.part).into_iter().filter(|inner| inner.name == *b"trun") {
            base = self.append_run(run, base, defaults, next_time, table);
        }
    }

    /// Returns the base of offsets, and the defaults for samples; `None` for another track.
    fn header(&mut self, header: Mp4Box, defaults: Defaults) -> Option<(RunBase, Defaults)> {
        let flags = u32::from_be_bytes(read(self.cursor, header, 0)?) & 0x00ff_ffff;
        if u32::from_be_bytes(read(self.cursor, header, 4)?) != self.track_id {
            return None;
        }
        let mut offset = 8;
        // The header of the box precedes its content.
        let mut start = self.fragment.start.saturating_sub(8);
        if flags & HAS_BASE != 0 {
            start = u64::from_be_bytes(read(self.cursor, header, offset)?);
            offset += 8;
        }
        offset += if flags & HAS_DESCRIPTION == 0 { 0 } else { 4 };
        let mut field = |flag: u32, default: u32| {
            if flags & flag == 0 {
                return Some(default);
            }
            offset += 4;
            read(self.cursor, header, offset - 4).map(u32::from_be_bytes)
        };
        let duration = field(HAS_DEFAULT_DURATION, defaults.duration)?;
        let size = field(HAS_DEFAULT_SIZE, defaults.size)?;
        Some((RunBase { start, next: start }, Defaults { duration, size }))
    }

    /// Returns the time of the fragment's first sample in ticks.
    fn time(&mut self) -> Option<u64> {
        let time = find(self.cursor, self.part, *b"tfdt")?;
        match version(self.cursor, time) {
            1 => read(self.cursor, time, 4).map(u64::from_be_bytes),
            _ => read(self.cursor, time, 4).map(|bytes| u32::from_be_bytes(bytes).into()),
        }
    }

    /// Appends the samples of a run, and returns the offset after them.
    fn append_run(
        &mut self,
        run: Mp4Box,
        base: RunBase,
        defaults: Defaults,
        next_time: &mut u64,
        table: &mut SampleTable,
    ) -> RunBase {
        let bytes = content(self.cursor, run, MAX_SAMPLES * 16);
        let mut rest = bytes.as_slice();
        let mut number =
            || rest.split_off(..4).and_then(|bytes| bytes.first_chunk()).map(|bytes| u32::from_be_bytes(*bytes));
        let (Some(flags), Some(count)) = (number().map(|flags| flags & 0x00ff_ffff), number()) else { return base };
        let mut offset = base.next;
        if flags & HAS_OFFSET != 0
            && let Some(relative) = number()
        {
            offset = base.start.saturating_add_signed(i64::from(relative.cast_signed()));
        }
        if flags & HAS_FIRST_FLAGS != 0 {
            number();
        }
        let is_listed = flags & (HAS_DURATION | HAS_SIZE | HAS_FLAGS | HAS_COMPOSITION) != 0;
        for _ in 0..count {
            let mut field = |flag: u32, default: u32| if flags & flag == 0 { Some(default) } else { number() };
            let duration = field(HAS_DURATION, defaults.duration);
            let size = field(HAS_SIZE, defaults.size);
            let is_read = field(HAS_FLAGS, 0).and(field(HAS_COMPOSITION, 0)).is_some();
            let (Some(duration), Some(size)) = (duration, size) else { break };
            let is_there = is_listed || offset < self.cursor.length();
            if !is_read || !is_there || table.samples.len() >= MAX_SAMPLES {
                break;
            }
            let size = if self.codec.frame_bytes > 0 { size.max(self.codec.frame_bytes) } else { size };
            table.samples.push(Sample { offset, size, duration });
            offset = offset.saturating_add(size.into());
            *next_time = next_time.saturating_add(duration.into());
        }
        RunBase { next: offset, ..base }
    }
}

/// The base of offsets, and the start of a run without an offset.
#[derive(Clone, Copy)]
struct RunBase {
    start: u64,
    next: u64,
}
