//! The folder for recordings, which the manifest can refer to. Existing files are never overwritten.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::error::NarrationError;
use super::lines::NarratedLine;
use crate::io::atomic_file;
use crate::io::library::{ManifestFile, ManifestOrigin};
use crate::io::new_files::has_content;
use crate::io::temporary::TemporaryFolder;
use crate::manifest::session::ClipPath;

/// A new recording of a line.
#[derive(Debug)]
pub(crate) struct PlacedRecording {
    pub(crate) line: NarratedLine,
    /// Its path in the manifest; `None` if the manifest can't refer to it.
    pub(crate) clip: Option<String>,
    pub(crate) path: PathBuf,
}

/// The folder for the recordings of a session.
pub(crate) struct RecordingFolder {
    path: PathBuf,
    /// Its path relative to the manifest; `None` if the manifest can't refer to it.
    prefix: Option<String>,
}

impl RecordingFolder {
    /// Opens the folder chosen by the teacher, otherwise the one with the session's name, beside the manifest or in its library's `audio`.
    /// Creates it if necessary.
    pub(crate) fn open(
        manifest: &ManifestFile,
        chosen: Option<&Path>,
        edits_manifest: bool,
    ) -> Result<Self, NarrationError> {
        let ManifestOrigin::Folders(homes) = &manifest.origin else {
            return Self::open_for_shipped(manifest, chosen, edits_manifest);
        };
        let default =
            homes.iter().rev().find(|home| home.is_dir() && *home != Path::new(".")).cloned().unwrap_or_default();
        let path = chosen.map_or_else(|| default.join(&manifest.name), Path::to_owned);
        create(&path)?;
        let prefix = homes.iter().find_map(|home| prefix(home, &path));
        if prefix.is_none() && edits_manifest {
            return Err(NarrationError::OutOfReach { folder: path });
        }
        Ok(Self { path, prefix })
    }

    fn open_for_shipped(
        manifest: &ManifestFile,
        chosen: Option<&Path>,
        edits_manifest: bool,
    ) -> Result<Self, NarrationError> {
        if edits_manifest {
            return Err(NarrationError::ShippedSession { session: manifest.name.clone() });
        }
        let path = chosen.map_or_else(|| PathBuf::from(&manifest.name), Path::to_owned);
        create(&path)?;
        Ok(Self { path, prefix: None })
    }

    /// Copies a recording into the folder.
    pub(super) fn copy(&self, line: &NarratedLine, from: &Path) -> Result<PlacedRecording, NarrationError> {
        let extension = from.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        self.put(line, &extension.to_ascii_lowercase(), |to| {
            fs::copy(from, to).map(drop).map_err(|source| NarrationError::Write { path: to.to_owned(), source })
        })
    }

    /// Stores the file written by `write` under the line's name, or a numbered name if that name belongs to another file.
    pub(crate) fn put(
        &self,
        line: &NarratedLine,
        extension: &str,
        write: impl FnOnce(&Path) -> Result<(), NarrationError>,
    ) -> Result<PlacedRecording, NarrationError> {
        let failed = |source: io::Error| NarrationError::Write { path: self.path.clone(), source };
        let temp_dir = TemporaryFolder::within(&self.path).map_err(failed)?;
        let temp_file = temp_dir.path().join(format!("recording.{extension}"));
        write(&temp_file)?;
        let name = self.place(&temp_file, &line.stem, extension).map_err(failed)?;
        let clip = self.prefix.as_ref().map(|prefix| format!("{prefix}{name}"));
        Ok(PlacedRecording { line: line.clone(), clip, path: self.path.join(name) })
    }

    /// Moves a file into the folder, and returns its name there: an unused one, or that of a file with the same content.
    fn place(&self, file: &Path, stem: &str, extension: &str) -> io::Result<String> {
        let numbered = (2_u32..).map(|number| format!("{stem}-{number}.{extension}"));
        for name in std::iter::once(format!("{stem}.{extension}")).chain(numbered) {
            let target = self.path.join(&name);
            if target.is_file() && File::open(file).and_then(|file| has_content(&target, file)).unwrap_or(false) {
                return Ok(name);
            }
            match atomic_file::move_new(file, &target) {
                Ok(()) => return Ok(name),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("no name is unused"))
    }
}

/// Returns the path of a folder relative to a manifest in `home`.
fn prefix(home: &Path, folder: &Path) -> Option<String> {
    let home = if home.as_os_str().is_empty() { Path::new(".") } else { home };
    let (home, folder) = (home.canonicalize().ok()?, folder.canonicalize().ok()?);
    let inside = folder.strip_prefix(home).ok()?;
    let parts: Option<Vec<_>> = inside.iter().map(|part| part.to_str()).collect();
    let prefix: String = parts?.iter().flat_map(|part| [part, "/"]).collect();
    ClipPath::new(&format!("{prefix}x")).map(|_| prefix)
}

fn create(folder: &Path) -> Result<(), NarrationError> {
    fs::create_dir_all(folder).map_err(|source| NarrationError::Write { path: folder.to_owned(), source })
}
