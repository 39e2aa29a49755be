//! Free Lossless Audio Codec (RFC 9639).
//!
//! An encoder of its own, because the sound has a shape that general encoders make nothing of: most of it is digital silence, and
//! speech is the same in both ears.

use std::io::{self, Seek, SeekFrom, Write};

use super::encoder::AudioEncoder;
use super::format::{BitDepth, OutputFormat};
use super::tags::Tags;
use crate::dsp::dither;
use crate::io::atomic_file::AtomicFile;
use crate::units::{Frame, Frames, Rate};
use frame::{BLOCK, Block, Coder};

mod bits;
mod frame;
mod predict;
mod residual;

/// Where the description of the stream begins: after `fLaC` and its own heading.
const STREAM_INFO: u64 = 8;
const STREAM_INFO_SIZE: usize = 34;
const SEEK_POINT_SIZE: usize = 18;
const COMMENTS: u8 = 4;
/// Types of metadata blocks, and the mark of the last one.
const INFO: u8 = 0;
const SEEK_TABLE: u8 = 3;
const LAST: u8 = 0x80;
/// What the stream's description says of a length beyond its 36 bits.
const UNKNOWN_LENGTH: u64 = 0;
/// So that a seek table stays small whatever the length.
const MOST_SEEK_POINTS: u64 = 65_536;
const SECONDS_PER_SEEK_POINT: u64 = 10;

/// Writes FLAC.
pub(super) struct FlacEncoder {
    to: AtomicFile,
    rate: Rate,
    depth: BitDepth,
    coder: Coder,
    /// What has come and is not coded yet: less than a block.
    pending: Block,
    sixteen: Vec<[i16; 2]>,
    twenty_four: Vec<[i32; 2]>,
    bytes: Vec<u8>,
    digest: md5::Context,
    blocks: u64,
    length: Frames,
    /// Blocks from one seek point to the next.
    stride: u64,
    seek_table: Vec<u8>,
    /// Bytes of all frames so far, and of the smallest and largest.
    coded: u64,
    smallest: usize,
    largest: usize,
}

impl FlacEncoder {
    pub(super) fn new(mut to: AtomicFile, format: OutputFormat, tags: &Tags, length: Frames) -> io::Result<Self> {
        let blocks = length.0.div_ceil(BLOCK as u64);
        let per_point = SECONDS_PER_SEEK_POINT * u64::from(format.rate().hertz());
        let stride = per_point.div_ceil(BLOCK as u64).max(blocks.div_ceil(MOST_SEEK_POINTS));
        let seek_points = blocks.div_ceil(stride) as usize;

        to.write_all(b"fLaC")?;
        to.write_all(&metadata(INFO, &[0; STREAM_INFO_SIZE]))?;
        to.write_all(&metadata(SEEK_TABLE, &vec![0; seek_points * SEEK_POINT_SIZE]))?;
        to.write_all(&metadata(
            LAST | COMMENTS,
            &tags.vorbis_comment_block(concat!("karuna ", env!("CARGO_PKG_VERSION")), format.rate()),
        ))?;
        Ok(Self {
            to,
            rate: format.rate(),
            depth: format.bit_depth(),
            coder: Coder::new(format.rate(), u32::from(format.bit_depth().bits())),
            pending: Block::default(),
            sixteen: Vec::new(),
            twenty_four: Vec::new(),
            bytes: Vec::new(),
            digest: md5::Context::new(),
            blocks: 0,
            length,
            stride,
            seek_table: Vec::with_capacity(seek_points * SEEK_POINT_SIZE),
            coded: 0,
            smallest: usize::MAX,
            largest: 0,
        })
    }

    /// Writes the pending block as a frame.
    fn flush(&mut self) -> io::Result<()> {
        let start = self.blocks * BLOCK as u64;
        if self.blocks.is_multiple_of(self.stride) {
            self.seek_table.extend([start, self.coded].map(u64::to_be_bytes).as_flattened());
            self.seek_table.extend((self.pending.left.len() as u16).to_be_bytes());
        }
        let frame = self.coder.code(&self.pending, self.blocks);
        self.to.write_all(frame)?;
        self.coded += frame.len() as u64;
        self.smallest = self.smallest.min(frame.len());
        self.largest = self.largest.max(frame.len());
        self.blocks += 1;
        self.pending.left.clear();
        self.pending.right.clear();
        Ok(())
    }

