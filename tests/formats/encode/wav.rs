use karuna::io::encode::{AudioFileWriter, BitDepth, OutputFormat, Tags};
use karuna::units::{Frame, Frames, Rate, SILENCE};

use super::witness::{Folder, ffmpeg, ffprobe, phrases, text, write};

fn round_trip(depth: BitDepth, frames: &[Frame]) -> Vec<Frame> {
    let folder = Folder::new();
    let path = folder.file("a.wav");
    write(&path, 48_000, Some(depth), frames);
    ffmpeg(&path)
}

#[test]
fn floating_point_is_exact() {
    let frames = phrases(150_001, 48_000);
    assert_eq!(round_trip(BitDepth::Float32, &frames), frames);
}

#[test]
fn twenty_four_bits_are_exact_to_the_bit() {
    let step = 2_f32.powi(-23);
    let on_the_grid = |sample: f32| (sample / step).round() * step;
    let mut frames: Vec<Frame> = phrases(150_001, 48_000).iter().map(|frame| frame.map(on_the_grid)).collect();
    frames.extend([[-1.0, 1.0 - step], [step, -step]]);
    assert_eq!(round_trip(BitDepth::Int24, &frames), frames);
}

#[test]
fn samples_beyond_full_scale_are_clamped() {
    let read = round_trip(BitDepth::Int24, &[[2.0, -2.0], [1.0, -1.0]]);
    assert!(read.as_flattened().iter().all(|sample| sample.abs() > 0.9999), "{read:?}");
}

#[test]
fn sixteen_bits_are_dithered_and_silence_stays_silent() {
    let frames = phrases(150_001, 48_000);
    let read = round_trip(BitDepth::Int16, &frames);
    assert_eq!(read.len(), frames.len());
    for (read, wrote) in read.iter().zip(&frames) {
        if *wrote == SILENCE {
            assert_eq!(*read, SILENCE);
        }
        let error = (read[0] - wrote[0]).abs().max((read[1] - wrote[1]).abs());
        assert!(error <= 1.5 / 32_768.0, "{read:?} for {wrote:?}");
    }
}

#[test]
fn tags_are_readable() {
    let folder = Folder::new();
    let path = folder.file("a.WAV");
    write(&path, 44_100, None, &phrases(80_001, 44_100));
    let seen = ffprobe(&path);
    for line in [
        r#"format.tags.title="Glimmer · a first sitting""#,
        r#"format.tags.artist="Ānanda""#,
        r#"format.tags.copyright="CC-BY-4.0""#,
        r#"format.tags.language="en""#,
    ] {
        assert!(seen.contains(line), "{line} in {seen}");
    }
}

#[test]
fn trailing_silence_is_written() {
    let folder = Folder::new();
    let path = folder.file("a.wav");
    let format = OutputFormat::for_path(&path, Rate::DEFAULT, Some(BitDepth::Int16)).unwrap();
    let mut file = AudioFileWriter::create(&path, format, &Tags::default(), Frames(100_000)).unwrap();
    file.write_silence(Frames(100_000)).unwrap();
    file.finish().unwrap();
    assert_eq!(ffmpeg(&path), vec![SILENCE; 100_000]);
}

#[test]
fn a_day_of_audio_is_complete() {
    const DAY: u64 = 24 * 3600 * 48_000;
    let folder = Folder::new();
    let path = folder.file("a.wav");
    let format = OutputFormat::for_path(&path, Rate::DEFAULT, Some(BitDepth::Float32)).unwrap();
    let mut file = AudioFileWriter::create(&path, format, &Tags::default(), Frames(DAY)).unwrap();
    file.write_silence(Frames(DAY - 2)).unwrap();
    file.write(&[[0.5, 0.25]; 2]).unwrap();
    file.finish().unwrap();
    let seen = ffprobe(&path);
    assert!(seen.contains("duration_ts=4147200000"), "{seen}");
    let arguments = ["-v", "error", "-ss", "86399.9", "-i", text(&path), "-f", "f32le", "-"];
    let end = super::witness::floats(&super::witness::output("ffmpeg", &arguments));
    assert_eq!((end.len(), end[0], end[end.len() - 1]), (4_800, SILENCE, [0.5, 0.25]));
}
