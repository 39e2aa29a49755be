//! Sessions and clips inside the program.

use std::path::{Path, PathBuf};

use include_dir::{Dir, File, include_dir};

use super::clip_location::ManifestOrigin;
use super::manifest_file::ManifestFile;

static SESSIONS: Dir = include_dir!("$CARGO_MANIFEST_DIR/sessions");

/// Returns the bundled manifests and the files beside them.
pub(super) fn manifests() -> impl Iterator<Item = &'static Path> {
    SESSIONS.files().map(File::path)
}

/// Returns the bundled session of this name.
#[must_use]
pub(crate) fn session(name: &str) -> Option<ManifestFile> {
    let file = SESSIONS.get_file(format!("{name}.toml"))?;
    Some(ManifestFile {
        name: name.to_owned(),
        path: PathBuf::from(format!("{name}.toml")),
        text: file.contents_utf8()?.to_owned(),
        origin: ManifestOrigin::Bundled,
    })
}
