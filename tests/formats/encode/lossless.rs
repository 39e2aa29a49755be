use karuna::io::encode::BitDepth;
use karuna::units::{Frame, SILENCE};

use super::witness::{Folder, ffmpeg, output, phrases, text, write};

const STEP: f32 = 1.0 / 8_388_608.0;

fn on_the_grid(frames: &[Frame]) -> Vec<Frame> {
    frames
        .iter()
        .map(|frame| frame.map(|sample| (sample / STEP).round().clamp(-8_388_608.0, 8_388_607.0) * STEP))
        .collect()
}

/// Returns reproducible noise, with equal channels unless `is_wide`.
fn noise(frames: usize, amplitude: f32, is_wide: bool) -> Vec<Frame> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / 8_388_608.0 - 1.0) * amplitude
    };
    let frame = |_| {
        let left = next();
        [left, if is_wide { next() } else { left }]
    };
    (0..frames).map(frame).collect()
}

/// The flac program also verifies the checksums of each frame and of the whole stream.
fn round_trip(frames: &[Frame], rate: u32) {
    let folder = Folder::new();
    let path = folder.file("a.flac");
    let frames = on_the_grid(frames);
    write(&path, rate, Some(BitDepth::Int24), &frames);
    output("flac", &["--test", "--silent", "--warnings-as-errors", text(&path)]);
    assert!(ffmpeg(&path) == frames, "the samples differ");
}

#[test]
fn flac_is_exact_to_the_bit() {
    round_trip(&phrases(150_001, 48_000), 48_000);
    round_trip(&noise(20_000, 1.0, true), 44_100);
    round_trip(&noise(20_000, 0.001, false), 96_000);
    round_trip(&noise(9_000, 4.0, true), 12_345);
}

#[test]
fn flac_of_extremes_is_exact() {
    let square = |index: usize| if (index / 50_usize).is_multiple_of(2) { [1.0, -1.0] } else { [-1.0, 1.0] };
    round_trip(&(0..30_000).map(square).collect::<Vec<_>>(), 48_000);
    let mut clicks = vec![SILENCE; 30_000];
    for index in (0..30_000).step_by(999) {
        clicks[index] = [1.0, -1.0];
    }
    round_trip(&clicks, 48_000);
    round_trip(&vec![[0.25, -0.5]; 10_000], 48_000);
}

#[test]
fn flac_of_any_length_is_complete() {
    for length in [1, 2, 15, 24, 25, 4_095, 4_096, 4_097, 8_192] {
        round_trip(&noise(length, 0.5, true), 48_000);
        round_trip(&phrases(length, 48_000), 48_000);
    }
    round_trip(&vec![SILENCE; 50_000], 48_000);
}

#[test]
fn flac_and_wav_of_16_bits_have_equal_samples() {
    let folder = Folder::new();
    let frames = phrases(150_001, 48_000);
    for name in ["a.flac", "a.wav"] {
        write(&folder.file(name), 48_000, Some(BitDepth::Int16), &frames);
    }
    output("flac", &["--test", "--silent", "--warnings-as-errors", text(&folder.file("a.flac"))]);
    assert!(ffmpeg(&folder.file("a.flac")) == ffmpeg(&folder.file("a.wav")), "the samples differ");
}

#[test]
fn flac_compresses_about_as_well_as_libflac() {
    let folder = Folder::new();
    let (wav, ours, theirs) = (folder.file("a.wav"), folder.file("a.flac"), folder.file("b.flac"));
    let mut frames = phrases(480_000, 48_000);
    for (frame, noise) in frames.iter_mut().zip(noise(480_000, 0.01, false)) {
        *frame = [frame[0] + noise[0], frame[1] + noise[1]];
    }
    write(&wav, 48_000, None, &frames);
    write(&ours, 48_000, None, &frames);
    output("flac", &["--silent", "-5", "-o", text(&theirs), text(&wav)]);
    let size = |path: &std::path::Path| path.metadata().unwrap().len() as f64;
    assert!(size(&ours) < 1.02 * size(&theirs), "{} and {}", size(&ours), size(&theirs));
}

#[test]
fn flac_can_be_decoded_from_any_position() {
    let folder = Folder::new();
    let path = folder.file("a.flac");
    let frames = on_the_grid(&phrases(1_440_000, 48_000));
    write(&path, 48_000, None, &frames);
    let arguments = ["--silent", "--decode", "--stdout", "--force-raw-format", "--endian=little", "--sign=signed"];
    let raw = output("flac", &[&arguments[..], &["--skip=1234567", "--until=1234577", text(&path)]].concat());
    let read: Vec<Frame> = raw
        .as_chunks::<6>()
        .0
        .iter()
        .map(|bytes| {
            let sample = |at: usize| i32::from_le_bytes([0, bytes[at], bytes[at + 1], bytes[at + 2]]) >> 8;
            [sample(0), sample(3)].map(|sample| sample as f32 * STEP)
        })
        .collect();
    assert_eq!(read, frames[1_234_567..1_234_577]);
}
