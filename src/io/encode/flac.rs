//! Free Lossless Audio Codec (RFC 9639).
//!
//! This encoder is our own because no library was both as fast and able to write tags and a seek table from safe Rust; `docs/sound.md` has
//! the figures.

use std::io::{self, Seek, SeekFrom, Write};

use super::encoder::AudioEncoder;
use super::format::{BitDepth, OutputFormat};
use super::tags::Tags;
use crate::dsp::dither;
use crate::io::atomic_file::AtomicFile;
use crate::units::{Frame, Frames, Rate};
use frame::{BLOCK_SIZE, FrameEncoder, StereoBlock};

mod bit_writer;
mod crc;
mod frame;
mod lpc;
mod rice;

/// The byte position of the STREAMINFO block's content: after `fLaC` and the block's header.
const STREAM_INFO_POSITION: u64 = 8;
const STREAM_INFO_SIZE: usize = 34;
const SEEK_POINT_SIZE: usize = 18;
/// Types of metadata blocks.
const STREAM_INFO: u8 = 0;
const SEEK_TABLE: u8 = 3;
const VORBIS_COMMENT: u8 = 4;
/// The flag of the last metadata block.
const LAST_BLOCK: u8 = 0x80;
/// The length in STREAMINFO for a stream that exceeds its 36 bits.
const UNKNOWN_LENGTH: u64 = 0;
/// Limits the size of the seek table of a long stream.
const MAX_SEEK_POINTS: u64 = 65_536;
const SECONDS_PER_SEEK_POINT: u64 = 10;
const ENCODER_NAME: &str = concat!("karuna ", env!("CARGO_PKG_VERSION"));

/// Encodes FLAC.
pub(super) struct FlacEncoder {
    file: AtomicFile,
    rate: Rate,
    depth: BitDepth,
    frame_encoder: FrameEncoder,
    /// Samples of the next block.
    pending: StereoBlock,
    int16: Vec<[i16; 2]>,
    int24: Vec<[i32; 2]>,
    bytes: Vec<u8>,
    md5: md5::Context,
    blocks: u64,
    length: Frames,
    blocks_per_seek_point: u64,
    seek_table: Vec<u8>,
    /// The size of all frames so far in bytes, and of the smallest and largest.
    encoded_size: u64,
    min_frame_size: usize,
    max_frame_size: usize,
}

impl FlacEncoder {
    pub(super) fn new(mut file: AtomicFile, format: OutputFormat, tags: &Tags, length: Frames) -> io::Result<Self> {
        let blocks = length.0.div_ceil(BLOCK_SIZE as u64);
        let frames_per_point = SECONDS_PER_SEEK_POINT * u64::from(format.rate().hertz());
        let blocks_per_seek_point = frames_per_point.div_ceil(BLOCK_SIZE as u64).max(blocks.div_ceil(MAX_SEEK_POINTS));
        // At most MAX_SEEK_POINTS.
        let seek_table_size = blocks.div_ceil(blocks_per_seek_point) as usize * SEEK_POINT_SIZE;

        file.write_all(b"fLaC")?;
        file.write_all(&metadata_block(STREAM_INFO, &[0; STREAM_INFO_SIZE]))?;
        file.write_all(&metadata_block(SEEK_TABLE, &vec![0; seek_table_size]))?;
        let comments = tags.vorbis_comment_block(ENCODER_NAME, format.rate());
        file.write_all(&metadata_block(LAST_BLOCK | VORBIS_COMMENT, &comments))?;
        Ok(Self {
            file,
            rate: format.rate(),
            depth: format.bit_depth(),
            frame_encoder: FrameEncoder::new(format.rate(), u32::from(format.bit_depth().bits())),
            pending: StereoBlock::default(),
            int16: Vec::new(),
            int24: Vec::new(),
            bytes: Vec::new(),
            md5: md5::Context::new(),
            blocks: 0,
            length,
            blocks_per_seek_point,
            seek_table: Vec::with_capacity(seek_table_size),
            encoded_size: 0,
            min_frame_size: usize::MAX,
            max_frame_size: 0,
        })
    }

    /// Writes the pending block as a frame.
    fn write_frame(&mut self) -> io::Result<()> {
        let start = self.blocks * BLOCK_SIZE as u64;
        if self.blocks.is_multiple_of(self.blocks_per_seek_point) {
            self.seek_table.extend([start, self.encoded_size].map(u64::to_be_bytes).as_flattened());
            self.seek_table.extend((self.pending.len() as u16).to_be_bytes());
        }
        let frame = self.frame_encoder.encode(&self.pending, self.blocks);
        self.file.write_all(frame)?;
        self.encoded_size += frame.len() as u64;
        self.min_frame_size = self.min_frame_size.min(frame.len());
        self.max_frame_size = self.max_frame_size.max(frame.len());
        self.blocks += 1;
        self.pending.clear();
        Ok(())
    }

