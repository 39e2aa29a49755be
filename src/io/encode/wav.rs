//! RIFF WAVE (Microsoft, 1994 and 2001), and RF64 (EBU Tech 3306) for what is larger than its 32-bit sizes.

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::{BLOCK, Depth, Destination, Encoder, Format, Tags};
use crate::dsp::dither;
use crate::units::{Frame, Frames};

const CHANNELS: u16 = 2;
const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;
/// Front left and front right.
const SPEAKERS: u32 = 3;
/// What follows the format's number in the identifier of an extensible sub-format.
const SUB_FORMAT: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
/// A 32-bit size that says: look into `ds64`.
const SEE_DS64: u32 = u32::MAX;
/// Below this, seeking costs more than zeros.
const SHORTEST_HOLE: u64 = 64 * 1024;

/// Writes WAV. Long silence becomes a hole, which reads as zeros and takes no place on most disks.
pub(super) struct Wav {
    to: Destination,
    depth: Depth,
    position: u64,
    sixteen: Vec<[i16; 2]>,
    twenty_four: Vec<[i32; 2]>,
    bytes: Vec<u8>,
    trailer: Vec<u8>,
}

impl Wav {
    pub(super) fn new(mut to: Destination, format: Format, tags: &Tags, length: Frames) -> io::Result<Self> {
        let trailer = trailer(tags);
        to.write_all(&header(format, length, trailer.len() as u64))?;
        Ok(Self {
            to,
            depth: format.depth,
            position: 0,
            sixteen: Vec::new(),
            twenty_four: Vec::new(),
            bytes: Vec::new(),
            trailer,
        })
    }
}

impl Encoder for Wav {
    fn write(&mut self, block: &[Frame]) -> io::Result<()> {
        for frames in block.chunks(BLOCK) {
            self.bytes.resize(frames.len() * bytes_per_frame(self.depth) as usize, 0);
            match self.depth {
                Depth::Sixteen => {
                    self.sixteen.resize(frames.len(), [0; 2]);
                    dither::to_16_bits(Frames(self.position), frames, &mut self.sixteen);
                    lay(&mut self.bytes, self.sixteen.as_flattened(), |number| number.to_le_bytes());
                }
                Depth::TwentyFour => {
                    self.twenty_four.resize(frames.len(), [0; 2]);
                    dither::to_24_bits(frames, &mut self.twenty_four);
                    lay(&mut self.bytes, self.twenty_four.as_flattened(), |number| lowest_three(*number));
                }
                Depth::Float => lay(&mut self.bytes, frames.as_flattened(), |sample| sample.to_le_bytes()),
            }
            self.position += frames.len() as u64;
            self.to.write_all(&self.bytes)?;
        }
        Ok(())
    }

    fn write_silence(&mut self, frames: Frames) -> io::Result<()> {
        let bytes = frames.0 * bytes_per_frame(self.depth);
        self.position += frames.0;
        if bytes >= SHORTEST_HOLE {
            self.to.seek(SeekFrom::Current(bytes.cast_signed())).map(drop)
        } else {
            io::copy(&mut io::repeat(0).take(bytes), &mut self.to).map(drop)
        }
    }

    fn finish(mut self: Box<Self>) -> io::Result<Destination> {
        self.to.write_all(&self.trailer)?;
        self.to.extend_to_here()?;
        Ok(self.to)
    }
}

/// Lays values down as so many bytes each.
fn lay<T, const BYTES: usize>(bytes: &mut [u8], values: &[T], of: impl Fn(&T) -> [u8; BYTES]) {
    for (place, value) in bytes.as_chunks_mut().0.iter_mut().zip(values) {
        *place = of(value);
    }
}

fn lowest_three(number: i32) -> [u8; 3] {
    let [low, middle, high, _] = number.to_le_bytes();
    [low, middle, high]
}

fn bytes_per_frame(depth: Depth) -> u64 {
    u64::from(depth.bits() / 8 * CHANNELS)
}

/// Everything before the first sample.
fn header(format: Format, length: Frames, trailer: u64) -> Vec<u8> {
    let data = length.0.saturating_mul(bytes_per_frame(format.depth));
    let description = description(format, length);
    let around = (b"WAVE".len() + description.len() + b"data".len() + size_of::<u32>()) as u64 + trailer;
    let narrow = |size: u64| u32::try_from(size).ok().filter(|size| *size != SEE_DS64);
    let riff = narrow(data.saturating_add(around));

    let mut header = Vec::new();
    if let Some(riff) = riff {
        header.extend_from_slice(b"RIFF");
        header.extend(riff.to_le_bytes());
        header.extend_from_slice(b"WAVE");
    } else {
        header.extend_from_slice(b"RF64");
        header.extend(SEE_DS64.to_le_bytes());
        header.extend_from_slice(b"WAVE");
        header.extend(wide_sizes(data, around, length));
    }
    header.extend(description);
    header.extend_from_slice(b"data");
    header.extend(riff.and(narrow(data)).unwrap_or(SEE_DS64).to_le_bytes());
    header
}

