//! The samples listed in the sample table.

use super::super::byte_cursor::ByteCursor;
use super::super::sample_codec::SampleCodec;
use super::MAX_SAMPLES;
use super::boxes::{Mp4Box, content, find, read};

/// The number of frames of uncompressed audio that are read as one sample.
const UNCOMPRESSED_FRAMES: u32 = 2048;

/// A sample: its bytes in the file, and its duration in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) offset: u64,
    pub(super) size: u32,
    pub(super) duration: u32,
}

/// The samples of a track in order.
#[derive(Clone, Debug, Default)]
pub(super) struct SampleTable {
    pub(super) samples: Vec<Sample>,
}

impl SampleTable {
    /// Reads the samples of an `stbl` box, as far as its tables agree.
    pub(super) fn read(cursor: &mut ByteCursor, table: Mp4Box, codec: &SampleCodec) -> Self {
        let mut read = Self::default();
        let chunks = chunk_offsets(cursor, table);
        let runs = numbers(cursor, table, *b"stsc", 3);
        let sizes = SampleSizes::read(cursor, table);
        let mut durations = Durations::new(numbers(cursor, table, *b"stts", 2));
        let (mut number, mut run) = (0, 0);
        for (chunk, offset) in chunks.into_iter().enumerate() {
            while runs.get(run + 1).is_some_and(|next| next[0] as usize <= chunk + 1) {
                run += 1;
            }
            let count = runs.get(run).map_or(0, |run| run[1] as usize).min(sizes.count() - number);
            if codec.frame_bytes > 0 {
                read.add_uncompressed(offset, count, codec.frame_bytes, &mut durations);
            } else {
                read.add_chunk(offset, number, count, &sizes, &mut durations);
            }
            number += count;
            if number == sizes.count() || read.samples.len() >= MAX_SAMPLES {
                break;
            }
        }
        read
    }

    fn add_chunk(&mut self, offset: u64, first: usize, count: usize, sizes: &SampleSizes, durations: &mut Durations) {
        let mut offset = offset;
        for number in (first..first + count).take(MAX_SAMPLES - self.samples.len().min(MAX_SAMPLES)) {
            let size = sizes.get(number);
            self.samples.push(Sample { offset, size, duration: durations.next() });
            offset = offset.saturating_add(size.into());
        }
    }

    /// Adds a chunk of frames, several at once.
    fn add_uncompressed(&mut self, offset: u64, count: usize, frame_bytes: u32, durations: &mut Durations) {
        let (mut offset, mut rest) = (offset, u32::try_from(count).unwrap_or(u32::MAX));
        while rest > 0 && self.samples.len() < MAX_SAMPLES {
            let frames = rest.min(UNCOMPRESSED_FRAMES);
            let size = frames.saturating_mul(frame_bytes);
            let duration = durations.next().saturating_mul(frames);
            self.samples.push(Sample { offset, size, duration });
            offset = offset.saturating_add(size.into());
            rest -= frames;
        }
    }
}

/// The sizes of samples.
enum SampleSizes {
    Same { size: u32, count: usize },
    Each(Vec<u32>),
}

impl SampleSizes {
    fn read(cursor: &mut ByteCursor, table: Mp4Box) -> Self {
        let Some(stsz) = find(cursor, table, *b"stsz") else { return Self::Each(compact_sizes(cursor, table)) };
        let size = read::<4>(cursor, stsz, 4).map_or(0, u32::from_be_bytes);
        let count = read::<4>(cursor, stsz, 8).map_or(0, u32::from_be_bytes);
        if size > 0 {
            return Self::Same { size, count: count as usize };
        }
        let bytes = content(cursor, Mp4Box { start: stsz.start.saturating_add(12), ..stsz }, MAX_SAMPLES * 4);
        let sizes = bytes.as_chunks::<4>().0.iter().map(|size| u32::from_be_bytes(*size));
        Self::Each(sizes.take(count as usize).collect())
    }

    fn count(&self) -> usize {
        match self {
            Self::Same { count, .. } => *count,
            Self::Each(sizes) => sizes.len(),
        }
    }

    fn get(&self, number: usize) -> u32 {
        match self {
            Self::Same { size, .. } => *size,
            Self::Each(sizes) => sizes.get(number).copied().unwrap_or(0),
        }
    }
}

/// Reads the sizes of an `stz2` box, of 8 or 16 bits each.
fn compact_sizes(cursor: &mut ByteCursor, table: Mp4Box) -> Vec<u32> {
    let Some(stz2) = find(cursor, table, *b"stz2") else { return Vec::new() };
    let bits = read::<1>(cursor, stz2, 7).map_or(0, |[bits]| bits);
    let count = read::<4>(cursor, stz2, 8).map_or(0, u32::from_be_bytes) as usize;
    let bytes = content(cursor, Mp4Box { start: stz2.start.saturating_add(12), ..stz2 }, MAX_SAMPLES * 2);
    match bits {
        8 => bytes.into_iter().map(u32::from).take(count).collect(),
        16 => bytes.as_chunks::<2>().0.iter().map(|size| u16::from_be_bytes(*size).into()).take(count).collect(),
        _ => Vec::new(),
    }
}

/// Sample durations, run-length encoded.
struct Durations {
    runs: std::vec::IntoIter<[u32; 3]>,
    /// The remaining samples of the current run, and their duration.
    remaining: u32,
    duration: u32,
}

impl Durations {
    fn new(runs: Vec<[u32; 3]>) -> Self {
        Self { runs: runs.into_iter(), remaining: 0, duration: 0 }
    }

    /// Returns the next duration. After the last entry, its duration is repeated.
    fn next(&mut self) -> u32 {
        while self.remaining == 0 {
            let Some([count, duration, _]) = self.runs.next() else { return self.duration };
            (self.remaining, self.duration) = (count, duration);
        }
        self.remaining -= 1;
        self.duration
    }
}

/// Reads the entries of a box, of two or three numbers each.
fn numbers(cursor: &mut ByteCursor, table: Mp4Box, name: [u8; 4], columns: usize) -> Vec<[u32; 3]> {
    let Some(found) = find(cursor, table, name) else { return Vec::new() };
    let count = read::<4>(cursor, found, 4).map_or(0, u32::from_be_bytes) as usize;
    let bytes = content(cursor, Mp4Box { start: found.start.saturating_add(8), ..found }, MAX_SAMPLES * 4 * columns);
    let entries = bytes.chunks_exact(4 * columns).take(count);
    let entry = |bytes: &[u8]| {
        let mut numbers = [0; 3];
        for (number, bytes) in numbers.iter_mut().zip(bytes.as_chunks::<4>().0) {
            *number = u32::from_be_bytes(*bytes);
        }
        numbers
    };
    entries.map(entry).collect()
}

fn chunk_offsets(cursor: &mut ByteCursor, table: Mp4Box) -> Vec<u64> {
    if let Some(co64) = find(cursor, table, *b"co64") {
        let bytes = content(cursor, Mp4Box { start: co64.start.saturating_add(8), ..co64 }, MAX_SAMPLES * 8);
        return bytes.as_chunks::<8>().0.iter().map(|offset| u64::from_be_bytes(*offset)).collect();
    }
    let Some(stco) = find(cursor, table, *b"stco") else { return Vec::new() };
    let bytes = content(cursor, Mp4Box { start: stco.start.saturating_add(8), ..stco }, MAX_SAMPLES * 4);
    bytes.as_chunks::<4>().0.iter().map(|offset| u32::from_be_bytes(*offset).into()).collect()
}
