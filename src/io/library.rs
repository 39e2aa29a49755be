//! Finds sessions and their clips: by a path, in the user's own library, or inside the program.

mod bundled;
mod bundled_clips;
mod clip_location;
mod error;
mod manifest_file;
mod summary;

use std::fs;
use std::path::{Component, Path, PathBuf};

pub(crate) use bundled::session as bundled_session;
#[cfg(test)]
pub(crate) use bundled_clips::all as all_bundled_clips;
pub(crate) use clip_location::ClipLocation;
pub use clip_location::ManifestOrigin;
pub use error::{ClipPathError, LibraryError};
pub use manifest_file::ManifestFile;
pub(crate) use summary::SessionSummary;

use super::folders;

/// Opens a session by its path or by its name in the library.
///
/// # Errors
/// If there is none, or its manifest can't be read.
pub fn open(session: &str) -> Result<ManifestFile, LibraryError> {
    let path = Path::new(session);
    if !is_name(path) {
        return ManifestFile::read(path);
    }
    if let Some(file) = user_session_path(session) {
        return ManifestFile::read(&file).map(|manifest| ManifestFile { name: session.to_owned(), ..manifest });
    }
    if let Some(manifest) = bundled_session(session) {
        return Ok(manifest);
    }
    if path.exists() {
        return ManifestFile::read(path);
    }
    Err(LibraryError::UnknownSession(session.to_owned()))
}

/// Returns the names of all sessions: the user's own, then the bundled ones that no session of the user has the name of.
#[must_use]
pub fn session_names() -> Vec<String> {
    let entries = user_sessions_folder().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.filter_map(|entry| manifest_name(&entry.path())).collect();
    names.sort();
    let mut bundled: Vec<_> = bundled::manifests().filter_map(manifest_name).collect();
    bundled.sort();
    bundled.retain(|name| !names.contains(name));
    names.extend(bundled);
    names
}

/// Returns the summary of a bundled session, or `None` if the user has a session of that name.
#[must_use]
pub(crate) fn bundled_summary(name: &str) -> Option<SessionSummary> {
    if user_session_path(name).is_some() { None } else { summary::find(name) }
}

/// Whether a session's name was given, rather than a path.
fn is_name(path: &Path) -> bool {
    let mut components = path.components();
    let is_plain = matches!(components.next(), Some(Component::Normal(_))) && components.next().is_none();
    is_plain && path.extension().is_none()
}

/// Returns the name of a manifest, or `None` if the file is not one.
fn manifest_name(path: &Path) -> Option<String> {
    let is_manifest = path.extension().is_some_and(|extension| extension == "toml");
    path.file_stem().filter(|_| is_manifest).and_then(|stem| stem.to_str()).map(str::to_owned)
}

fn user_sessions_folder() -> Option<PathBuf> {
    folders::data_folder().map(|folder| folder.join("sessions"))
}

/// Returns the manifest of the user's own session of this name.
fn user_session_path(name: &str) -> Option<PathBuf> {
    user_sessions_folder().map(|folder| folder.join(format!("{name}.toml"))).filter(|file| file.is_file())
}
