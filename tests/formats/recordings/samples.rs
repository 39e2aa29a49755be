//! WAV and AIFF with unknown, wrong or 64-bit sizes, unusual sample formats, and unreadable metadata.

use karuna::io::decode::{ClipDamage, analyse};

use super::*;

const RATE: u32 = 16_000;
const FRAMES: usize = 8_000;

/// Returns a 16-bit tone that uses all values of the low byte.
fn tone() -> Vec<i16> {
    (0..FRAMES).map(|n| ((n as f64 * 0.05).sin() * 12_000.0) as i16).collect()
}

fn sound() -> Vec<u8> {
    tone().into_iter().flat_map(i16::to_le_bytes).collect()
}

/// Returns the tone as frames.
fn frames() -> Vec<Frame> {
    tone().into_iter().map(|sample| [f32::from(sample) / 32_768.0; 2]).collect()
}

fn chunk(name: &[u8; 4], size: u32, content: &[u8]) -> Vec<u8> {
    [name, &size.to_le_bytes()[..], content].concat()
}

fn format(tag: u16, bits: u16, container: u16) -> Vec<u8> {
    let mut content = [tag, 1].map(u16::to_le_bytes).concat();
    content.extend([RATE, RATE * u32::from(container)].map(u32::to_le_bytes).as_flattened());
    content.extend([container, bits].map(u16::to_le_bytes).as_flattened());
    chunk(b"fmt ", 16, &content)
}

/// Returns a RIFF file with these chunks.
fn riff(kind: &[u8; 4], size: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(kind, size, &[b"WAVE", chunks.concat().as_slice()].concat())
}

/// Returns a 16-bit mono WAV file with these sizes in its header.
fn wav(riff_size: u32, data_size: u32) -> Vec<u8> {
    riff(b"RIFF", riff_size, &[format(1, 16, 2), chunk(b"data", data_size, &sound())])
}

#[test]
fn an_unknown_size_loses_no_frames() {
    for size in [u32::MAX, u32::MAX - 36, 0x7fff_ffff, 0x7fff_f024, 0x7fff_f000, 2_000_000_000, 0] {
        for riff_size in [u32::MAX, size, size.wrapping_add(36), 0] {
            let heard = hear("a.wav", wav(riff_size, size));
            assert!(heard.frames == frames(), "{size:x}, {} frames", heard.frames.len());
            assert_eq!(heard.analysis.damage, ClipDamage::None, "{size:x}");
        }
    }
    // A stated length of seventeen hours.
    assert_eq!(hear("a.wav", wav(0x7000_0024, 0x7000_0000)).frames.len(), FRAMES);
}

#[test]
fn a_size_that_is_too_small_is_reported_and_one_that_is_too_large_is_padded() {
    let short = hear("a.wav", wav(8_036, 8_000));
    assert!(short.frames == frames());
    assert_eq!(short.analysis.damage, ClipDamage::Understated { frames: 4_000 });
    let long = hear("a.wav", wav(20_036, 20_000));
    assert!(long.frames[..FRAMES] == frames() && long.frames[FRAMES..] == [SILENCE; 2_000]);
    assert_eq!(long.analysis.damage, ClipDamage::CutShort { at: FRAMES as u64 });
}

