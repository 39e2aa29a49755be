//! Chained Ogg streams, and pages without a granule position.

use karuna::io::decode::ClipDamage;

use super::*;

#[test]
fn chained_streams_are_all_decoded() {
    let heard = hear("a.ogg", fs::read(case("ogg-chained.ogg")).unwrap());
    // According to ogg123; ffmpeg does not trim the first stream and plays 64,256.
    assert_eq!(heard.frames.len(), 64_000);
    assert_eq!(heard.analysis.damage, ClipDamage::None);
    for name in ["vorbis.ogg", "opus.opus", "flac.ogg"] {
        let one = hear(name, seed(name));
        let both = hear(name, [seed(name), seed(name), seed(name)].concat());
        assert!(both.frames == [&one.frames[..], &one.frames, &one.frames].concat(), "{name}");
        assert_eq!(both.analysis.damage, ClipDamage::None);
    }
}

#[test]
fn a_chained_stream_of_another_codec_is_resampled_to_the_first_rate() {
    let (first, second) = (hear("a.ogg", seed("vorbis.ogg")), hear("a.opus", seed("opus.opus")));
    let both = hear("a.ogg", [seed("vorbis.ogg"), seed("opus.opus")].concat());
    let rate = first.analysis.properties.rate;
    assert_eq!(both.analysis.properties.rate, rate);
    let length = second.analysis.properties.rate.convert(Frames(second.frames.len() as u64), rate);
    assert_eq!(both.frames.len(), first.frames.len() + length.index());
    assert!(both.frames[..first.frames.len()] == first.frames);
    let energy =
        |frames: &[Frame]| frames.iter().map(|frame| f64::from(frame[0]).powi(2)).sum::<f64>() / frames.len() as f64;
    let level = energy(&both.frames[first.frames.len()..]) / energy(&second.frames);
    assert!((level - 1.0).abs() < 0.05, "{level}");
}

#[test]
fn a_page_without_a_position_loses_no_frames() {
    let heard = hear("a.ogg", fs::read(case("ogg-granule-minus-1.ogg")).unwrap());
    assert_eq!(heard.analysis.damage, ClipDamage::None);
    assert_like_witness("ogg-granule-minus-1.ogg", &heard, -60.0);
}

#[test]
fn unsupported_speex_is_named() {
    let page = |flags: u8, sequence: u32, content: &[u8]| {
        let mut page =
            [b"OggS\0".as_slice(), &[flags], &[0; 8], &7_u32.to_le_bytes(), &sequence.to_le_bytes()].concat();
        page.extend([0; 4]);
        page.extend([1, content.len() as u8]);
        page.extend(content);
        let checksum = page.iter().fold(0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| crc << 1 ^ if crc >> 31 == 1 { 0x04c1_1db7 } else { 0 })
        });
        page[22..26].copy_from_slice(&checksum.to_le_bytes());
        page
    };
    let bytes = [page(2, 0, &[b"Speex   ".as_slice(), &[0; 72]].concat()), page(4, 1, &[1; 20])].concat();
    let error = analyse(&ClipBytes::from_memory(bytes, "a.spx")).unwrap_err();
    assert_eq!(error.to_string(), "a.spx has an encoding that can't be played: its sound is encoded as Speex");
}
