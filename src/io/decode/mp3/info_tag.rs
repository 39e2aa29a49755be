//! The Xing, Info or VBRI tag in the first frame of an MP3.

use super::frame_header::FrameHeader;

/// The delay of every layer III decoder in samples.
const DECODER_DELAY: u64 = 529;
/// The maximum size of a frame in bytes. Some encoders count the tag's own frame into the size of the audio, and some don't.
const MAX_FRAME_SIZE: u64 = 1441;
/// Flags of a Xing or Info tag for its optional fields.
const HAS_FRAMES: u32 = 1;
const HAS_SIZE: u32 = 2;
const HAS_TABLE_OF_CONTENTS: u32 = 4;
const HAS_QUALITY: u32 = 8;
/// The offset of a VBRI tag in its frame.
const VBRI_OFFSET: usize = 36;

/// The data in the first frame about the stream.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct InfoTag {
    /// Whether the first frame contains the tag instead of audio.
    pub(super) has_own_frame: bool,
    frames: Option<u64>,
    size: Option<u64>,
    /// Samples to trim at the start, including the decoder's delay.
    pub(super) delay: u64,
    /// Samples to trim at the end.
    pub(super) padding: u64,
}

impl InfoTag {
    /// Returns the stated number of frames.
    pub(super) fn frames(&self) -> Option<u64> {
        self.frames.filter(|frames| *frames > 0)
    }

    /// Returns whether the file may contain more than the stated frames, like concatenated files.
    pub(super) fn may_be_joined(&self, audio_size: u64) -> bool {
        self.size.is_none_or(|size| audio_size > size.saturating_add(MAX_FRAME_SIZE))
    }

    /// Returns whether the file has at least the stated number of bytes after the tag, so that all frames should exist too.
    pub(super) fn has_stated_size(&self, audio_size: u64) -> bool {
        self.size.is_some_and(|size| audio_size.saturating_add(MAX_FRAME_SIZE) >= size)
    }
}

/// Reads the tag of the first frame.
pub(super) fn read(header: &FrameHeader, frame: &[u8]) -> InfoTag {
    let Some(tag) = frame.get(4 + header.side_info_size..) else { return InfoTag::default() };
    if tag.starts_with(b"Xing") || tag.starts_with(b"Info") {
        return xing(tag).unwrap_or(InfoTag { has_own_frame: true, ..InfoTag::default() });
    }
    // The frame count of a VBRI tag is ignored: encoders disagree on its meaning.
    let is_vbri = frame.get(VBRI_OFFSET..).is_some_and(|tag| tag.starts_with(b"VBRI"));
    InfoTag { has_own_frame: is_vbri, ..InfoTag::default() }
}

fn xing(tag: &[u8]) -> Option<InfoTag> {
    let flags = number(tag, 4)?;
    let mut offset = 8;
    let mut field = |flag: u32, size: usize| {
        let is_present = flags & flag != 0;
        let found = is_present.then_some(offset);
        offset += if is_present { size } else { 0 };
        found
    };
    let frames = field(HAS_FRAMES, 4).and_then(|offset| number(tag, offset));
    let size = field(HAS_SIZE, 4).and_then(|offset| number(tag, offset));
    field(HAS_TABLE_OF_CONTENTS, 100);
    field(HAS_QUALITY, 4);
    let (delay, padding) = tag.get(offset..).and_then(delay_and_padding).unwrap_or((0, 0));
    Some(InfoTag { has_own_frame: true, frames: frames.map(u64::from), size: size.map(u64::from), delay, padding })
}

/// Reads the samples to trim from LAME's extension of the tag.
fn delay_and_padding(extension: &[u8]) -> Option<(u64, u64)> {
    let is_known = [b"LAME", b"Lavf", b"Lavc"].iter().any(|encoder| extension.starts_with(*encoder));
    let &[high, middle, low] = extension.get(21..24).filter(|_| is_known)? else { return None };
    let delay = u64::from(high) << 4 | u64::from(middle) >> 4;
    let padding = u64::from(middle & 15) << 8 | u64::from(low);
    Some((delay + DECODER_DELAY, padding.saturating_sub(DECODER_DELAY)))
}

fn number(bytes: &[u8], offset: usize) -> Option<u32> {
    let bytes = bytes.get(offset..offset.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
