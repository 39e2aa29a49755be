//! FLAC (RFC 9639). Only the first metadata block is read; all others are skipped, whatever they contain.
//!
//! Symphonia's reader splits the stream into frames. It is given a corrected header, because it refuses files whose metadata it can't
//! read.

mod frame_header;
mod reader;

use std::ops::Range;

use symphonia::core::checksum::Crc16Ansi;
use symphonia::core::errors::{Error, Result};
use symphonia::core::io::Monitor;

use super::byte_cursor::ByteCursor;
use super::file_window::FileWindow;
use super::tags;
pub(super) use frame_header::FlacFrameHeader;
use frame_header::MAX_HEADER_SIZE;
pub(super) use reader::FlacPacketReader;

const MARKER: &[u8] = b"fLaC";
/// The size and type of the STREAMINFO block.
const STREAM_INFO_SIZE: usize = 34;
const STREAM_INFO: u8 = 0;
/// The header of the last metadata block.
const LAST_STREAM_INFO_HEADER: [u8; 4] = [0x80, 0, 0, 34];
/// The maximum number of metadata blocks.
const MAX_BLOCKS: usize = 4096;
/// The range in which the first frame is searched for after the metadata, and the last one before the end, in bytes.
const SEARCH_LIMIT: u64 = 1024 * 1024;

/// A FLAC stream whose header was read.
#[derive(Clone)]
pub(super) struct FlacStream {
    /// A header with only correct fields.
    head: Vec<u8>,
    /// The range of the frames in bytes.
    sound: Range<u64>,
    /// The position of the first frame: not 0 in a part that was cut out of another stream without encoding it again.
    origin: u64,
    /// The length of the first packet.
    first_packet: u32,
    /// The number of frames according to the header; 0 if unknown.
    stated: u64,
    /// The number of frames according to the last frame, if it was found.
    found: Option<u64>,
}

impl FlacStream {
    /// Reads the header of the stream that starts at the byte `start`.
    pub(super) fn open(cursor: ByteCursor, start: u64) -> Result<Self> {
        let mut window = FileWindow::new(cursor);
        let (info, metadata_end) = read_metadata(&mut window, start + MARKER.len() as u64);
        let mut info = info.ok_or(Error::DecodeError("its header does not state the format"))?;
        let end = tags::trailing_tags_start(&mut window);
        let limit = end.min(metadata_end.saturating_add(SEARCH_LIMIT));
        let first = (metadata_end..limit).find_map(|position| Some((position, frame_at(&mut window, position)?)));
        let (first_position, first) = first.ok_or(Error::IoError(std::io::ErrorKind::UnexpectedEof.into()))?;
        correct_block_sizes(&mut info, &first);
        // If the first frame does not follow the metadata directly, frames have been lost.
        let is_intact = first_position == metadata_end;
        let origin = first.start(block_size(&info)).filter(|_| is_intact).unwrap_or(0);
        // The header of a part states the length of the stream that it was cut out of.
        let stated = if origin == 0 { stated_frames(&info) } else { 0 };
        let sound = first_position..end;
        let found = last_frame_end(&mut window, &sound, block_size(&info));
        // Lost frames at the end can't be distinguished from a wrong count, so the larger one is used.
        set_stated_frames(&mut info, found.map_or(stated, |found| if stated == 0 { found } else { stated.max(found) }));
        let head = [MARKER, &LAST_STREAM_INFO_HEADER, &info].concat();
        Ok(Self {
            head,
            sound,
            origin,
            first_packet: first.block_size,
            stated,
            found: found.map(|end| end.saturating_sub(origin)),
        })
    }

    /// Returns the number of frames, or `None` if the whole file must be read for it.
    pub(super) fn frames(&self) -> Option<u64> {
        let frames = self.stated.max(self.found.unwrap_or(0));
        (frames > 0).then_some(frames)
    }

    /// Returns the stated number of frames if the file contains more than that.
    pub(super) fn understated_frames(&self) -> Option<u64> {
        (self.stated > 0 && self.found.is_some_and(|found| found > self.stated)).then_some(self.stated)
    }
}

