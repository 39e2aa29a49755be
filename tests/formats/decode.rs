//! Ten seconds of clicks in every format: length and positions, of complete, truncated and damaged files, and after seeking.
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use karuna::engine::ClipReader;
use karuna::io::decode::{ClipBytes, ClipDamage, ClipDecoder, analyse};
use karuna::units::{Frame, Frames, SILENCE};
use serde_json::Value;

/// A test file and its expected properties.
struct Sample {
    file: String,
    rate: u64,
    lossless: bool,
    frames: u64,
    clicks: Vec<u64>,
}

/// Encoded by other programs, once for all tests.
static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    let _ = fs::remove_dir_all(folder());
    fs::create_dir_all(folder()).unwrap();
    let made = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig/formats.py")).arg(folder()).output();
    let made = made.unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let truth: Value = serde_json::from_slice(&fs::read(folder().join("truth.json")).unwrap()).unwrap();
    let sample = |truth: &Value| Sample {
        file: truth["file"].as_str().unwrap().to_owned(),
        rate: truth["rate"].as_u64().unwrap(),
        lossless: truth["lossless"].as_bool().unwrap(),
        frames: truth["frames"].as_u64().unwrap(),
        clicks: truth["clicks"].as_array().unwrap().iter().map(|click| click.as_u64().unwrap()).collect(),
    };
    truth.as_array().unwrap().iter().map(sample).collect()
});

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("formats")
}

fn open(path: &Path) -> ClipDecoder {
    let name = path.file_name().unwrap().to_str().unwrap();
    ClipDecoder::open(&ClipBytes::from_file(File::open(path).unwrap(), name).unwrap()).unwrap()
}

fn decode(path: &Path) -> Vec<Frame> {
    let mut clip = open(path);
    let mut frames = vec![SILENCE; clip.properties().frames.index()];
    clip.read(&mut frames);
    frames
}

/// Returns the offset of the highest peak within 5 ms of a frame, if it is a click.
fn click(frames: &[Frame], place: u64) -> Option<i64> {
    let from = (place as usize).saturating_sub(220);
    let near = frames.get(from..(from + 440).min(frames.len()))?;
    let height = |frame: &Frame| frame[0].abs().max(frame[1].abs());
    let peak = (0..near.len()).max_by(|a, b| height(&near[*a]).total_cmp(&height(&near[*b])))?;
    (height(&near[peak]) > 0.12).then(|| (from + peak).cast_signed() as i64 - place.cast_signed())
}

fn karuna(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_karuna"))
        .args(arguments)
        .env("XDG_CACHE_HOME", folder().join("cache"))
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code().is_some_and(|code| code < 2), "{printed}");
    serde_json::from_slice(&output.stdout).unwrap_or(Value::String(printed))
}

#[test]
fn every_format_keeps_the_length_and_the_positions_of_clicks() {
    for sample in &*SAMPLES {
        let frames = decode(&folder().join(&sample.file));
        assert_eq!(frames.len() as u64, sample.frames, "{}", sample.file);
        let most = i64::from(!sample.lossless);
        for place in &sample.clicks {
            let off = click(&frames, *place).unwrap();
            assert!(off.abs() <= most, "{} at {place}: {off}", sample.file);
        }
        if sample.lossless {
            let wav = decode(&folder().join(format!("{}k-wav16.wav", sample.rate / 1000)));
            assert!(frames == wav, "{} is not the original", sample.file);
        }
    }
}

#[test]
fn the_clicks_are_in_place_in_sessions_of_both_rates() {
    let segment = |sample: &Sample| format!("[[segment]]\nclip = \"{}\"\n", sample.file);
    let segments: String = SAMPLES.iter().map(segment).collect();
    let manifest = folder().join("all.toml").to_str().unwrap().to_owned();
    fs::write(&manifest, format!("format = 1\ntitle = \"all\"\n{segments}")).unwrap();
    for rate in [44_100, 48_000] {
        let wav = folder().join(format!("all-{rate}.wav"));
        let rate_text = rate.to_string();
        karuna(&["render", &manifest, "-o", wav.to_str().unwrap(), "--rate", &rate_text, "--bits", "32f"]);
        let frames = decode(&wav);
        let timeline = karuna(&["show", &manifest, "--json", "--rate", &rate_text]);
        for (sample, segment) in SAMPLES.iter().zip(timeline["segments"].as_array().unwrap()) {
            let at_rate = |frames: u64| (frames * rate + sample.rate / 2) / sample.rate;
            let (start, length) = (segment["start"].as_u64().unwrap(), segment["frames"].as_u64().unwrap());
            assert!(length.abs_diff(at_rate(sample.frames)) <= 1, "{} lasts {length}", sample.file);
            for place in &sample.clicks {
                let off = click(&frames, start + at_rate(*place)).unwrap();
                let most = i64::from(sample.rate != rate) + i64::from(!sample.lossless);
                assert!(off.abs() <= most, "{} at {place} of {rate} Hz: {off}", sample.file);
            }
        }
    }
}

