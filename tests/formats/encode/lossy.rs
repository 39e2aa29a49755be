use std::path::Path;

use karuna::units::{Frame, SILENCE};

#[cfg(feature = "mp3")]
use super::witness::floats;
use super::witness::{Folder, ffmpeg, output, phrases, text, write};

const LENGTH: usize = 150_001;

/// Returns the RMS level of one channel, in decibels.
fn level(frames: &[Frame], channel: usize) -> f64 {
    let energy: f64 = frames.iter().map(|frame| f64::from(frame[channel]).powi(2)).sum();
    10.0 * (energy / frames.len() as f64).max(1e-10).log10()
}

/// Fails unless the decoded frames have the length of the original, and its level within 0.3 dB, in total and per second.
fn compare(read: &[Frame], wrote: &[Frame]) {
    assert_eq!(read.len(), wrote.len());
    for channel in 0..2 {
        for (read, wrote) in read.chunks(30_000).zip(wrote.chunks(30_000)).filter(|(_, wrote)| wrote.len() == 30_000) {
            let (read, wrote) = (level(read, channel), level(wrote, channel));
            assert!((read - wrote).abs() < 0.3, "{read} dB for {wrote} dB");
        }
    }
    // The tone fades in, so an encoded phrase may cross the threshold a period or two earlier.
    let swell = |frames: &[Frame]| frames.iter().position(|frame| frame[0].abs() > 0.3).unwrap();
    assert!(swell(read).abs_diff(swell(wrote)) <= 2000, "{} for {}", swell(read), swell(wrote));
}

fn written(folder: &Folder, name: &str, rate: u32) -> (std::path::PathBuf, Vec<Frame>) {
    let path = folder.file(name);
    let frames = phrases(LENGTH, rate);
    write(&path, rate, None, &frames);
    (path, frames)
}

fn decoded_to_wav(program: &str, arguments: &[&str], folder: &Folder) -> Vec<Frame> {
    output(program, arguments);
    ffmpeg(&folder.file("decoded.wav"))
}

#[test]
fn vorbis_is_complete() {
    let folder = Folder::new();
    for rate in [44_100, 48_000, 96_000, 192_000] {
        let (path, frames) = written(&folder, "a.ogg", rate);
        let wav = folder.file("decoded.wav");
        compare(&decoded_to_wav("oggdec", &["-Q", "-o", text(&wav), text(&path)], &folder), &frames);
    }
}

#[test]
fn opus_is_complete() {
    let folder = Folder::new();
    let (path, frames) = written(&folder, "a.opus", 48_000);
    compare(&ffmpeg(&path), &frames);
    let wav = folder.file("decoded.wav");
    compare(&decoded_to_wav("opusdec", &["--quiet", "--float", text(&path), text(&wav)], &folder), &frames);
}

#[test]
fn opus_of_any_length_is_complete() {
    let folder = Folder::new();
    let path = folder.file("a.opus");
    for length in [1, 647, 648, 649, 960, 961, 48_000 * 3] {
        write(&path, 48_000, None, &vec![[0.1, 0.2]; length]);
        let wav = folder.file("decoded.wav");
        let read = decoded_to_wav("opusdec", &["--quiet", "--float", text(&path), text(&wav)], &folder);
        assert_eq!(read.len(), length);
    }
}

#[test]
#[cfg(feature = "mp3")]
fn mp3_is_whole() {
    let folder = Folder::new();
    for rate in [8_000, 16_000, 44_100, 48_000] {
        let (path, frames) = written(&folder, "a.mp3", rate);
        compare(&ffmpeg(&path), &frames);
        compare(&floats(&output("mpg123", &["-q", "-e", "f32", "-s", text(&path)])), &frames);
    }
}

#[test]
fn silence_stays_silent() {
    let folder = Folder::new();
    let names: &[&str] = if cfg!(feature = "mp3") { &["a.ogg", "a.opus", "a.mp3"] } else { &["a.ogg", "a.opus"] };
    for name in names {
        let path = folder.file(name);
        write(&path, 48_000, None, &vec![SILENCE; 100_000]);
        // ffmpeg does not trim the padding of a Vorbis file with a single page.
        let read = match *name {
            "a.ogg" => {
                let wav = folder.file("decoded.wav");
                decoded_to_wav("oggdec", &["-Q", "-o", text(&wav), text(&path)], &folder)
            }
            _ => ffmpeg(&path),
        };
        assert_eq!(read.len(), 100_000, "{name}");
        let peak = read.as_flattened().iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!(peak < 1e-4, "{name}: {peak}");
    }
}

#[test]
fn encoding_is_reproducible() {
    let folder = Folder::new();
    let bytes = |path: &Path| {
        write(path, 48_000, None, &phrases(LENGTH, 48_000));
        std::fs::read(path).unwrap()
    };
    for format in karuna::io::encode::FileFormat::WRITABLE {
        let name = |stem: &str| format!("{stem}.{}", format.extension());
        assert!(bytes(&folder.file(&name("a"))) == bytes(&folder.file(&name("b"))), "{format} differs");
    }
}
