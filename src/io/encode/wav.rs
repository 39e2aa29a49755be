//! RIFF WAVE (Microsoft, 1994 and 2001), and RF64 (EBU Tech 3306) for files beyond the range of 32-bit sizes.

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::encoder::{AudioEncoder, BLOCK_SIZE};
use super::format::{BitDepth, OutputFormat};
use super::tags::Tags;
use crate::dsp::dither;
use crate::io::atomic_file::AtomicFile;
use crate::units::{Frame, Frames};

const CHANNELS: u16 = 2;
/// Format tags.
const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;
/// The channel mask for front left and front right.
const SPEAKERS: u32 = 3;
/// The end of a sub-format's GUID, after the format tag.
const SUB_FORMAT_SUFFIX: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
/// A 32-bit size with this value refers to the chunk `ds64`.
const SIZE_IN_DS64: u32 = u32::MAX;
/// The size in bytes from which silence is written as a hole. Below it, seeking costs more than writing zeros.
const MIN_HOLE: u64 = 64 * 1024;

/// Encodes WAV. Long silence becomes a hole in the file, which reads as zeros and needs no space on most disks.
pub(super) struct WavEncoder {
    file: AtomicFile,
    depth: BitDepth,
    position: u64,
    int16: Vec<[i16; 2]>,
    int24: Vec<[i32; 2]>,
    bytes: Vec<u8>,
    trailer: Vec<u8>,
}

impl WavEncoder {
    pub(super) fn new(mut file: AtomicFile, format: OutputFormat, tags: &Tags, length: Frames) -> io::Result<Self> {
        let trailer = trailer(tags);
        file.write_all(&header(format, length, trailer.len() as u64))?;
        Ok(Self {
            file,
            depth: format.bit_depth(),
            position: 0,
            int16: Vec::new(),
            int24: Vec::new(),
            bytes: Vec::new(),
            trailer,
        })
    }
}

impl AudioEncoder for WavEncoder {
    fn write(&mut self, block: &[Frame]) -> io::Result<()> {
        for frames in block.chunks(BLOCK_SIZE) {
            self.bytes.resize(frames.len() * usize::from(bytes_per_frame(self.depth)), 0);
            match self.depth {
                BitDepth::Int16 => {
                    self.int16.resize(frames.len(), [0; 2]);
                    dither::to_16_bits(Frames(self.position), frames, &mut self.int16);
                    copy_samples(&mut self.bytes, self.int16.as_flattened(), |sample| sample.to_le_bytes());
                }
                BitDepth::Int24 => {
                    self.int24.resize(frames.len(), [0; 2]);
                    dither::to_24_bits(frames, &mut self.int24);
                    copy_samples(&mut self.bytes, self.int24.as_flattened(), |sample| lowest_three_bytes(*sample));
                }
                BitDepth::Float32 => {
                    copy_samples(&mut self.bytes, frames.as_flattened(), |sample| sample.to_le_bytes());
                }
            }
            self.position += frames.len() as u64;
            self.file.write_all(&self.bytes)?;
        }
        Ok(())
    }

    fn write_silence(&mut self, frames: Frames) -> io::Result<()> {
        let bytes = frames.0 * u64::from(bytes_per_frame(self.depth));
        self.position += frames.0;
        if bytes >= MIN_HOLE {
            self.file.seek(SeekFrom::Current(bytes.cast_signed())).map(drop)
        } else {
            io::copy(&mut io::repeat(0).take(bytes), &mut self.file).map(drop)
        }
    }

    fn finish(mut self: Box<Self>) -> io::Result<AtomicFile> {
        self.file.write_all(&self.trailer)?;
        self.file.extend_to_position()?;
        Ok(self.file)
    }
}

/// Copies samples into a buffer as a fixed number of bytes each.
fn copy_samples<T, const BYTES: usize>(buffer: &mut [u8], samples: &[T], to_bytes: impl Fn(&T) -> [u8; BYTES]) {
    for (bytes, sample) in buffer.as_chunks_mut().0.iter_mut().zip(samples) {
        *bytes = to_bytes(sample);
    }
}

fn lowest_three_bytes(sample: i32) -> [u8; 3] {
    let [low, middle, high, _] = sample.to_le_bytes();
    [low, middle, high]
}

fn bytes_per_frame(depth: BitDepth) -> u16 {
    depth.bits() / 8 * CHANNELS
}

/// Everything before the first sample.
fn header(format: OutputFormat, length: Frames, trailer_size: u64) -> Vec<u8> {
    let data_size = length.0.saturating_mul(bytes_per_frame(format.bit_depth()).into());
    let description = format_chunks(format, length);
    let other_size = (b"WAVE".len() + description.len() + b"data".len() + size_of::<u32>()) as u64 + trailer_size;
    let narrow = |size: u64| u32::try_from(size).ok().filter(|size| *size != SIZE_IN_DS64);
    let riff_size = narrow(data_size.saturating_add(other_size));

    let mut header = Vec::new();
    if let Some(riff_size) = riff_size {
        header.extend_from_slice(b"RIFF");
        header.extend(riff_size.to_le_bytes());
        header.extend_from_slice(b"WAVE");
    } else {
        header.extend_from_slice(b"RF64");
        header.extend(SIZE_IN_DS64.to_le_bytes());
        header.extend_from_slice(b"WAVE");
        header.extend(ds64_chunk(data_size, other_size, length));
    }
    header.extend(description);
    header.extend_from_slice(b"data");
    header.extend(riff_size.and(narrow(data_size)).unwrap_or(SIZE_IN_DS64).to_le_bytes());
    header
}

