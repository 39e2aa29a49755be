//! FLAC whose head is wrong, and metadata that can't be read.

use karuna::io::decode::ClipDamage;

use super::*;

/// The seed, with bytes of its format block replaced.
fn patched(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = seed("flac-16.flac");
    file[8 + at..][..bytes.len()].copy_from_slice(bytes);
    file
}

/// The number of frames by the head, in 36 bits.
fn stating(frames: u64) -> Vec<u8> {
    let mut file = patched(14, &(frames as u32).to_be_bytes());
    file[21] = file[21] & 0xf0 | (frames >> 32) as u8;
    file
}

/// A block of metadata put behind the format.
fn with_block(kind: u8, content: &[u8]) -> Vec<u8> {
    let file = seed("flac-16.flac");
    let size = (content.len() as u32).to_be_bytes();
    [&file[..42], &[kind], &size[1..], content, &file[42..]].concat()
}

#[test]
fn a_head_that_is_wrong_costs_nothing() {
    let whole = hear("a.flac", seed("flac-16.flac"));
    for bytes in [
        // The smallest and the largest block, the smallest and the largest frame.
        patched(0, &[0, 0]),
        patched(0, &[0, 16]),
        patched(4, &[0, 0, 1, 0, 0, 2]),
        // A cue sheet of zeros, comments without end, a picture that is longer than its block, and a type that is not known.
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

#[test]
fn the_last_frame_tells_the_length() {
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
fn a_tag_behind_the_sound_is_no_damage() {
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