/// Returns the STREAMINFO block, and the position after all metadata that can be followed.
fn read_metadata(window: &mut FileWindow, start: u64) -> (Option<[u8; STREAM_INFO_SIZE]>, u64) {
    let (mut info, mut position) = (None, start);
    for _ in 0..MAX_BLOCKS {
        let Some([kind, size @ ..]) = window.at(position, 4).first_chunk::<4>().copied() else { break };
        let size = u64::from(u32::from_be_bytes([0, size[0], size[1], size[2]]));
        let next = position + 4 + size;
        if next > window.file_size() {
            break;
        }
        if kind & 0x7f == STREAM_INFO && info.is_none() {
            info = window.at(position + 4, STREAM_INFO_SIZE).first_chunk().copied();
        }
        position = next;
        if kind & 0x80 != 0 {
            break;
        }
    }
    (info, position)
}

fn frame_at(window: &mut FileWindow, position: u64) -> Option<FlacFrameHeader> {
    FlacFrameHeader::parse(window.at(position, MAX_HEADER_SIZE))
}

/// Returns the size of all blocks but the last in a stream with a fixed block size.
fn block_size(info: &[u8; STREAM_INFO_SIZE]) -> u64 {
    u16::from_be_bytes([info[0], info[1]]).into()
}

/// Sets the block sizes according to the first frame. Frame sizes are removed, because wrong ones cause a loss of audio.
fn correct_block_sizes(info: &mut [u8; STREAM_INFO_SIZE], first: &FlacFrameHeader) {
    /// The minimum block size in frames, except for the last block.
    const MIN_BLOCK_SIZE: u16 = 16;
    let stated = [0, 2].map(|at| u16::from_be_bytes([info[at], info[at + 1]]));
    let sizes = if first.is_variable {
        [MIN_BLOCK_SIZE, u16::MAX]
    } else {
        // The only frame of a short clip may be smaller than the block size.
        let is_stated =
            stated[0] == stated[1] && u32::from(stated[0]) >= first.block_size && stated[0] >= MIN_BLOCK_SIZE;
        [if is_stated { stated[0] } else { u16::try_from(first.block_size).unwrap_or(u16::MAX).max(MIN_BLOCK_SIZE) }; 2]
    };
    info[..4].copy_from_slice(sizes.map(u16::to_be_bytes).as_flattened());
    info[4..10].fill(0);
}

fn stated_frames(info: &[u8; STREAM_INFO_SIZE]) -> u64 {
    u64::from(info[13] & 0x0f) << 32 | u64::from(u32::from_be_bytes([info[14], info[15], info[16], info[17]]))
}

fn set_stated_frames(info: &mut [u8; STREAM_INFO_SIZE], frames: u64) {
    let [_, _, _, high, low @ ..] = frames.to_be_bytes();
    info[13] = info[13] & 0xf0 | high & 0x0f;
    info[14..18].copy_from_slice(&low);
}

/// Returns the position in the clip after the last frame, if that is intact.
fn last_frame_end(window: &mut FileWindow, sound: &Range<u64>, block_size: u64) -> Option<u64> {
    let tail = sound.start.max(sound.end.saturating_sub(SEARCH_LIMIT));
    let bytes = window.at(tail, usize::try_from(sound.end - tail).ok()?).to_vec();
    let candidates = bytes.windows(2).enumerate().rev().filter(|(_, pair)| pair[0] == 0xff && pair[1] & 0xfe == 0xf8);
    candidates.take(4096).find_map(|(offset, _)| {
        let frame = &bytes[offset..];
        let header = FlacFrameHeader::parse(frame)?;
        let (content, checksum) = frame.split_last_chunk::<2>()?;
        let mut crc = Crc16Ansi::new(0);
        crc.process_buf_bytes(content);
        (crc.crc() == u16::from_be_bytes(*checksum)).then_some(header.start(block_size)? + u64::from(header.block_size))
    })
}
