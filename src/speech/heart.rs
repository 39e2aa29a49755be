//! `heart`, the built-in voice: a small neural network that speaks English, in this process.
//!
//! ```text
//! text ─► sentences ─► words as read ─► phonemes ─► frames of 12.5 ms ─► samples at 24 kHz
//!         with pauses   numbers spelt    misaki, or a rten: spectra,        pulses and noise,
//!                       out              model        pitch, durations      one inverse transform
//! ```
//!
//! The network is not part of the program. It is installed from a third-party package ([`VoicePackage`]); the grammar and the
//! dictionaries are those of `misaki-rs`.
//!
//! A [`NeuralVoice`] does all its work on a thread of its own. The memory of that thread is returned to the system as a whole when the
//! voice is dropped, one line never uses more than one core, and nothing depends on the scheduling of threads: the same text gives the
//! same samples. Only the network's arithmetic depends on the processor: the order of its sums depends on the width of the vector
//! instructions (AVX-512, AVX2, NEON or none), so two kinds of processor may differ in the last bits, and in rare cases by a frame in
//! a duration.

mod acoustic;
mod addresses;
mod error;
mod files;
mod frames;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod installed;
mod letter_to_sound;
mod model;
mod noise;
mod numbers;
mod package;
mod phonemes;
mod pulses;
mod reading;
mod sentences;
mod signs;
mod symbols;
mod trim;
mod vocoder;
mod voice;

#[cfg(test)]
mod tests;

use std::path::Path;

pub(crate) use error::NeuralVoiceError;
pub use package::{PackageTrust, VoicePackage};
pub use voice::{NeuralSpeech, NeuralVoice, Pace};

/// The name for `--voice`.
pub(crate) const NAME: &str = "heart";
/// The version of the synthesis. Changing it discards cached speech.
const METHOD: &str = "2";

/// Returns whether a voice is installed in a folder.
#[must_use]
pub(crate) fn is_installed(folder: &Path) -> bool {
    installed::is_installed(folder)
}

/// Removes an installed voice.
///
/// # Errors
/// If no voice is installed in the folder, or it can't be removed.
pub(crate) fn remove(folder: &Path) -> Result<(), NeuralVoiceError> {
    installed::remove(folder)
}

/// Returns everything that determines the sound of the voice in a folder; `None` if no voice is installed there.
#[must_use]
pub(crate) fn identity(folder: &Path) -> Option<String> {
    installed::package_checksum(folder).map(|checksum| format!("{METHOD} {checksum}"))
}
