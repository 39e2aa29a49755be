//! M4A, `QuickTime` and CAF: jittering timestamps, fragments, several tracks, and unsupported AAC.

use karuna::io::decode::ClipDamage;

use super::*;

/// Writes a file with ffmpeg from a sine of two seconds at 44.1 kHz.
fn encoded(name: &str, arguments: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let source = "-v error -y -f lavfi -i aevalsrc='0.3*sin(440*2*PI*t)*sin(3*t)':s=44100:d=2";
    let made =
        Command::new("ffmpeg").args(format!("{source} {arguments}").replace('\'', "").split(' ')).arg(&path).output();
    let made = made.unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    fs::read(path).unwrap()
}

#[test]
fn jittering_packet_times_leave_no_gaps() {
    for name in ["m4a-phone-timestamps.m4a", "m4a-stts-pair.m4a"] {
        let heard = hear("a.m4a", fs::read(case(name)).unwrap());
        // This is what the edit list says.
        assert_eq!(heard.frames.len(), 176_400);
        assert_eq!(heard.analysis.damage, ClipDamage::None);
        let witness = witness(&case(name), 44_100);
        let frames: Vec<f32> = heard.frames.iter().map(|frame| frame[0]).collect();
        // ffmpeg drops the start, which it takes for an early packet.
        let lag = if name.contains("phone") { frames.len() - witness.len().min(frames.len()) } else { 0 };
        let level = [0, lag, 1024, 726, 298]
            .map(|lag| residual(&witness[..170_000], &frames[lag..]))
            .into_iter()
            .fold(0.0, f64::min);
        assert!(level < -40.0, "{name} differs by {level:.1} dB");
    }
}

#[test]
fn fragments_follow_the_samples_of_the_sample_table() {
    let heard = hear("a.m4a", fs::read(case("m4a-hybrid-fragments.m4a")).unwrap());
    // According to the file's timestamps; ffmpeg plays the last packet to its end, 178,176 frames.
    assert_eq!(heard.frames.len(), 177_424);
    assert_eq!(heard.analysis.damage, ClipDamage::None);
    assert_like_witness("m4a-hybrid-fragments.m4a", &heard, -60.0);
    let whole = hear("a.m4a", encoded("a.m4a", "-c:a aac"));
    for flags in [
        "frag_keyframe+empty_moov",
        "frag_keyframe+empty_moov+default_base_moof",
        "frag_keyframe+empty_moov+omit_tfhd_offset",
    ] {
        let heard = hear("a.m4a", encoded("a.mp4", &format!("-c:a aac -movflags {flags} -frag_duration 300000")));
        assert!(heard.frames.len().abs_diff(whole.frames.len()) <= 2048, "{flags}: {}", heard.frames.len());
        assert_eq!(heard.analysis.damage, ClipDamage::None, "{flags}");
    }
}

#[test]
fn quicktime_and_core_audio_files_are_read() {
    let whole = hear("a.m4a", encoded("a.m4a", "-c:a alac"));
    assert_eq!(whole.frames.len(), 88_200);
    for (name, codec) in [
        ("a.mov", "alac"),
        ("a.m4b", "alac"),
        ("a.caf", "alac"),
        ("a.mov", "pcm_s16le"),
        ("a.mov", "pcm_s16be"),
        ("a.mov", "pcm_s24le"),
        ("a.caf", "pcm_s16be"),
        ("a.caf", "pcm_s16le"),
    ] {
        let format = if name == "a.m4b" { " -f ipod" } else { "" };
        let heard = hear(name, encoded(name, &format!("-c:a {codec} -sample_fmt {}{format}", sample_format(codec))));
        assert_eq!(heard.frames.len(), 88_200, "{codec} in {name}");
        let difference = heard.frames.iter().zip(&whole.frames).map(|(one, other)| (one[0] - other[0]).abs());
        assert!(difference.fold(0.0, f32::max) < 4.0 / 32_768.0, "{codec} in {name}");
    }
    for (name, bytes) in [
        ("a.mov", encoded("a.mov", "-c:a aac")),
        ("a.m4b", encoded("a.m4b", "-c:a aac -f ipod")),
        ("a.caf", core_audio_with_aac()),
    ] {
        let heard = hear(name, bytes);
        assert!((88_200..=90_200).contains(&heard.frames.len()), "AAC in {name}: {}", heard.frames.len());
        assert_eq!(heard.analysis.damage, ClipDamage::None, "AAC in {name}");
    }
}