/// Returns the chunk `ds64`, which holds the 64-bit sizes. `other_size` is the size of all other chunks but `data`.
fn ds64_chunk(data_size: u64, other_size: u64, length: Frames) -> Vec<u8> {
    const OWN_SIZE: u64 = 36;
    const TABLE_LENGTH: u32 = 0;
    let mut body = Vec::new();
    for size in [data_size.saturating_add(other_size + OWN_SIZE), data_size, length.0] {
        body.extend(size.to_le_bytes());
    }
    body.extend(TABLE_LENGTH.to_le_bytes());
    chunk(*b"ds64", &body)
}

/// Returns the chunk `fmt `, followed by `fact` if the format requires one.
fn format_chunks(format: OutputFormat, length: Frames) -> Vec<u8> {
    let (rate, bits) = (format.rate().hertz(), format.bit_depth().bits());
    let frame_size = bytes_per_frame(format.bit_depth());
    let format_tag = match format.bit_depth() {
        BitDepth::Int16 => PCM,
        BitDepth::Int24 => EXTENSIBLE,
        BitDepth::Float32 => FLOAT,
    };
    let mut body = Vec::new();
    body.extend([format_tag, CHANNELS].map(u16::to_le_bytes).as_flattened());
    body.extend([rate, rate * u32::from(frame_size)].map(u32::to_le_bytes).as_flattened());
    body.extend([frame_size, bits].map(u16::to_le_bytes).as_flattened());
    match format.bit_depth() {
        BitDepth::Int16 => chunk(*b"fmt ", &body),
        BitDepth::Int24 => {
            const EXTENSION_SIZE: u16 = 22;
            body.extend([EXTENSION_SIZE, bits].map(u16::to_le_bytes).as_flattened());
            body.extend(SPEAKERS.to_le_bytes());
            body.extend(PCM.to_le_bytes());
            body.extend(SUB_FORMAT_SUFFIX);
            chunk(*b"fmt ", &body)
        }
        BitDepth::Float32 => {
            const EXTENSION_SIZE: u16 = 0;
            body.extend(EXTENSION_SIZE.to_le_bytes());
            let frames = u32::try_from(length.0).unwrap_or(SIZE_IN_DS64);
            [chunk(*b"fmt ", &body), chunk(*b"fact", &frames.to_le_bytes())].concat()
        }
    }
}

/// Everything after the last sample: the tags, and the chapters as labelled cue points.
fn trailer(tags: &Tags) -> Vec<u8> {
    let texts = [
        (b"INAM", &tags.title),
        (b"IART", &tags.teacher),
        (b"ICMT", &tags.summary),
        (b"ICOP", &tags.license),
        (b"ILNG", &tags.language),
    ];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((*name, text.as_ref()?)));
    let info: Vec<u8> = texts.flat_map(|(name, text)| chunk(name, &zero_terminated(text))).collect();
    let (cue_points, labels) = chapters(tags);
    [list(*b"INFO", info), cue_points, list(*b"adtl", labels)].concat()
}

/// Returns the chunk `cue ` and the labels of its points. A cue point has 32 bits, so chapters that start later are left out.
fn chapters(tags: &Tags) -> (Vec<u8>, Vec<u8>) {
    let (mut points, mut labels, mut count) = (Vec::new(), Vec::new(), 0_u32);
    for chapter in &tags.chapters {
        let Ok(start) = u32::try_from(chapter.start.0) else { break };
        count += 1;
        points.extend([count, start].map(u32::to_le_bytes).as_flattened());
        points.extend_from_slice(b"data");
        points.extend([0, 0, start].map(u32::to_le_bytes).as_flattened());
        labels.extend(chunk(*b"labl", &[&count.to_le_bytes()[..], &zero_terminated(&chapter.title)].concat()));
    }
    if count == 0 {
        return (Vec::new(), Vec::new());
    }
    (chunk(*b"cue ", &[&count.to_le_bytes()[..], &points].concat()), labels)
}

fn list(form: [u8; 4], chunks: Vec<u8>) -> Vec<u8> {
    if chunks.is_empty() { chunks } else { chunk(*b"LIST", &[&form[..], &chunks].concat()) }
}

fn zero_terminated(text: &str) -> Vec<u8> {
    text.bytes().filter(|byte| *byte != 0).chain([0]).collect()
}

/// Returns a RIFF chunk. Bodies are headers and tags, far below 4 GiB.
fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let padding = &[0][..body.len() % 2];
    [&name[..], &(body.len() as u32).to_le_bytes(), body, padding].concat()
}
