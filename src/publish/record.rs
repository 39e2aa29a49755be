//! The record of published files, so that publishing the same session again can replace them.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::io::library::{ManifestFile, ManifestOrigin};

/// The name of the record's file in the output folder.
pub(super) const FILE_NAME: &str = ".karuna-published.json";
/// The maximum size of a record.
const MAX_BYTES: u64 = 4 << 20;

/// The source of a publication: a session, or a folder of sessions. Contains a digest instead of paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct SourceId(String);

impl SourceId {
    /// Identifies a session by the path of its manifest.
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

/// The published files of a folder, by name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct PublicationRecord {
    files: BTreeMap<String, PublishedFile>,
}

/// A published file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PublishedFile {
    pub(super) source: SourceId,
    /// The SHA-256 of its content in hexadecimal digits.
    pub(super) sha256: String,
    /// When it was first published, in seconds since 1970.
    pub(super) published: u64,
}

impl PublicationRecord {
    /// Reads the record of a folder. Without a readable record, it is empty.
    pub(super) fn read(folder: &Path) -> Self {
        let read = || {
            let mut text = String::new();
            File::open(folder.join(FILE_NAME)).ok()?.take(MAX_BYTES).read_to_string(&mut text).ok()?;
            serde_json::from_str(&text).ok()
        };
        read().unwrap_or_default()
    }

    /// Returns the entry of a file.
    pub(super) fn get(&self, name: &str) -> Option<&PublishedFile> {
        self.files.get(name)
    }

    /// Adds a file.
    pub(super) fn insert(&mut self, name: String, file: PublishedFile) {
        self.files.insert(name, file);
    }

    /// Returns the text of the record's file.
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
