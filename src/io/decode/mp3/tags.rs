//! Tags before, between and behind the frames of an MP3.

/// A tag at the start of some bytes.
pub(super) enum TagAt {
    /// A tag of this many bytes, which frames may follow.
    Leading {
        size: u64,
    },
    /// A tag that only other tags follow.
    Trailing,
    None,
}

/// Recognises a tag by its first bytes, at least ten.
pub(super) fn tag_at(bytes: &[u8]) -> TagAt {
    if let Some(size) = id3v2_size(bytes) {
        return TagAt::Leading { size };
    }
    let trailing: [&[u8]; 3] = [b"TAG", b"APETAGEX", b"LYRICSBEGIN"];
    if trailing.iter().any(|tag| bytes.starts_with(tag)) { TagAt::Trailing } else { TagAt::None }
}

/// Returns the size of an ID3v2 tag in bytes, header and footer included, or `None` if the bytes are no such tag.
pub(in super::super) fn id3v2_size(bytes: &[u8]) -> Option<u64> {
    const HEADER_SIZE: u64 = 10;
    const HAS_FOOTER: u8 = 0x10;
    let &[b'I', b'D', b'3', major, _, flags, a, b, c, d, ..] = bytes else { return None };
    if major == 0xff || [a, b, c, d].iter().any(|byte| *byte > 127) {
        return None;
    }
    let size = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | u64::from(*byte));
    let footer_size = if flags & HAS_FOOTER == 0 { 0 } else { HEADER_SIZE };
    Some(HEADER_SIZE + size + footer_size)
}