/// The chunk `ds64`, for a file whose other chunks, this one aside, are so large.
fn wide_sizes(data: u64, around: u64, length: Frames) -> Vec<u8> {
    const OWN_SIZE: u64 = 36;
    let mut body = Vec::new();
    for size in [data.saturating_add(around + OWN_SIZE), data, length.0] {
        body.extend(size.to_le_bytes());
    }
    let no_further_chunk_is_wide = 0_u32;
    body.extend(no_further_chunk_is_wide.to_le_bytes());
    chunk(*b"ds64", &body)
}

/// The chunk `fmt `, and `fact` where the format wants one.
fn description(format: Format, length: Frames) -> Vec<u8> {
    let (rate, bits) = (format.rate.hertz(), format.depth.bits());
    let frame = bytes_per_frame(format.depth) as u16;
    let tag = match format.depth {
        Depth::Sixteen => PCM,
        Depth::TwentyFour => EXTENSIBLE,
        Depth::Float => FLOAT,
    };
    let mut body = Vec::new();
    body.extend([tag, CHANNELS].map(u16::to_le_bytes).as_flattened());
    body.extend([rate, rate * u32::from(frame)].map(u32::to_le_bytes).as_flattened());
    body.extend([frame, bits].map(u16::to_le_bytes).as_flattened());
    match format.depth {
        Depth::Sixteen => chunk(*b"fmt ", &body),
        Depth::TwentyFour => {
            let extension = SUB_FORMAT.len() + 8;
            body.extend([extension as u16, bits].map(u16::to_le_bytes).as_flattened());
            body.extend(SPEAKERS.to_le_bytes());
            body.extend(PCM.to_le_bytes());
            body.extend(SUB_FORMAT);
            chunk(*b"fmt ", &body)
        }
        Depth::Float => {
            let no_extension = 0_u16;
            body.extend(no_extension.to_le_bytes());
            let frames = u32::try_from(length.0).unwrap_or(SEE_DS64);
            [chunk(*b"fmt ", &body), chunk(*b"fact", &frames.to_le_bytes())].concat()
        }
    }
}

/// Everything after the last sample: the tags, and the chapters as labelled cue points.
fn trailer(tags: &Tags) -> Vec<u8> {
    let named = [
        (b"INAM", &tags.title),
        (b"IART", &tags.teacher),
        (b"ICMT", &tags.summary),
        (b"ICOP", &tags.license),
        (b"ILNG", &tags.language),
    ];
    let named = named.into_iter().filter_map(|(name, value)| Some((*name, value.as_ref()?)));
    let info: Vec<u8> = named.flat_map(|(name, value)| chunk(name, &terminated(value))).collect();
    let (cues, labels) = chapters(tags);
    [list(*b"INFO", info), cues, list(*b"adtl", labels)].concat()
}

/// The chunk `cue ` and the labels to its points. A cue point has 32 bits, so chapters that start later are left out.
fn chapters(tags: &Tags) -> (Vec<u8>, Vec<u8>) {
    let (mut points, mut labels, mut count) = (Vec::new(), Vec::new(), 0_u32);
    for chapter in &tags.chapters {
        let Ok(start) = u32::try_from(chapter.start.0) else { break };
        count += 1;
        points.extend([count, start].map(u32::to_le_bytes).as_flattened());
        points.extend_from_slice(b"data");
        points.extend([0, 0, start].map(u32::to_le_bytes).as_flattened());
        labels.extend(chunk(*b"labl", &[&count.to_le_bytes()[..], &terminated(&chapter.title)].concat()));
    }
    if count == 0 {
        return (Vec::new(), Vec::new());
    }
    (chunk(*b"cue ", &[&count.to_le_bytes()[..], &points].concat()), labels)
}

fn list(form: [u8; 4], chunks: Vec<u8>) -> Vec<u8> {
    if chunks.is_empty() { chunks } else { chunk(*b"LIST", &[&form[..], &chunks].concat()) }
}

fn terminated(text: &str) -> Vec<u8> {
    text.bytes().filter(|byte| *byte != 0).chain([0]).collect()
}

fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let padding = &[0][..body.len() % 2];
    [&name[..], &(body.len() as u32).to_le_bytes(), body, padding].concat()
}
