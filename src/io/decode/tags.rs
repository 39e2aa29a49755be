//! Tags before, between and after the audio of a file.

use super::file_window::FileWindow;

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

/// Returns the size of an ID3v2 tag in bytes, including header and footer, or `None` if the bytes are not such a tag.
pub(super) fn id3v2_size(bytes: &[u8]) -> Option<u64> {
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

/// Returns the position of the tags at the end of a file: an `ID3v1` tag, and an APE tag before it.
pub(super) fn trailing_tags_start(window: &mut FileWindow) -> u64 {
    const ID3V1_SIZE: u64 = 128;
    const APE_FOOTER_SIZE: u64 = 32;
    let mut end = window.file_size();
    if let Some(start) = end.checked_sub(ID3V1_SIZE)
        && window.at(start, 3) == b"TAG"
    {
        end = start;
    }
    if let Some(footer) = end.checked_sub(APE_FOOTER_SIZE)
        && let Some(bytes) = window.at(footer, 32).first_chunk::<32>()
        && bytes.starts_with(b"APETAGEX")
    {
        let size = u64::from(u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]));
        let header = if bytes[23] & 0x80 == 0 { 0 } else { APE_FOOTER_SIZE };
        end = end.checked_sub(size + header).unwrap_or(footer);
    }
    end
}