#[test]
fn a_text_or_a_picture_behind_the_sound_is_not_played() {
    let text = "Rest a hand on the chest, if you like. ".repeat(200).into_bytes();
    let picture: Vec<u8> = (0..60_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let size = FRAMES as u32 * 2;
    for trailer in [text, picture] {
        // Their sizes are consistent, and those of a recorder that died as well.
        for riff_size in [size + 36, 0] {
            let heard = hear("a.wav", [wav(riff_size, size), trailer.clone()].concat());
            assert!(heard.frames == frames(), "{} frames", heard.frames.len());
            assert_eq!(heard.analysis.damage, ClipDamage::None);
        }
    }
}

#[test]
fn chunks_after_the_samples_are_ignored() {
    let size = FRAMES as u32 * 2;
    let list = chunk(b"LIST", 2_000, &[0x41; 2_000]);
    let tag = [b"TAG".to_vec(), vec![0x20; 125]].concat();
    for trailer in [list, tag, vec![0x55; 100], vec![0; 4_000], chunk(b"data", 0, &[])] {
        let heard = hear("a.wav", [wav(size + 36, size), trailer].concat());
        assert!(heard.frames == frames());
        assert_eq!(heard.analysis.damage, ClipDamage::None);
    }
}

#[test]
fn wav_beyond_four_gibibytes_is_read() {
    let size = u64::from(FRAMES as u32) * 2;
    let wide =
        |size: u64| chunk(b"ds64", 28, &[size.saturating_add(80), size, 0, 0].map(u64::to_le_bytes).concat()[..28]);
    for kind in [b"RF64", b"BW64"] {
        for (stated, whole) in [(size, true), (u64::MAX, true), (0, true), (4_000, false)] {
            let data = chunk(b"data", u32::MAX, &sound());
            let heard = hear("a.wav", riff(kind, u32::MAX, &[wide(stated), format(1, 16, 2), data]));
            assert!(heard.frames == frames(), "{stated}");
            assert_eq!(heard.analysis.damage == ClipDamage::None, whole, "{stated}");
        }
    }
}

#[test]
fn unreadable_metadata_is_ignored() {
    let data = || chunk(b"data", FRAMES as u32 * 2, &sound());
    let odd = chunk(b"LIST", 23, &[b"INFOISFT", &11_u32.to_le_bytes()[..], b"Lavf56.1.0\0"].concat());
    let unpadded = odd.clone();
    let padded = [odd, vec![0]].concat();
    let too_small = chunk(b"LIST", 8, &[b"INFOISFT", &9_u32.to_le_bytes()[..], b"\x01\x02\x03\x04"].concat());
    let item = [b"INFOISFT", &[0xff; 4][..]].concat();
    for metadata in [unpadded, padded, too_small, chunk(b"LIST", 12, &item), chunk(b"LIST", 1, b"\x07")] {
        let heard = hear("a.wav", riff(b"RIFF", 40_000, &[format(1, 16, 2), metadata, data()]));
        assert!(heard.frames == frames(), "{} frames", heard.frames.len());
        assert_eq!(heard.analysis.damage, ClipDamage::None);
    }
}

#[test]
fn samples_of_every_size_are_read() {
    // The additional low bits are zero, so the values are those of 16 bits.
    let stored = |bytes: fn(i16) -> Vec<u8>| tone().into_iter().flat_map(bytes).collect::<Vec<_>>();
    let cases = [
        ("12 bits", format(1, 12, 2), sound()),
        ("20 bits", format(1, 20, 3), stored(|sample| (i32::from(sample) << 8).to_le_bytes()[..3].to_vec())),
        ("24 of 32 bits", format(1, 24, 4), stored(|sample| (i32::from(sample) << 16).to_le_bytes().to_vec())),
        ("64-bit float", format(3, 64, 8), stored(|sample| (f64::from(sample) / 32_768.0).to_le_bytes().to_vec())),
    ];
    for (name, format, sound) in cases {
        let data = chunk(b"data", sound.len() as u32, &sound);
        let heard = hear("a.wav", riff(b"RIFF", data.len() as u32 + 28, &[format, data]));
        assert!(heard.frames == frames(), "{name}");
    }
}

#[test]
fn floating_point_samples_above_full_scale_are_kept() {
    let hot: Vec<f32> = frames().iter().map(|frame| frame[0] * 8.0).collect();
    let sound: Vec<u8> = hot.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let data = chunk(b"data", sound.len() as u32, &sound);
    let heard = hear("a.wav", riff(b"RIFF", data.len() as u32 + 28, &[format(3, 32, 4), data]));
    assert!(heard.frames.iter().map(|frame| frame[0]).eq(hot), "the samples are unchanged");
    assert_eq!(heard.analysis.statistics.clipped_runs, 0);
    let normal = hear("a.wav", wav(FRAMES as u32 * 2 + 36, FRAMES as u32 * 2)).analysis.loudness.integrated().unwrap();
    let louder = heard.analysis.loudness.integrated().unwrap() - normal;
    assert!((louder.0 - 18.06).abs() < 0.01, "{louder:?}");
}

/// Returns a 16-bit big-endian AIFF-C file with these header fields and `more` bytes in its COMM chunk.
fn aifc(frames: u32, more: usize, sound_size: u32) -> Vec<u8> {
    let name = |name: &[u8; 4], content: &[u8]| [name, &(content.len() as u32).to_be_bytes()[..], content].concat();
    let fields = [&1_u16.to_be_bytes()[..], &frames.to_be_bytes(), &16_u16.to_be_bytes()].concat();
    // 16 kHz as an 80-bit float.
    let rate = [0x40, 0x0c, 0xfa, 0, 0, 0, 0, 0, 0, 0];
    let common = name(b"COMM", &[&fields[..], &rate, b"twos", &vec![0x7f; more]].concat());
    let samples: Vec<u8> = tone().into_iter().flat_map(i16::to_be_bytes).collect();
    let sound = [b"SSND", &sound_size.to_be_bytes()[..], &[0; 8], &samples].concat();
    let marker = name(b"MARK", &[0xff; 6]);
    let content = [b"AIFC".to_vec(), name(b"FVER", &[0; 4]), common, marker, sound].concat();
    name(b"FORM", &content)
}

#[test]
fn aiff_with_wrong_counts_is_complete() {
    let size = FRAMES as u32 * 2 + 8;
    for (frames_stated, more, sound_size, damage) in [
        (FRAMES as u32, 0, size, ClipDamage::None),
        (FRAMES as u32, 432, size, ClipDamage::None),
        (0, 2, 0, ClipDamage::None),
        (0, 2, u32::MAX, ClipDamage::None),
        (FRAMES as u32, 2, 0, ClipDamage::None),
        (FRAMES as u32 / 2, 2, size, ClipDamage::Understated { frames: FRAMES as u64 / 2 }),
    ] {
        let heard = hear("a.aifc", aifc(frames_stated, more, sound_size));
        assert!(heard.frames == frames(), "{frames_stated}, {more}, {sound_size}: {}", heard.frames.len());
        assert_eq!(heard.analysis.damage, damage, "{frames_stated}, {more}, {sound_size}");
    }
}

/// Encodes sweeping tones as IMA ADPCM in AIFF-C.
fn ima_adpcm(path: &Path, channels: usize) {
    let tones = "0.4*sin(300*t*(1+t))+0.1*sin(9000*t)|0.3*cos(5000*t)";
    let source = format!("aevalsrc={}:s=22050:d=3", tones.split('|').take(channels).collect::<Vec<_>>().join("|"));
    let arguments = ["-v", "error", "-f", "lavfi", "-i", &source, "-c:a", "adpcm_ima_qt", path.to_str().unwrap()];
    assert!(Command::new("ffmpeg").args(arguments).status().unwrap().success());
}

#[test]
fn blocks_of_ima_adpcm_continue_the_ones_before() {
    let folder = tempfile::tempdir().unwrap();
    for channels in [1, 2] {
        let path = folder.path().join(format!("{channels}.aiff"));
        ima_adpcm(&path, channels);
        let heard = hear("a.aiff", fs::read(&path).unwrap());
        let samples: Vec<f32> = heard.frames.iter().flat_map(|frame| &frame[..channels]).copied().collect();
        let arguments = ["-v", "error", "-i", path.to_str().unwrap(), "-f", "f32le", "-"];
        let raw = Command::new("ffmpeg").args(arguments).output().unwrap().stdout;
        let witness: Vec<f32> = raw.as_chunks::<4>().0.iter().map(|sample| f32::from_le_bytes(*sample)).collect();
        assert_eq!(samples.len(), witness.len());
        let level = residual(&witness, &samples);
        assert!(level < -120.0, "{channels} channels differ by {level:.1} dB");
    }
}

#[test]
fn a_file_without_samples_is_empty() {
    let list = chunk(b"LIST", 40, &[0x41; 40]);
    let bytes = riff(b"RIFF", 84, &[format(1, 16, 2), chunk(b"data", 0, &[]), list]);
    let error = analyse(&ClipBytes::from_memory(bytes, "a.wav")).unwrap_err();
    assert_eq!(error.to_string(), "a.wav contains no audio");
}