    /// Takes silence that fits the pending block.
    fn take_silence(&mut self, frames: usize) {
        let length = self.pending.left.len() + frames;
        self.pending.left.resize(length, 0);
        self.pending.right.resize(length, 0);
        self.bytes.clear();
        self.bytes.resize(frames * 2 * usize::from(self.depth.bits() / 8), 0);
        self.digest.consume(&self.bytes);
    }

    /// Takes frames that fit the pending block.
    fn take(&mut self, frames: &[Frame]) {
        let from = self.pending.left.len();
        let position = self.blocks * BLOCK as u64 + from as u64;
        let pending = &mut self.pending;
        self.bytes.clear();
        match self.depth {
            BitDepth::Int16 => {
                self.sixteen.resize(frames.len(), [0; 2]);
                dither::to_16_bits(Frames(position), frames, &mut self.sixteen);
                pending.left.extend(self.sixteen.iter().map(|[left, _]| i32::from(*left)));
                pending.right.extend(self.sixteen.iter().map(|[_, right]| i32::from(*right)));
                self.bytes.extend(self.sixteen.as_flattened().iter().flat_map(|number| number.to_le_bytes()));
            }
            BitDepth::Int24 | BitDepth::Float32 => {
                self.twenty_four.resize(frames.len(), [0; 2]);
                dither::to_24_bits(frames, &mut self.twenty_four);
                pending.left.extend(self.twenty_four.iter().map(|[left, _]| left));
                pending.right.extend(self.twenty_four.iter().map(|[_, right]| right));
                self.bytes.resize(frames.len() * 6, 0);
                let (bytes, _) = self.bytes.as_chunks_mut::<6>();
                for ((bytes, left), right) in bytes.iter_mut().zip(&pending.left[from..]).zip(&pending.right[from..]) {
                    bytes[..3].copy_from_slice(&left.to_le_bytes()[..3]);
                    bytes[3..].copy_from_slice(&right.to_le_bytes()[..3]);
                }
            }
        }
        self.digest.consume(&self.bytes);
    }

    fn stream_info(&self) -> [u8; STREAM_INFO_SIZE] {
        let mut info = [0; STREAM_INFO_SIZE];
        let block = (BLOCK as u16).to_be_bytes();
        info[0..2].copy_from_slice(&block);
        info[2..4].copy_from_slice(&block);
        info[4..7].copy_from_slice(&(self.smallest.min(self.largest) as u32).to_be_bytes()[1..]);
        info[7..10].copy_from_slice(&(self.largest as u32).to_be_bytes()[1..]);
        let length = if self.length.0 < 1 << 36 { self.length.0 } else { UNKNOWN_LENGTH };
        let (rate, channels, bits) = (u64::from(self.rate.hertz()), 2, u64::from(self.depth.bits()));
        let packed = rate << 44 | (channels - 1) << 41 | (bits - 1) << 36 | length;
        info[10..18].copy_from_slice(&packed.to_be_bytes());
        info[18..].copy_from_slice(&self.digest.clone().finalize().0);
        info
    }
}

impl AudioEncoder for FlacEncoder {
    fn write(&mut self, mut block: &[Frame]) -> io::Result<()> {
        while !block.is_empty() {
            let (fitting, rest) = block.split_at(block.len().min(BLOCK - self.pending.left.len()));
            self.take(fitting);
            block = rest;
            if self.pending.left.len() == BLOCK {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn write_silence(&mut self, mut frames: Frames) -> io::Result<()> {
        while frames > Frames::ZERO {
            let fitting = frames.index().min(BLOCK - self.pending.left.len());
            self.take_silence(fitting);
            frames = frames.saturating_sub(Frames(fitting as u64));
            if self.pending.left.len() == BLOCK {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<AtomicFile> {
        if !self.pending.left.is_empty() {
            self.flush()?;
        }
        self.to.seek(SeekFrom::Start(STREAM_INFO))?;
        self.to.write_all(&self.stream_info())?;
        self.to.write_all(&metadata(SEEK_TABLE, &self.seek_table))?;
        Ok(self.to)
    }
}

/// A metadata block of this type.
fn metadata(kind: u8, body: &[u8]) -> Vec<u8> {
    let [_, size @ ..] = (body.len() as u32).to_be_bytes();
    [&[kind][..], &size, body].concat()
}