#[test]
fn the_samples_are_the_same_after_any_seek() {
    for sample in &*SAMPLES {
        let path = folder().join(&sample.file);
        let frames = decode(&path);
        let mut clip = open(&path);
        for start in [sample.frames - 10, 300_001, 7, 123_456, 0, 262_144] {
            clip.seek(Frames(start));
            let mut read = vec![[f32::NAN; 2]; 5_000];
            clip.read(&mut read);
            let mut expected = frames[start as usize..frames.len().min(start as usize + 5_000)].to_vec();
            expected.resize(5_000, SILENCE);
            assert!(read == expected, "{} from {start}", sample.file);
        }
    }
}

/// Returns whether a format stores its length before the audio, so that a truncated file keeps its length.
fn has_stored_length(file: &str) -> bool {
    !(file.contains("no-tag") || file.contains("vorbis") || file.contains("opus"))
}

#[test]
fn truncated_and_damaged_clips_are_reported_and_keep_their_length() {
    let (mut segments, mut damaged) = (String::new(), Vec::new());
    for sample in &*SAMPLES {
        let whole = fs::read(folder().join(&sample.file)).unwrap();
        let half = whole.len() / 2;
        for (how, bytes) in [
            ("cut", whole[..whole.len() * 6 / 10].to_vec()),
            ("hole", [&whole[..half], &vec![0x55; 1000][..], &whole[half + 1000..]].concat()),
        ] {
            // Damage in PCM can't be detected.
            if how == "hole" && (sample.file.contains("wav") || sample.file.contains("aiff")) {
                continue;
            }
            let name = format!("{how}-{}", sample.file);
            fs::write(folder().join(&name), bytes).unwrap();
            segments.push_str(&format!("[[segment]]\nclip = \"{name}\"\n"));
            damaged.push((sample, how, name));
        }
    }
    let manifest = folder().join("damaged.toml");
    fs::write(&manifest, format!("format = 1\ntitle = \"damaged\"\n{segments}")).unwrap();
    let report = karuna(&["check", manifest.to_str().unwrap(), "--json"]);
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == "clip-damaged");
    let messages: Vec<_> = findings.map(|finding| finding["message"].as_str().unwrap()).collect();
    for (sample, how, name) in damaged {
        // ALAC has no checksums, so damage is not always detected.
        if !name.contains("alac") || how == "cut" {
            assert_eq!(
                messages.iter().filter(|message| message.starts_with(&name)).count(),
                1,
                "{name} in {messages:?}"
            );
        }
        let frames = decode(&folder().join(&name));
        let length = frames.len() as u64;
        if how == "hole" {
            // Without a tag, the length of a VBR file may be off by one MP3 frame.
            let most = if name.contains("vbr-no-tag") { 1152 } else { 0 };
            assert!(length.abs_diff(sample.frames) <= most, "{name} lasts {length}");
        } else if has_stored_length(&name) {
            assert_eq!(length, sample.frames, "{name}");
        } else {
            assert!(length > sample.frames * 5 / 10, "{name} lasts {length}");
        }
        let expected = sample.clicks.iter().filter(|place| match how {
            "cut" => **place < sample.frames / 2,
            _ => **place < sample.frames * 35 / 100 || **place > sample.frames * 72 / 100,
        });
        if how == "cut" || !name.contains("vbr-no-tag") {
            for place in expected {
                let off = click(&frames, *place);
                assert!(off.is_some_and(|off| off.abs() <= i64::from(!sample.lossless)), "{name} at {place}: {off:?}");
            }
        }
    }
}

#[test]
fn a_damaged_first_page_loses_only_its_own_frames() {
    for (sample, first) in SAMPLES.iter().filter_map(|sample| Some((sample, sample.file.find(".o")?))) {
        let mut bytes = fs::read(folder().join(&sample.file)).unwrap();
        let pages: Vec<_> =
            bytes.windows(4).enumerate().filter(|(_, mark)| mark == b"OggS").map(|(at, _)| at).collect();
        bytes[pages[2] + 200] ^= 1;
        let path = folder().join(format!("first-page-{first}-{}", sample.file));
        fs::write(&path, bytes).unwrap();
        let frames = decode(&path);
        assert_eq!(frames.len() as u64, sample.frames, "{}", sample.file);
        let heard = sample.clicks.iter().filter(|place| click(&frames, **place) == Some(0)).count();
        assert!((14..20).contains(&heard), "{}: {heard} clicks", sample.file);
        let bytes = ClipBytes::from_file(File::open(&path).unwrap(), "a").unwrap();
        assert!(matches!(analyse(&bytes).unwrap().damage, ClipDamage::Gaps { first: 0, .. }), "{}", sample.file);
    }
}

