//! Concatenated MP3, changes of format within a stream, and mixed blocks.

use karuna::io::decode::ClipDamage;

use super::*;

#[test]
fn concatenated_files_are_decoded_completely() {
    let heard = hear("a.mp3", fs::read(case("mp3-joined.mp3")).unwrap());
    // According to ffmpeg; the first file alone has 110,250.
    assert_eq!(heard.frames.len(), 179_759);
    assert_like_witness("mp3-joined.mp3", &heard, -60.0);
    assert_eq!(heard.analysis.damage, ClipDamage::Understated { frames: 110_250 });
}

#[test]
fn a_change_of_channels_or_rate_is_followed() {
    let heard = hear("a.mp3", fs::read(case("mp3-mono-then-stereo.mp3")).unwrap());
    // According to ffmpeg.
    assert_eq!(heard.frames.len(), 67_392);
    assert_eq!((heard.analysis.properties.channels, heard.analysis.damage), (2, ClipDamage::None));
    // ffmpeg's resampler loses a millisecond where the stream changes.
    let first = 72 * 576;
    let frames: Vec<f32> = heard.frames[..first].iter().map(|frame| frame[0]).collect();
    let witness = witness(&case("mp3-mono-then-stereo.mp3"), 16_000);
    assert!(residual(&witness[..first - 100], &frames) < -60.0);
    assert!(heard.frames[first + 2_000..].chunks(8_000).any(|part| part.iter().any(|[left, _]| left.abs() > 0.1)));
    let (first, second) = (hear("a.mp3", seed("mp3-plain.mp3")), hear("b.mp3", seed("mp3-44100.mp3")));
    let both = hear("a.mp3", [seed("mp3-plain.mp3"), seed("mp3-44100.mp3")].concat());
    let (rate, other) = (first.analysis.properties.rate, second.analysis.properties.rate);
    assert!(rate != other && both.analysis.properties.rate == rate);
    let expected = first.frames.len() + other.convert(Frames(second.frames.len() as u64), rate).index();
    // The padding of the concatenated files is part of the sound.
    assert!((expected..expected + 3_000).contains(&both.frames.len()), "{} for {expected}", both.frames.len());
}

#[test]
fn mixed_blocks_are_decoded() {
    let heard = hear("a.mp3", fs::read(case("mp3-mixed-blocks.mp3")).unwrap());
    assert_eq!(heard.frames.len(), 178_560);
    assert_eq!(heard.analysis.damage, ClipDamage::None);
    // Decoders differ in how they overlap mixed blocks with the adjacent long ones.
    assert_like_witness("mp3-mixed-blocks.mp3", &heard, -28.0);
}

#[test]
fn the_first_frame_may_be_far_into_the_file() {
    let whole = hear("a.mp3", seed("mp3-plain.mp3"));
    let rubbish: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let heard = hear("a.mp3", [rubbish, seed("mp3-plain.mp3")].concat());
    assert!(heard.frames == whole.frames);
    assert_eq!(heard.analysis.damage, ClipDamage::None);
}

#[test]
fn a_stream_cut_at_its_start_is_silent_until_it_can_be_decoded() {
    let bytes = seed("mp3-xing.mp3");
    let frame = (1000..bytes.len()).find(|at| bytes[*at] == 0xff && bytes[at + 1] >> 4 == 0xf).unwrap();
    let heard = hear("a.mp3", &bytes[frame..]);
    assert_eq!(heard.analysis.damage, ClipDamage::None);
}
