//! The input files of a session, which no command replaces by its output.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::LoadedSession;
use crate::error::Remedy;
use crate::io::library::{ClipLocation, ManifestOrigin};

/// The manifest and clips of a session, with links resolved. Does not include those inside the program.
#[derive(Clone, Debug, Default)]
pub(crate) struct SessionInputs(Vec<PathBuf>);

/// The output of a command is an input of the session.
#[derive(Debug, Error)]
#[error("{} belongs to the session itself", .0.display())]
pub struct OutputIsInputError(PathBuf);

impl Remedy for OutputIsInputError {
    fn help(&self) -> Option<Cow<'_, str>> {
        Some("choose another name for the output; nothing was changed".into())
    }
}

impl SessionInputs {
    /// Returns the input files of a session.
    pub(crate) fn of(loaded: &LoadedSession) -> Self {
        let manifest = &loaded.manifest;
        if matches!(manifest.origin, ManifestOrigin::Bundled) {
            return Self::default();
        }
        let clips = loaded.session.clips().into_iter().filter_map(|clip| match manifest.origin.open(&clip.value) {
            Ok(ClipLocation::File { path, .. }) => Some(path),
            _ => None,
        });
        Self(manifest.path.canonicalize().into_iter().chain(clips).collect())
    }

    /// Adds another input.
    pub(crate) fn add(&mut self, path: &Path) {
        self.0.extend(path.canonicalize());
    }

    /// Returns whether a path leads to one of these files.
    pub(crate) fn contains(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| self.0.contains(&path))
    }

    /// Returns an error if an output would replace one of these files.
    pub(crate) fn check_output(&self, path: &Path) -> Result<(), OutputIsInputError> {
        if self.contains(path) { Err(OutputIsInputError(path.to_owned())) } else { Ok(()) }
    }
}
