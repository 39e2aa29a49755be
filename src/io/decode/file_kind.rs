//! Detects the kind of a file.

use super::byte_cursor::ByteCursor;
use super::pcm::SampleFileFormat;
use super::tags;

/// The error for an unrecognised file.
pub(super) const UNKNOWN_FORMAT: &str = "no known format";
/// The number of bytes needed to detect the kind.
const HEAD_SIZE: usize = 64;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Samples(SampleFileFormat),
    Flac,
    Ogg,
    Mp4,
    Caf,
    /// MP3, or unknown.
    Mp3,
    /// An unsupported kind, by its name.
    Other(&'static str),
}

/// Unsupported kinds of files, by their first bytes.
const OTHER_KINDS: [(&[u8], &str); 26] = [
    (b"\x0b\x77", "it is AC-3"),
    (b"\x7f\xfe\x80\x01", "it is DTS"),
    (b".snd", "it is a Sun AU file"),
    (b"MThd", "it is MIDI, which contains notes instead of sound"),
    (b"#!AMR", "it is AMR"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "it is Windows Media Audio"),
    (b"MAC ", "it is Monkey's Audio"),
    (b"wvpk", "it is WavPack"),
    (b"MPCK", "it is Musepack"),
    (b"MP+", "it is Musepack"),
    (b"TTA1", "it is True Audio"),
    (b"DSD ", "it is DSD"),
    (b"FRM8", "it is DSD"),
    (b"\x1a\x45\xdf\xa3", "it is Matroska or WebM"),
    (b"riff\x2e\x91\xcf\x11", "it is Wave64"),
    (b"FLV\x01", "it is Flash video"),
    (b".RMF", "it is RealAudio"),
    (b"Creative Voice File", "it is a Creative Voice file"),
    (b"Extended Module", "it is a tracker module"),
    (b"IMPM", "it is a tracker module"),
    (b"%PDF", "it is a PDF document"),
    (b"PK\x03\x04", "it is a ZIP archive"),
    (b"<!DOCTYPE", "it is a web page"),
    (b"<!doctype", "it is a web page"),
    (b"<html", "it is a web page"),
    (b"version https://git-lfs", "it is a Git LFS pointer instead of the file"),
];

impl FileKind {
    /// Detects the kind of a file, and returns the byte after its leading tags.
    pub(super) fn detect(cursor: &mut ByteCursor) -> (Self, u64) {
        let mut head = [0; HEAD_SIZE];
        let mut start = 0;
        let mut count = cursor.read_fully_at(0, &mut head);
        while let Some(size) = tags::id3v2_size(&head[..count]) {
            start += size;
            count = cursor.read_fully_at(start, &mut head);
        }
        (Self::of(&head[..count]), start)
    }

    fn of(head: &[u8]) -> Self {
        if let Some(format) = SampleFileFormat::detect(head) {
            return Self::Samples(format);
        }
        if head.starts_with(b"fLaC") {
            return Self::Flac;
        }
        if head.starts_with(b"OggS") {
            return Self::Ogg;
        }
        if head.starts_with(b"caff") {
            return Self::Caf;
        }
        if head.get(4..8).is_some_and(|name| matches!(name, b"ftyp" | b"moov" | b"mdat" | b"wide")) {
            return Self::Mp4;
        }
        if let (Some(b"RIFF"), Some(b"AVI ")) = (head.get(..4), head.get(8..12)) {
            return Self::Other("it is AVI video");
        }
        let other = OTHER_KINDS.iter().find(|(start, _)| head.starts_with(start));
        other.map(|(_, name)| *name).or_else(|| mpeg_audio(head)).map_or(Self::Mp3, Self::Other)
    }
}

/// Recognises MPEG audio other than layer III by the header of its first frame.
fn mpeg_audio(head: &[u8]) -> Option<&'static str> {
    let &[0xff, second, third, ..] = head else { return None };
    let (layer, bit_rate, rate) = (second >> 1 & 3, third >> 4, third >> 2 & 3);
    match (second >> 4, layer) {
        (0xf, 0) => Some("it is AAC without a container (ADTS); save it as M4A"),
        (0xf, 2) if bit_rate != 15 && rate != 3 => Some("it is MP2"),
        (0xf, 3) if bit_rate != 15 && rate != 3 => Some("it is MP1"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_files_are_distinguished() {
        for (head, kind) in [
            (&b"RIFF\0\0\0\0WAVEfmt "[..], FileKind::Samples(SampleFileFormat::Wav)),
            (b"FORM\0\0\0\0AIFC", FileKind::Samples(SampleFileFormat::Aiff)),
            (b"OggS", FileKind::Ogg),
            (b"\0\0\0\x20ftypqt  ", FileKind::Mp4),
            (b"caff\0\x01", FileKind::Caf),
            (b"\xff\xfb\x90\x44", FileKind::Mp3),
            (b"\xff\xf1\x50\x80", FileKind::Other("it is AAC without a container (ADTS); save it as M4A")),
            (b"\xff\xfd\x90\x04", FileKind::Other("it is MP2")),
            (b"\x0b\x77\x12", FileKind::Other("it is AC-3")),
            (b"<html><body>", FileKind::Other("it is a web page")),
            (b"", FileKind::Mp3),
        ] {
            assert_eq!(FileKind::of(head), kind);
        }
    }
}
