//! Speaks a line with the built-in voice, and writes it into a WAV file.
//!
//! ```sh
//! cargo run --release --example speak -- PACKAGE "Let the shoulders rest." rest.wav
//! ```
//! PACKAGE is the voice's package as `scripts/setup` downloads it, or the folder that the voice is installed in.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use karuna::speech::heart::{NeuralSpeech, NeuralVoice, Pace, PackageTrust, VoicePackage};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [voice, text, output] = arguments.as_slice() else {
        return Err("usage: speak PACKAGE TEXT OUTPUT.wav".into());
    };
    let voice = PathBuf::from(voice);
    let began = Instant::now();
    let voice = if voice.is_dir() {
        NeuralVoice::load(&voice)?
    } else {
        VoicePackage::open(&voice, PackageTrust::Known)?.load()?
    };
    let loaded = began.elapsed();
    let speech = voice.speak(text, Pace::CALM)?;
    let spoken = began.elapsed().saturating_sub(loaded);
    write_wav(Path::new(output), &speech)?;
    let seconds = speech.samples.len() as f64 / f64::from(NeuralSpeech::SAMPLE_RATE);
    println!("loaded in {loaded:.2?}; {seconds:.2} s of speech in {spoken:.2?}");
    Ok(())
}

/// Writes 16-bit mono samples.
fn write_wav(path: &Path, speech: &NeuralSpeech) -> std::io::Result<()> {
    let size = u32::try_from(speech.samples.len() * 2).map_err(std::io::Error::other)?;
    let rate = NeuralSpeech::SAMPLE_RATE;
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    file.write_all(b"RIFF")?;
    file.write_all(&(36 + size).to_le_bytes())?;
    file.write_all(b"WAVEfmt \x10\0\0\0\x01\0\x01\0")?;
    file.write_all(&rate.to_le_bytes())?;
    file.write_all(&(rate * 2).to_le_bytes())?;
    file.write_all(b"\x02\0\x10\0data")?;
    file.write_all(&size.to_le_bytes())?;
    for sample in &speech.samples {
        file.write_all(&((sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16).to_le_bytes())?;
    }
    file.flush()
}
