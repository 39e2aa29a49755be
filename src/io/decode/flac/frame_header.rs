//! The header of a FLAC frame (RFC 9639, section 9.1).

use symphonia::core::checksum::Crc8Ccitt;
use symphonia::core::io::Monitor;

/// The maximum size of a header in bytes.
pub(super) const MAX_HEADER_SIZE: usize = 16;

/// The position of a frame according to its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct FlacFrameHeader {
    /// Whether block sizes vary, so that `number` counts samples; otherwise it counts frames.
    pub(super) is_variable: bool,
    pub(super) number: u64,
    /// The number of samples per channel.
    pub(in super::super) block_size: u32,
}

impl FlacFrameHeader {
    /// Returns the position of the frame in samples. `block_size` is that of a stream with a fixed one.
    pub(super) fn start(&self, block_size: u64) -> Option<u64> {
        if self.is_variable { Some(self.number) } else { self.number.checked_mul(block_size) }
    }

    /// Reads a header at the start of some bytes. Returns `None` if there is none, or its checksum is wrong.
    pub(in super::super) fn parse(bytes: &[u8]) -> Option<Self> {
        let &[0xff, second, sizes, channels, ..] = bytes else { return None };
        let is_valid = second & 0xfe == 0xf8 && sizes & 0x0f != 0x0f && channels >> 4 < 11 && channels & 1 == 0;
        if !is_valid {
            return None;
        }
        let (number, mut at) = coded_number(bytes.get(4..)?)?;
        at += 4;
        let block_size = match sizes >> 4 {
            0 => return None,
            1 => 192,
            code @ 2..=5 => 576 << (code - 2),
            6 => u32::from(*bytes.get(at)?) + 1,
            7 => u32::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])) + 1,
            code => 256 << (code - 8),
        };
        at += match sizes >> 4 {
            6 => 1,
            7 => 2,
            _ => 0,
        };
        at += match sizes & 0x0f {
            12 => 1,
            13 | 14 => 2,
            _ => 0,
        };
        let mut crc = Crc8Ccitt::new(0);
        crc.process_buf_bytes(bytes.get(..at)?);
        (crc.crc() == *bytes.get(at)?).then_some(Self { is_variable: second & 1 == 1, number, block_size })
    }
}

/// Reads a number in the extension of UTF-8, and returns it with its size in bytes.
fn coded_number(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let size = match first.leading_ones() {
        0 => return Some((first.into(), 1)),
        ones @ 2..=7 => ones as usize,
        _ => return None,
    };
    let mask = 0x7f_u8.checked_shr(u32::try_from(size).ok()?).unwrap_or(0);
    let rest = bytes.get(1..size)?;
    let is_valid = rest.iter().all(|byte| byte >> 6 == 2);
    let number = rest.iter().fold(u64::from(first & mask), |number, byte| number << 6 | u64::from(byte & 0x3f));
    is_valid.then_some((number, size))
}