/// Encodes a tone in each channel in turn, and returns its downmixed left and right levels relative to the loudest.
fn fold(channels: usize, layout: &str, name: &str, codec: &str) -> Vec<[f64; 2]> {
    const TURN: usize = 12_000;
    let folder = folder().join("channels");
    fs::create_dir_all(&folder).unwrap();
    let (raw, file) = (folder.join(format!("{channels}-{name}.raw")), folder.join(format!("{channels}-{name}")));
    let mut samples = vec![0_u8; 0];
    for frame in 0..TURN * channels {
        for channel in 0..channels {
            let (moment, within) = (frame as f32 / 48_000.0, (frame % TURN) as f32 / TURN as f32);
            let sounds = f32::from(u8::from(frame / TURN == channel));
            let sample = sounds * 0.5 * (within * std::f32::consts::PI).sin() * (moment * 2_500.0).sin();
            samples.extend(sample.to_le_bytes());
        }
    }
    fs::write(&raw, samples).unwrap();
    let arguments = format!(
        "-y -v error -f f32le -ar 48000 -ac {channels} -ch_layout {layout} -i {} {codec} -ch_layout {layout} {}",
        raw.display(),
        file.display()
    );
    let made = Command::new("ffmpeg").args(arguments.split_ascii_whitespace()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let frames = decode(&file);
    assert_eq!(frames.len(), TURN * channels);
    let level =
        |turn: &[Frame], side: usize| turn.iter().map(|frame| f64::from(frame[side]).powi(2)).sum::<f64>().sqrt();
    let levels: Vec<_> = frames.chunks(TURN).map(|turn| [level(turn, 0), level(turn, 1)]).collect();
    let loudest = levels.as_flattened().iter().fold(0.0, |loudest: f64, level| loudest.max(*level));
    levels.iter().map(|levels| levels.map(|level| level / loudest)).collect()
}

/// ITU-R BS.775: centre and surrounds at −3 dB, LFE omitted.
const DOWN: f64 = std::f64::consts::FRAC_1_SQRT_2;

#[test]
fn multichannel_clips_are_downmixed_by_bs_775() {
    LazyLock::force(&SAMPLES);
    let (left, right, centre, low) = ([1.0, 0.0], [0.0, 1.0], [DOWN; 2], [0.0; 2]);
    let (left_down, right_down) = ([DOWN, 0.0], [0.0, DOWN]);
    let layouts: [(&str, &[[f64; 2]]); 8] = [
        ("mono", &[[1.0; 2]]),
        ("stereo", &[left, right]),
        ("3.0", &[left, right, centre]),
        ("quad", &[left, right, left_down, right_down]),
        ("5.0", &[left, right, centre, left_down, right_down]),
        ("5.1", &[left, right, centre, low, left_down, right_down]),
        ("6.1", &[left, right, centre, low, centre, left_down, right_down]),
        ("7.1", &[left, right, centre, low, left_down, right_down, left_down, right_down]),
    ];
    let codecs = [
        ("a.wav", "-c:a pcm_s24le"),
        ("a.aiff", "-c:a pcm_s16be"),
        ("a.flac", "-c:a flac"),
        ("a.ogg", "-c:a libvorbis -q:a 8"),
        ("a.opus", "-c:a libopus -b:a 256k"),
    ];
    for (layout, weights) in layouts {
        for (name, codec) in codecs {
            let family = if name == "a.opus" && weights.len() > 2 { " -mapping_family 1" } else { "" };
            let heard = fold(weights.len(), layout, name, &format!("{codec}{family}"));
            for (channel, (heard, weight)) in heard.iter().zip(weights).enumerate() {
                let off = (heard[0] - weight[0]).abs().max((heard[1] - weight[1]).abs());
                assert!(off < 0.01, "channel {channel} of {layout} in {name}: {heard:?}, not {weight:?}");
            }
        }
    }
}

#[test]
fn samples_beyond_full_scale_and_nan_are_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wild.wav");
    let wild = [0.5, f32::NAN, 4.0, f32::INFINITY, -7.0, f32::NEG_INFINITY, f32::MIN_POSITIVE / 2.0, -0.25];
    let data: Vec<u8> = wild.iter().cycle().take(80_000).flat_map(|sample| sample.to_le_bytes()).collect();
    let mut wav = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x03\0\x02\0\x80\xbb\0\0\0\xdc\x05\0\x08\0\x20\0data".to_vec();
    wav.extend((data.len() as u32).to_le_bytes());
    wav.extend(data);
    let size = (wav.len() as u32 - 8).to_le_bytes();
    wav[4..8].copy_from_slice(&size);
    fs::write(&path, wav).unwrap();
    let frames = decode(&path);
    assert_eq!(frames.len(), 40_000);
    assert_eq!(frames[..3], [[0.5, 0.0], [4.0, 0.0], [-7.0, 0.0]]);
    assert!(frames.as_flattened().iter().all(|sample| sample.is_finite()));
    let analysis = analyse(&ClipBytes::from_file(File::open(&path).unwrap(), "wild.wav").unwrap()).unwrap();
    assert!(analysis.loudness.integrated().unwrap().0.is_finite());
}
