//! What a session is published from.

use std::path::PathBuf;

use super::record::SourceId;
use crate::io::library::{ClipLocation, ManifestOrigin};
use crate::load::LoadedSession;

/// What a session is published from.
pub(super) struct SessionSource {
    pub(super) id: SourceId,
    /// The manifest and its clips, with links resolved.
    pub(super) inputs: Vec<PathBuf>,
}

impl SessionSource {
    pub(super) fn of(loaded: &LoadedSession) -> Self {
        let manifest = &loaded.manifest;
        let id = SourceId::of_session(manifest);
        if matches!(manifest.origin, ManifestOrigin::Bundled) {
            return Self { id, inputs: Vec::new() };
        }
        let clips = loaded.session.clips().into_iter().filter_map(|clip| match manifest.origin.open(&clip.value) {
            Ok(ClipLocation::File { path, .. }) => Some(path),
            _ => None,
        });
        Self { id, inputs: manifest.path.canonicalize().into_iter().chain(clips).collect() }
    }
}
