//! What was published into a folder, so that it can be replaced by publishing the same session again.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::io::library::{ManifestFile, ManifestOrigin};

/// The file in the output folder that holds the record.
pub(super) const FILE_NAME: &str = ".karuna-published.json";
/// A larger record is not read.
const MAX_BYTES: u64 = 4 << 20;

/// What was published from: a session, or a folder of sessions. It tells nothing about paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct SourceId(String);

impl SourceId {
    /// Identifies a session by where its manifest is.
    pub(super) fn of_session(manifest: &ManifestFile) -> Self {
        match &manifest.origin {
            ManifestOrigin::Bundled => Self::new("bundled", manifest.name.as_bytes()),
            ManifestOrigin::Folders(_) => Self::of_path("session", &manifest.path),
        }
    }

    /// Identifies a folder of sessions.
    pub(super) fn of_folder(folder: &Path) -> Self {
        Self::of_path("folder", folder)
    }

    fn of_path(kind: &str, path: &Path) -> Self {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        Self::new(kind, path.as_os_str().as_encoded_bytes())
    }

    fn new(kind: &str, name: &[u8]) -> Self {
        Self(HEXLOWER.encode(&Sha256::new().chain_update(kind).chain_update([0]).chain_update(name).finalize()))
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The files that were published into a folder, by name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct PublicationRecord {
    files: BTreeMap<String, PublishedFile>,
}

/// A file that was published.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PublishedFile {
    pub(super) source: SourceId,
    /// Of its content, in hexadecimal digits.
    pub(super) sha256: String,
    /// When it was first published, in seconds since 1970.
    pub(super) published: u64,
}

impl PublicationRecord {
    /// Reads the record of a folder. Without a readable one, nothing was published there.
    pub(super) fn read(folder: &Path) -> Self {
        let read = || {
            let mut text = String::new();
            File::open(folder.join(FILE_NAME)).ok()?.take(MAX_BYTES).read_to_string(&mut text).ok()?;
            serde_json::from_str(&text).ok()
        };
        read().unwrap_or_default()
    }

    /// Returns what is known of a file.
    pub(super) fn get(&self, name: &str) -> Option<&PublishedFile> {
        self.files.get(name)
    }

    /// Notes a file.
    pub(super) fn insert(&mut self, name: String, file: PublishedFile) {
        self.files.insert(name, file);
    }

    /// Returns the record as the text of its file.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// Returns the SHA-256 of a file in hexadecimal digits.
pub(super) fn sha256(path: &Path) -> io::Result<String> {
    let (mut file, mut hasher) = (File::open(path)?, Sha256::new());
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(HEXLOWER.encode(&hasher.finalize())),
            length => hasher.update(&block[..length]),
        }
    }
}