    /// Adds silence that fits the pending block.
    fn add_silence(&mut self, frames: usize) {
        self.pending.add_silence(frames);
        self.bytes.clear();
        self.bytes.resize(frames * 2 * usize::from(self.depth.bits() / 8), 0);
        self.md5.consume(&self.bytes);
    }

    /// Adds frames that fit the pending block.
    fn add(&mut self, frames: &[Frame]) {
        let from = self.pending.len();
        let position = self.blocks * BLOCK_SIZE as u64 + from as u64;
        let pending = &mut self.pending;
        self.bytes.clear();
        match self.depth {
            BitDepth::Int16 => {
                self.int16.resize(frames.len(), [0; 2]);
                dither::to_16_bits(Frames(position), frames, &mut self.int16);
                pending.left.extend(self.int16.iter().map(|[left, _]| i32::from(*left)));
                pending.right.extend(self.int16.iter().map(|[_, right]| i32::from(*right)));
                self.bytes.extend(self.int16.as_flattened().iter().flat_map(|sample| sample.to_le_bytes()));
            }
            BitDepth::Int24 | BitDepth::Float32 => {
                self.int24.resize(frames.len(), [0; 2]);
                dither::to_24_bits(frames, &mut self.int24);
                pending.left.extend(self.int24.iter().map(|[left, _]| left));
                pending.right.extend(self.int24.iter().map(|[_, right]| right));
                self.bytes.resize(frames.len() * 6, 0);
                let (bytes, _) = self.bytes.as_chunks_mut::<6>();
                for ((bytes, left), right) in bytes.iter_mut().zip(&pending.left[from..]).zip(&pending.right[from..]) {
                    bytes[..3].copy_from_slice(&left.to_le_bytes()[..3]);
                    bytes[3..].copy_from_slice(&right.to_le_bytes()[..3]);
                }
            }
        }
        self.md5.consume(&self.bytes);
    }

    fn stream_info(&self) -> [u8; STREAM_INFO_SIZE] {
        let mut info = [0; STREAM_INFO_SIZE];
        let block_size = (BLOCK_SIZE as u16).to_be_bytes();
        info[0..2].copy_from_slice(&block_size);
        info[2..4].copy_from_slice(&block_size);
        info[4..7].copy_from_slice(&(self.min_frame_size.min(self.max_frame_size) as u32).to_be_bytes()[1..]);
        info[7..10].copy_from_slice(&(self.max_frame_size as u32).to_be_bytes()[1..]);
        let length = if self.length.0 < 1 << 36 { self.length.0 } else { UNKNOWN_LENGTH };
        let (rate, channels, bits) = (u64::from(self.rate.hertz()), 2, u64::from(self.depth.bits()));
        let packed = rate << 44 | (channels - 1) << 41 | (bits - 1) << 36 | length;
        info[10..18].copy_from_slice(&packed.to_be_bytes());
        info[18..].copy_from_slice(&self.md5.clone().finalize().0);
        info
    }
}

impl AudioEncoder for FlacEncoder {
    fn write(&mut self, mut block: &[Frame]) -> io::Result<()> {
        while !block.is_empty() {
            let (fitting, rest) = block.split_at(block.len().min(BLOCK_SIZE - self.pending.len()));
            self.add(fitting);
            block = rest;
            if self.pending.len() == BLOCK_SIZE {
                self.write_frame()?;
            }
        }
        Ok(())
    }

    fn write_silence(&mut self, mut frames: Frames) -> io::Result<()> {
        while frames > Frames::ZERO {
            let fitting = frames.index().min(BLOCK_SIZE - self.pending.len());
            self.add_silence(fitting);
            frames = frames.saturating_sub(Frames(fitting as u64));
            if self.pending.len() == BLOCK_SIZE {
                self.write_frame()?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<AtomicFile> {
        if self.pending.len() > 0 {
            self.write_frame()?;
        }
        self.file.seek(SeekFrom::Start(STREAM_INFO_POSITION))?;
        self.file.write_all(&self.stream_info())?;
        self.file.write_all(&metadata_block(SEEK_TABLE, &self.seek_table))?;
        Ok(self.file)
    }
}

/// Returns a metadata block. Bodies stay far below the maximum of 16 MiB.
fn metadata_block(kind: u8, body: &[u8]) -> Vec<u8> {
    let [_, size @ ..] = (body.len() as u32).to_be_bytes();
    [&[kind][..], &size, body].concat()
}
