//! Reads the text of a manifest.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::clip_location::ManifestOrigin;
use super::error::LibraryError;
use crate::io::open_file;
use crate::manifest::MAX_MANIFEST_BYTES;

/// The text of a manifest, and the location of its clips.
#[derive(Clone, Debug)]
pub struct ManifestFile {
    /// The name in the library, or that of the file without its extension.
    pub name: String,
    /// The path shown in findings.
    pub path: PathBuf,
    /// The text.
    pub text: String,
    /// The location of the clips.
    pub origin: ManifestOrigin,
}

impl ManifestFile {
    /// Reads a manifest. Its clips are beside it, and, if its folder is named `sessions`, in the sibling folder `audio`.
    pub(super) fn read(path: &Path) -> Result<Self, LibraryError> {
        let text = read_text(path)?;
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut folders = vec![folder.to_owned()];
        let resolved = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if resolved.file_name().is_some_and(|name| name == "sessions")
            && let Some(parent) = resolved.parent()
        {
            folders.push(parent.join("audio"));
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, path: path.to_owned(), text, origin: ManifestOrigin::Folders(folders) })
    }
}

impl ManifestFile {
    /// Reads the manifest again, because it may have changed meanwhile.
    pub(crate) fn reread(&self) -> Result<Self, LibraryError> {
        Self::read(&self.path)
    }
}

/// Reads a regular file of UTF-8 text within the size limit of manifests.
fn read_text(path: &Path) -> Result<String, LibraryError> {
    let bytes = read_bytes(path)?;
    if bytes.len() > MAX_MANIFEST_BYTES {
        return Err(LibraryError::TooLarge(path.to_owned()));
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(LibraryError::Utf16(path.to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        LibraryError::NotUtf8 { path: path.to_owned(), valid_text: String::from_utf8_lossy(valid).into_owned() }
    })?;
    if text.trim().is_empty() { Err(LibraryError::Empty(path.to_owned())) } else { Ok(text) }
}

/// Reads a regular file, up to one byte more than the size limit of a manifest.
fn read_bytes(path: &Path) -> Result<Vec<u8>, LibraryError> {
    let io_error = |source: io::Error| match source.kind() {
        ErrorKind::NotFound => LibraryError::NoFile(path.to_owned()),
        _ => LibraryError::Unreadable { path: path.to_owned(), source },
    };
    // Only a regular file is opened, because opening a device may have an effect. The second check is free of a race.
    check_is_file(path, &fs::metadata(path).map_err(io_error)?)?;
    let file = open_file::open(path).map_err(io_error)?;
    check_is_file(path, &file.metadata().map_err(io_error)?)?;
    let mut bytes = Vec::new();
    file.take(MAX_MANIFEST_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(io_error)?;
    Ok(bytes)
}

fn check_is_file(path: &Path, metadata: &Metadata) -> Result<(), LibraryError> {
    if metadata.is_file() {
        Ok(())
    } else if metadata.is_dir() {
        Err(LibraryError::IsFolder(path.to_owned()))
    } else {
        Err(LibraryError::NotAFile(path.to_owned()))
    }
}
