//! FLAC with a wrong header or unreadable metadata.

use karuna::io::decode::ClipDamage;

use super::*;

/// Returns the seed with bytes of its STREAMINFO block replaced.
fn patched(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = seed("flac-16.flac");
    file[8 + at..][..bytes.len()].copy_from_slice(bytes);
    file
}

/// Returns the seed with this number of frames (36 bits) in its header.
fn stating(frames: u64) -> Vec<u8> {
    let mut file = patched(14, &(frames as u32).to_be_bytes());
    file[21] = file[21] & 0xf0 | (frames >> 32) as u8;
    file
}

/// Returns the seed with a metadata block inserted after STREAMINFO.
fn with_block(kind: u8, content: &[u8]) -> Vec<u8> {
    let file = seed("flac-16.flac");
    let size = (content.len() as u32).to_be_bytes();
    [&file[..42], &[kind], &size[1..], content, &file[42..]].concat()
}

#[test]
fn a_wrong_header_loses_no_frames() {
    let whole = hear("a.flac", seed("flac-16.flac"));
    for bytes in [
        // Minimum and maximum block size, minimum and maximum frame size.
        patched(0, &[0, 0]),
        patched(0, &[0, 16]),
        patched(4, &[0, 0, 1, 0, 0, 2]),
        // A cue sheet of zeros, unterminated comments, a picture longer than its block, and an unknown type.
        with_block(5, &[0; 528]),
        with_block(4, &[0xff; 40]),
        with_block(6, &[0xff; 12]),
        with_block(100, &[1; 9]),
    ] {
        let heard = hear("a.flac", bytes);
        assert!(heard.frames == whole.frames, "{} frames", heard.frames.len());
        assert_eq!(heard.analysis.damage, ClipDamage::None);
    }
}

/// The file is what `ffmpeg -ss 1 -i a.flac -c copy b.flac` writes: its frames keep their numbers, and its header keeps the length.
#[test]
fn a_part_that_was_cut_out_begins_with_its_first_frame() {
    const BLOCK: usize = 1152;
    let (file, whole) = (seed("flac-16.flac"), hear("a.flac", seed("flac-16.flac")));
    let starts: Vec<_> = (42..file.len() - 4).filter(|at| file[*at..].starts_with(&[0xff, 0xf8, 0x35, 0x18])).collect();
    let heard = hear("a.flac", [&file[..starts[0]], &file[starts[1]..]].concat());
    assert!(heard.frames == whole.frames[BLOCK..], "{} frames", heard.frames.len());
    assert_eq!(heard.analysis.damage, ClipDamage::None);
}

#[test]
fn the_last_frame_determines_the_length() {
    let whole = hear("a.flac", seed("flac-16.flac"));
    let length = whole.frames.len() as u64;
    for (stated, damage) in [
        (0, ClipDamage::None),
        (length / 2, ClipDamage::Understated { frames: length / 2 }),
        (length - 1, ClipDamage::Understated { frames: length - 1 }),
    ] {
        let heard = hear("a.flac", stating(stated));
        assert!(heard.frames == whole.frames, "{stated}: {} frames", heard.frames.len());
        assert_eq!(heard.analysis.damage, damage);
    }
    let long = hear("a.flac", stating(length + 500));
    assert!(long.frames[..length as usize] == whole.frames && long.frames[length as usize..] == [SILENCE; 500]);
    assert_eq!(long.analysis.damage, ClipDamage::CutShort { at: length });
}

#[test]
fn a_trailing_tag_is_not_damage() {
    let whole = hear("a.flac", seed("flac-16.flac"));
    let id3v1 = [b"TAG".to_vec(), vec![b' '; 125]].concat();
    let mut ape = b"APETAGEX\xd0\x07\0\0".to_vec();
    ape.extend((40_u32).to_le_bytes());
    ape.extend([0; 16]);
    let ape = [vec![7; 8], ape].concat();
    for tags in [id3v1.clone(), ape.clone(), [ape, id3v1].concat()] {
        let heard = hear("a.flac", [seed("flac-16.flac"), tags].concat());
        assert!(heard.frames == whole.frames);
        assert_eq!(heard.analysis.damage, ClipDamage::None);
    }
}
