//! What encoders and taggers put around the frames.

use super::header::Header;

/// What every decoder of layer III adds in front.
const DECODER_DELAY: u64 = 529;

/// Some taggers count the frame of the tag into the bytes, and some do not.
const LARGEST_FRAME: u64 = 1441;

/// What the tag in the first frame says of the rest.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Promise {
    /// The first frame holds the tag and no sound.
    pub(super) tag_frame: bool,
    frames: Option<u64>,
    bytes: Option<u64>,
    /// Frames of sound to trim in front, the decoder's own delay included.
    pub(super) delay: u64,
    /// Frames of sound to trim behind.
    pub(super) padding: u64,
}

impl Promise {
    /// How many MPEG frames there should be. Not believed where the file, `rest` bytes long, goes on far beyond what the tag says.
    pub(super) fn frames(&self, rest: u64) -> Option<u64> {
        let joined = self.bytes.is_some_and(|bytes| bytes > 0 && rest / 2 > bytes);
        self.frames.filter(|frames| *frames > 0 && !joined)
    }

    /// Whether all the bytes are there that the tag says, so that the frames should be too. `rest` are those behind the tag.
    pub(super) fn is_kept(&self, rest: u64) -> bool {
        self.bytes.is_some_and(|bytes| rest.saturating_add(LARGEST_FRAME) >= bytes)
    }
}

/// Reads the Xing, Info or VBRI tag of the first frame.
pub(super) fn read(header: &Header, frame: &[u8]) -> Promise {
    let Some(tag) = frame.get(4 + header.side_information..) else { return Promise::default() };
    if tag.starts_with(b"Xing") || tag.starts_with(b"Info") {
        return xing(tag).unwrap_or(Promise { tag_frame: true, ..Promise::default() });
    }
    // Its own count of frames isn't trusted: the encoders that write it disagree on what it counts.
    let vbri = frame.get(36..).is_some_and(|tag| tag.starts_with(b"VBRI"));
    Promise { tag_frame: vbri, ..Promise::default() }
}

fn xing(tag: &[u8]) -> Option<Promise> {
    let flags = number(tag, 4)?;
    let mut place = 8;
    let mut field = |bit: u64, size: usize| {
        let present = flags & bit != 0;
        let found = present.then_some(place);
        place += if present { size } else { 0 };
        found
    };
    let frames = field(1, 4).and_then(|place| number(tag, place));
    let bytes = field(2, 4).and_then(|place| number(tag, place));
    field(4, 100);
    field(8, 4);
    let (delay, padding) = tag.get(place..).and_then(gaps).unwrap_or((0, 0));
    Some(Promise { tag_frame: true, frames, bytes, delay, padding })
}

/// The frames to trim, from LAME's extension of the tag.
fn gaps(extension: &[u8]) -> Option<(u64, u64)> {
    let known = [b"LAME", b"Lavf", b"Lavc"].iter().any(|encoder| extension.starts_with(*encoder));
    let &[high, middle, low] = extension.get(21..24).filter(|_| known)? else { return None };
    let delay = u64::from(high) << 4 | u64::from(middle) >> 4;
    let padding = u64::from(middle & 15) << 8 | u64::from(low);
    Some((delay + DECODER_DELAY, padding.saturating_sub(DECODER_DELAY)))
}

fn number(bytes: &[u8], place: usize) -> Option<u64> {
    let bytes = bytes.get(place..place.checked_add(4)?)?;
    Some(u64::from(u32::from_be_bytes(bytes.try_into().ok()?)))
}

/// A tag that is no sound.
pub(super) enum Tag {
    /// Frames may follow after so many bytes.
    Leading(u64),
    /// Nothing but tags from here on.
    Trailing,
    None,
}

/// The tag that these bytes, ten at least, begin.
pub(super) fn at(bytes: &[u8]) -> Tag {
    if let Some(size) = id3_size(bytes) {
        return Tag::Leading(size);
    }
    let trailing: [&[u8]; 3] = [b"TAG", b"APETAGEX", b"LYRICSBEGIN"];
    if trailing.iter().any(|tag| bytes.starts_with(tag)) { Tag::Trailing } else { Tag::None }
}

/// The size of an ID3v2 tag, its header and footer included.
pub(in super::super) fn id3_size(bytes: &[u8]) -> Option<u64> {
    let &[b'I', b'D', b'3', major, _, flags, a, b, c, d, ..] = bytes else { return None };
    if major == 0xff || [a, b, c, d].iter().any(|byte| *byte > 127) {
        return None;
    }
    let size = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | u64::from(*byte));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + size + footer)
}
