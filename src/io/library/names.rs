//! The names of the sessions in the library.

use std::fs;
use std::path::{Path, PathBuf};

use super::bundled;
use super::order::library_entries;
use super::summary::{self, SessionSummary};
use super::unicode_names;
use crate::io::folders;

/// Returns the names of all sessions: the user's own, then, in the library's order, the bundled ones whose names are not among them.
#[must_use]
pub(crate) fn session_names() -> Vec<String> {
    let entries = user_sessions_folder().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.filter_map(|entry| manifest_name(&entry.path())).collect();
    names.sort();
    let mut bundled: Vec<_> = bundled::manifests().filter_map(manifest_name).collect();
    bundled.sort_by_key(|name| {
        (library_entries().position(|entry| entry.name == name).unwrap_or(usize::MAX), name.clone())
    });
    bundled.retain(|name| !names.contains(name));
    names.extend(bundled);
    names
}

/// Returns the summary of a bundled session, or `None` if the user has a session with that name.
#[must_use]
pub(crate) fn bundled_summary(name: &str) -> Option<SessionSummary> {
    if user_session_path(name).is_some() { None } else { summary::find(name) }
}

/// Returns the name of a manifest, or `None` if the file is not one.
fn manifest_name(path: &Path) -> Option<String> {
    let is_manifest = path.extension().is_some_and(|extension| extension == "toml");
    path.file_stem().filter(|_| is_manifest).and_then(|stem| stem.to_str()).map(str::to_owned)
}

fn user_sessions_folder() -> Option<PathBuf> {
    folders::data_folder().map(|folder| folder.join("sessions"))
}

/// Returns the manifest of the user's own session with this name.
pub(super) fn user_session_path(name: &str) -> Option<PathBuf> {
    let (folder, file) = (user_sessions_folder()?, format!("{name}.toml"));
    let path = folder.join(&file);
    let path = if path.is_file() { path } else { unicode_names::find_equivalent(&folder, Path::new(&file))? };
    Some(path).filter(|path| path.is_file())
}
