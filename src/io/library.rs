//! Finds sessions and their clips: by path, in the user's own library, or inside the program.

mod bundled;
mod bundled_clips;
mod clip_location;
mod error;
mod manifest_file;
mod names;
mod order;
mod suggestion;
mod summary;
mod unicode_names;

use std::path::{Component, Path};

pub(crate) use bundled::session as bundled_session;
#[cfg(test)]
pub(crate) use bundled_clips::all as all_bundled_clips;
pub(crate) use bundled_clips::bytes as bundled_file;
pub(crate) use bundled_clips::is_narrator as is_bundled_narrator;
pub(crate) use clip_location::ClipLocation;
pub use clip_location::ManifestOrigin;
pub(crate) use error::{ClipPathError, LibraryError};
pub(crate) use manifest_file::ManifestFile;
pub(crate) use names::bundled_summary;
pub(crate) use names::session_names;
pub(crate) use order::{LibraryEntry, library_entries};
pub(crate) use suggestion::suggest_session;
pub(crate) use summary::SessionSummary;

use names::user_session_path;

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
    Err(LibraryError::UnknownSession { name: session.to_owned(), suggestion: suggest_session(session) })
}

/// Returns the name that identifies a session from any folder: its name in the library, or the absolute path of its manifest.
#[must_use]
pub(crate) fn stable_name(session: &str) -> Option<String> {
    let path = Path::new(session);
    if is_name(path) && (user_session_path(session).is_some() || bundled_session(session).is_some()) {
        return Some(session.to_owned());
    }
    path.canonicalize().ok()?.into_os_string().into_string().ok()
}

/// Returns whether a word names a session, by a path or a name in the library.
#[must_use]
pub(crate) fn is_session(word: &str) -> bool {
    let path = Path::new(word);
    !is_name(path) || user_session_path(word).is_some() || bundled_session(word).is_some() || path.is_file()
}

/// Returns whether a session was given by name rather than by path.
fn is_name(path: &Path) -> bool {
    let mut components = path.components();
    let is_plain = matches!(components.next(), Some(Component::Normal(_))) && components.next().is_none();
    is_plain && path.extension().is_none()
}
