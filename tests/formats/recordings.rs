//! Unusual files from other programs, phones and speech services are decoded completely, with a warning where their headers are
//! wrong.
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

mod flac;
mod m4a;
mod mp3;
mod ogg;
mod samples;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use karuna::engine::ClipReader;
use karuna::io::decode::{ClipAnalysis, ClipBytes, ClipDecoder, analyse};
use karuna::units::{Frame, Frames, SILENCE};

/// A completely decoded clip.
struct Heard {
    frames: Vec<Frame>,
    analysis: ClipAnalysis,
}

/// Decodes a clip completely, from its middle and from its first packet, which must give the same frames.
#[track_caller]
fn hear(name: &str, bytes: impl Into<Vec<u8>>) -> Heard {
    let bytes = ClipBytes::from_memory(bytes.into(), name);
    let mut clip = ClipDecoder::open(&bytes).unwrap_or_else(|error| panic!("{error}"));
    let mut frames = vec![SILENCE; clip.properties().frames.index()];
    clip.read(&mut frames);
    for start in [frames.len() / 2 + 7, 7] {
        let mut rest = vec![SILENCE; frames.len() - start];
        clip.seek(Frames(start as u64));
        clip.read(&mut rest);
        assert!(rest == frames[start..], "{name} is not the same from frame {start}");
    }
    let analysis = analyse(&bytes).unwrap();
    assert_eq!(analysis.properties, clip.properties());
    Heard { frames, analysis }
}

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/cases").join(name)
}

fn seed(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/clip").join(name)).unwrap()
}

/// Returns a file as decoded by ffmpeg, mixed down to mono at a rate.
fn witness(path: &Path, rate: u32) -> Vec<f32> {
    let rate = rate.to_string();
    let arguments = ["-v", "quiet", "-i", path.to_str().unwrap(), "-f", "f32le", "-ac", "1", "-ar", &rate, "-"];
    let raw = Command::new("ffmpeg").args(arguments).output().unwrap().stdout;
    raw.as_chunks::<4>().0.iter().map(|sample| f32::from_le_bytes(*sample)).collect()
}

/// Returns the level of the difference between two recordings relative to the first, in decibels.
fn residual(one: &[f32], other: &[f32]) -> f64 {
    let energy = |samples: &mut dyn Iterator<Item = f32>| samples.map(|sample| f64::from(sample).powi(2)).sum::<f64>();
    let signal = energy(&mut one.iter().copied());
    let difference = energy(&mut one.iter().zip(other).map(|(one, other)| one - other));
    10.0 * (difference / signal).log10()
}

/// Fails unless a recording matches the output of ffmpeg.
#[track_caller]
fn assert_like_witness(name: &str, heard: &Heard, most: f64) {
    let rate = heard.analysis.properties.rate.hertz();
    let witness = witness(&case(name), rate);
    assert!(heard.frames.len().abs_diff(witness.len()) <= 1152, "{} frames of {}", heard.frames.len(), witness.len());
    let mixed: Vec<f32> = heard.frames.iter().map(|[left, right]| (left + right) / 2.0).collect();
    let level = residual(&witness, &mixed);
    assert!(level < most, "{name} differs by {level:.1} dB");
}