/// Builds a CAF file with AAC, which ffmpeg 5 can't write, from the same packets in ADTS and the decoder configuration of an M4A file.
fn core_audio_with_aac() -> Vec<u8> {
    let (adts, m4a) = (encoded("a.aac", "-c:a aac"), encoded("a.m4a", "-c:a aac"));
    let configuration = m4a.windows(4).position(|name| name == b"esds").unwrap();
    let size = u32::from_be_bytes(m4a[configuration - 4..configuration].try_into().unwrap()) as usize;
    let (mut packets, mut sizes, mut rest) = (Vec::new(), Vec::new(), &adts[..]);
    while rest.len() > 7 {
        let frame = usize::from(rest[3] & 3) << 11 | usize::from(rest[4]) << 3 | usize::from(rest[5]) >> 5;
        packets.extend(&rest[7..frame]);
        sizes.push(frame - 7);
        rest = &rest[frame..];
    }
    let frames = 1024 * sizes.len() as u64;
    let mut table = [(sizes.len() as u64).to_be_bytes(), frames.to_be_bytes(), [0; 8]].concat();
    for size in sizes {
        // Seven bits a byte, the most significant ones first.
        table.extend([(size >> 7) as u8 | 0x80, size as u8 & 0x7f]);
    }
    let description =
        [&44_100_f64.to_be_bytes()[..], b"aac ", &[0; 8], &1024_u32.to_be_bytes(), &[0, 0, 0, 1], &[0; 4]];
    let mut file = b"caff\0\x01\0\0".to_vec();
    for (name, content) in [
        (b"desc", description.concat()),
        (b"kuki", m4a[configuration + 8..configuration - 4 + size].to_vec()),
        (b"pakt", table),
        (b"data", [&[0; 4][..], &packets].concat()),
    ] {
        file.extend(name);
        file.extend((content.len() as u64).to_be_bytes());
        file.extend(content);
    }
    file
}

fn sample_format(codec: &str) -> &str {
    match codec {
        "alac" => "s16p",
        "pcm_s24le" => "s32",
        _ => "s16",
    }
}

#[test]
fn the_first_decodable_track_is_used() {
    let two = "-f lavfi -i anullsrc=r=48000:cl=stereo:d=1 -map 1 -map 0 -c:a:0 ac3 -c:a:1 aac";
    let heard = hear("a.mp4", encoded("a.mp4", two));
    assert_eq!((heard.analysis.properties.rate.hertz(), heard.analysis.properties.channels), (44_100, 1));
    let video = "-f lavfi -i color=s=16x16:d=1 -map 1 -map 0 -c:v mpeg4 -c:a aac";
    assert!((80_000..100_000).contains(&hear("a.mov", encoded("a.mov", video)).frames.len()));
}

#[test]
fn an_unknown_duration_loses_no_frames() {
    let mut bytes = encoded("a.m4a", "-c:a aac -write_tmcd 0 -use_editlist 0");
    let header = bytes.windows(4).position(|name| name == b"mdhd").unwrap();
    bytes[header + 20..header + 24].fill(0xff);
    let heard = hear("a.m4a", bytes);
    assert!((88_200..92_000).contains(&heard.frames.len()), "{}", heard.frames.len());
}

/// Some encoders of audiobooks write the flag of a core coder without its description.
#[test]
fn a_false_flag_in_the_configuration_of_aac_loses_nothing() {
    let mut bytes = seed("aac.m4a");
    let config = bytes.windows(5).position(|tag| tag == [0x05, 0x80, 0x80, 0x80, 0x05]).unwrap();
    bytes[config + 4] = 2;
    bytes[config + 6] |= 0x02;
    assert!(hear("a.m4a", bytes).frames == hear("a.m4a", seed("aac.m4a")).frames);
}

#[test]
fn high_efficiency_aac_is_refused() {
    let mut bytes = seed("aac.m4a");
    let config = bytes.windows(2).position(|tag| tag == [0x05, 0x80]).unwrap();
    // The first object type is that of spectral band replication.
    bytes[config + 5] = bytes[config + 5] & 0x07 | 5 << 3;
    let error = analyse(&ClipBytes::from_memory(bytes, "a.m4a")).unwrap_err();
    let expected = "a.m4a has an encoding that can't be played: AAC is supported as AAC-LC in mono or stereo only";
    assert_eq!(error.to_string(), expected);
}
