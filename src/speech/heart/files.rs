//! The files of a voice.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// A file of a voice.
pub(super) struct PackageFile {
    /// Its path in the package.
    pub(super) packed: &'static str,
    /// Its name in the folder of the installed voice.
    pub(super) name: &'static str,
    /// Its maximum size, in bytes.
    pub(super) max_bytes: u64,
}

/// The files of a voice: the acoustic model, its phonemes, the letter-to-sound model, its letters, and the licence terms.
pub(super) const FILES: [PackageFile; 6] = [
    PackageFile { packed: "hibari/assets/hibari.onnx", name: "acoustic.onnx", max_bytes: 32 << 20 },
    PackageFile { packed: "hibari/assets/vocab.json", name: "phonemes.json", max_bytes: 64 << 10 },
    PackageFile { packed: "hibari/assets/oov.onnx", name: "speller.onnx", max_bytes: 16 << 20 },
    PackageFile { packed: "hibari/assets/oov.json", name: "letters.json", max_bytes: 64 << 10 },
    PackageFile { packed: "hibari_tts-0.2.1.dist-info/licenses/LICENSE", name: "LICENSE", max_bytes: 256 << 10 },
    PackageFile { packed: "hibari_tts-0.2.1.dist-info/licenses/NOTICE", name: "NOTICE", max_bytes: 256 << 10 },
];

/// The contents of a voice's files.
pub(super) struct VoiceFiles {
    pub(super) acoustic: Vec<u8>,
    pub(super) symbols: Vec<u8>,
    pub(super) letter_to_sound: Vec<u8>,
    pub(super) alphabet: Vec<u8>,
}

impl VoiceFiles {
    /// Takes the contents in the order of [`FILES`].
    pub(super) fn from_contents(contents: Vec<Vec<u8>>) -> Option<Self> {
        let mut contents = contents.into_iter();
        let mut next = || contents.next();
        Some(Self { acoustic: next()?, symbols: next()?, letter_to_sound: next()?, alphabet: next()? })
    }
}

/// Returns the SHA-256 checksum of some bytes in hexadecimal.
pub(super) fn checksum(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
