//! Generated recordings for the missing clips of a manifest.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Returns the clips of a manifest, each with its words, if it has any.
fn clips(value: &toml::Value, found: &mut Vec<(String, Option<String>)>) {
    match value {
        toml::Value::Table(table) => {
            let text = |key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
            found.extend(text("clip").map(|clip| (clip, text("say"))));
            table.values().for_each(|value| clips(value, found));
        }
        toml::Value::Array(items) => items.iter().for_each(|value| clips(value, found)),
        _ => {}
    }
}

fn missing(folder: &Path, manifest: &str) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    if let Ok(table) = toml::from_str(manifest) {
        clips(&toml::Value::Table(table), &mut found);
    }
    found.retain(|(clip, _)| !clip.contains("..") && !folder.join(clip).exists());
    found
}

/// Writes a recording for each clip, with one tone per word at the pace of calm speech.
pub(crate) fn tones(folder: &Path, manifest: &str) {
    const RATE: u32 = 16_000;
    for (clip, words) in missing(folder, manifest) {
        let words = words.map_or(6, |words| words.split_whitespace().count());
        let mut samples = vec![0_i16; RATE as usize / 4];
        for _ in 0..words {
            samples.extend((0..RATE / 10 * 4).map(|sample| {
                let time = f64::from(sample) / f64::from(RATE);
                let envelope = (std::f64::consts::PI * (time / 0.2).min(1.0)).sin();
                (4_000.0 * envelope * (std::f64::consts::TAU * 300.0 * time).sin()) as i16
            }));
        }
        samples.resize(samples.len() + RATE as usize / 4, 0);
        // Room noise.
        samples.iter_mut().zip((0..13_i16).cycle()).for_each(|(sample, place)| *sample += place * 7 % 13 % 3 - 1);
        fs::write(folder.join(clip), wav(RATE, &samples)).expect("a recording can be written");
    }
}

fn wav(rate: u32, samples: &[i16]) -> Vec<u8> {
    let length = u32::try_from(samples.len() * 2).expect("a short recording");
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(length.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

/// Writes a recording for each clip: its words as synthetic speech, with half a second before and after it and faint noise.
pub(crate) fn speech(folder: &Path, manifest: &str) {
    for (clip, words) in missing(folder, manifest) {
        let (spoken, target) = (folder.join("spoken.wav"), folder.join(clip));
        fs::create_dir_all(target.parent().expect("a folder")).expect("the folder can be created");
        let mut engine = Command::new("espeak-ng")
            .args(["-v", "en-us", "-s", "120", "-b", "1", "--stdin", "-w"])
            .arg(&spoken)
            .stdin(Stdio::piped())
            .spawn()
            .expect("espeak-ng, which scripts/setup --for-tests installs");
        let words = words.expect("a line to speak");
        engine.stdin.take().expect("a pipe").write_all(words.as_bytes()).expect("the words are taken");
        assert!(engine.wait().expect("it ends").success());
        let padded =
            Command::new("sox").arg(&spoken).arg(&target).args(["pad", "0.5", "0.5", "gain", "-3", "dither"]).status();
        assert!(padded.expect("sox, which scripts/setup --for-tests installs").success());
        fs::remove_file(spoken).expect("the file was there");
    }
}
