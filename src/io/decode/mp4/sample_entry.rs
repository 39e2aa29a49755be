//! The description of a track's samples.

use super::super::byte_cursor::ByteCursor;
use super::super::sample_codec::SampleDescription;
use super::boxes::{Mp4Box, boxes, content, inner_boxes, read};

/// The maximum size of a codec's configuration in bytes.
const MAX_CONFIG_SIZE: usize = 64 * 1024;
/// The size of the fields of a description, and of the additional fields of the MOV versions.
const FIELDS_SIZE: u64 = 28;
const VERSION_1_SIZE: u64 = 16;
const VERSION_2_SIZE: u64 = 36;

/// Reads the first description of an `stsd` box.
pub(super) fn read_sample_entry(cursor: &mut ByteCursor, stsd: Mp4Box) -> Option<SampleDescription> {
    let entry = boxes(cursor, stsd.start.saturating_add(8), stsd.end).into_iter().next()?;
    let fields: [u8; 28] = read(cursor, entry, 0)?;
    let number = |at: usize| u32::from(u16::from_be_bytes([fields[at], fields[at + 1]]));
    let mut description = SampleDescription {
        name: entry.name,
        channels: number(16),
        bits: number(18),
        rate: number(24),
        ..SampleDescription::default()
    };
    let version = number(8);
    if version == 2 {
        read_version_2(cursor, entry, &mut description);
    }
    let added = match version {
        1 => VERSION_1_SIZE,
        2 => VERSION_2_SIZE,
        _ => 0,
    };
    let first = entry.start.saturating_add(FIELDS_SIZE + added);
    for inner in boxes(cursor, first, entry.end) {
        read_extension(cursor, inner, &mut description);
        if inner.name == *b"wave" {
            for inner in inner_boxes(cursor, inner) {
                read_extension(cursor, inner, &mut description);
            }
        }
    }
    Some(description)
}

/// Reads the fields that replace the usual ones in version 2 of MOV.
fn read_version_2(cursor: &mut ByteCursor, entry: Mp4Box, description: &mut SampleDescription) {
    const FLOAT: u32 = 1;
    const BIG_ENDIAN: u32 = 2;
    let Some(rate) = read::<8>(cursor, entry, 32).map(f64::from_be_bytes) else { return };
    let mut number = |offset| read::<4>(cursor, entry, offset).map_or(0, u32::from_be_bytes);
    let (channels, bits, flags) = (number(40), number(48), number(52));
    let is_rate = (1.0..4_000_000_000.0).contains(&rate);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
    let rate = if is_rate { rate.round() as u32 } else { 0 };
    (description.rate, description.channels, description.bits) = (rate, channels, bits);
    description.is_float = flags & FLOAT != 0;
    description.is_little_endian = flags & BIG_ENDIAN == 0;
}

/// Reads a box with more information about the codec.
fn read_extension(cursor: &mut ByteCursor, extension: Mp4Box, description: &mut SampleDescription) {
    let bytes = content(cursor, extension, MAX_CONFIG_SIZE);
    match &extension.name {
        b"esds" => {
            if let Some((object_type, config)) = bytes.get(4..).and_then(elementary_stream) {
                description.object_type = Some(object_type);
                description.config = config.to_vec();
            }
        }
        b"alac" if bytes.len() >= 28 => description.config = bytes[4..].to_vec(),
        // The header of the STREAMINFO block comes first.
        b"dfLa" if bytes.len() >= 42 => description.config = bytes[8..].to_vec(),
        b"dOps" => description.config = bytes,
        b"enda" => description.is_little_endian = bytes.get(1) == Some(&1),
        b"pcmC" => {
            description.is_little_endian = bytes.get(4).is_some_and(|flags| flags & 1 == 1);
            description.is_float = description.name == *b"fpcm";
            description.bits = bytes.get(5).map_or(description.bits, |bits| u32::from(*bits));
        }
        _ => {}
    }
}

/// Returns the kind of audio and the codec's configuration from the descriptors of an elementary stream (ISO/IEC 14496-1, section 7.2.6).
pub(in super::super) fn elementary_stream(bytes: &[u8]) -> Option<(u8, &[u8])> {
    const STREAM: u8 = 3;
    const DECODER: u8 = 4;
    const CONFIG: u8 = 5;
    let stream = descriptor(bytes, STREAM)?;
    let flags = *stream.get(2)?;
    // A number, a URL and a clock may precede the decoder.
    let mut skip = 3;
    skip += if flags & 0x80 != 0 { 2 } else { 0 };
    skip += if flags & 0x40 != 0 { 1 + usize::from(*stream.get(skip)?) } else { 0 };
    skip += if flags & 0x20 != 0 { 2 } else { 0 };
    let decoder = descriptor(stream.get(skip..)?, DECODER)?;
    let config = decoder.get(13..).and_then(|rest| descriptor(rest, CONFIG)).unwrap_or_default();
    Some((*decoder.first()?, config))
}

/// Returns the content of the descriptor at the start of some bytes, if it has this tag.
fn descriptor(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (first, mut rest) = bytes.split_first()?;
    let mut size = 0_usize;
    for _ in 0..4 {
        let (byte, following) = rest.split_first()?;
        rest = following;
        size = size << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    (*first == tag).then(|| &rest[..size.min(rest.len())])
}
