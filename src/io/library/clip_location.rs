//! Locates the clips of a manifest.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::bundled_clips;
use super::error::ClipPathError;
use super::unicode_names;
use crate::io::open_file;
use crate::manifest::session::ClipPath;

/// The origin of a manifest, which determines where its clips are.
#[derive(Clone, Debug)]
pub enum ManifestOrigin {
    /// A file. Clips are searched for in these folders, in this order.
    Folders(Vec<PathBuf>),
    /// The program itself. Clips are inside the program.
    Bundled,
}

/// A clip that was found.
#[derive(Debug)]
pub(crate) enum ClipLocation {
    /// A regular file in one of the manifest's folders.
    File {
        /// The path with all links resolved.
        path: PathBuf,
        /// The file, open for reading.
        file: File,
    },
    /// Inside the program.
    Bundled {
        /// The name of the clip.
        name: &'static str,
        /// Its bytes.
        bytes: &'static [u8],
    },
}

impl ManifestOrigin {
    /// Finds a clip and opens it.
    ///
    /// # Errors
    /// If there is no such file in the manifest's folders, or it can't be read.
    pub(crate) fn open(&self, clip: &ClipPath) -> Result<ClipLocation, ClipPathError> {
        let folders = match self {
            Self::Bundled => {
                let (name, bytes) = bundled_clips::find(Path::new(clip.as_str())).ok_or_else(|| missing(clip))?;
                return Ok(ClipLocation::Bundled { name, bytes });
            }
            Self::Folders(folders) => folders,
        };
        let resolved: Vec<_> = folders.iter().filter_map(|folder| folder.canonicalize().ok()).collect();
        let mut results = folders.iter().map(|folder| open_inside(clip, folder, &resolved));
        let found = results.find(|result| !matches!(result, Err(ClipPathError::Missing(_))));
        found.unwrap_or_else(|| Err(missing(clip)))
    }
}

impl ClipLocation {
    /// Returns the bytes from the start.
    #[must_use]
    pub(crate) fn into_reader(self) -> Box<dyn Read> {
        match self {
            Self::File { file, .. } => Box::new(file),
            Self::Bundled { bytes, .. } => Box::new(bytes),
        }
    }
}

fn missing(clip: &ClipPath) -> ClipPathError {
    ClipPathError::Missing(clip.clone())
}

/// Opens a regular file that is within one of the resolved folders after resolving its links.
fn open_inside(clip: &ClipPath, folder: &Path, resolved_folders: &[PathBuf]) -> Result<ClipLocation, ClipPathError> {
    let io_error = |source: io::Error| match source.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => missing(clip),
        _ => ClipPathError::Unreadable { clip: clip.clone(), source },
    };
    let resolve = || {
        let relative = Path::new(clip.as_str());
        let path = folder.join(relative).canonicalize().or_else(|error| {
            let equivalent =
                unicode_names::find_equivalent(folder, relative).filter(|_| error.kind() == ErrorKind::NotFound);
            equivalent.ok_or(error)?.canonicalize()
        });
        let path = path.map_err(io_error)?;
        let is_inside = resolved_folders.iter().any(|folder| path.starts_with(folder));
        if is_inside { Ok(path) } else { Err(ClipPathError::OutsideFolders(clip.clone())) }
    };
    let path = resolve()?;
    // Only a regular file is opened, because opening a device may have an effect.
    if !fs::metadata(&path).map_err(io_error)?.is_file() {
        return Err(ClipPathError::NotAFile(clip.clone()));
    }
    let file = open_file::open(&path).map_err(io_error)?;
    let opened = file.metadata().map_err(io_error)?;
    if !opened.is_file() {
        return Err(ClipPathError::NotAFile(clip.clone()));
    }
    // If a link was inserted into the path meanwhile, a file outside may have been opened.
    let resolved_again = resolve()?;
    let current = fs::symlink_metadata(&resolved_again).map_err(io_error)?;
    if resolved_again != path || !is_same_file(&current, &opened) {
        return Err(ClipPathError::OutsideFolders(clip.clone()));
    }
    Ok(ClipLocation::File { path, file })
}

/// Returns whether both are the same file, on systems with file numbers.
#[cfg(unix)]
fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    one.is_file() && one.len() == other.len()
}
