//! One clip of a session.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use super::analysis_cache::AnalysisCache;
use super::bundled_analyses;
use super::error::ClipError;
use super::file_identity::FileIdentity;
use crate::io::decode::{self, ClipAnalysis, ClipBytes, ClipDamage, ClipProperties, DecodeError, FileOpener};
use crate::io::library::{ClipLocation, ClipPathError, ManifestOrigin};
use crate::io::open_file;
use crate::manifest::session::ClipPath;

/// A clip that was found and can be played.
pub(super) struct ClipEntry {
    bytes: ClipBytes,
    properties: ClipProperties,
    /// The file, or `None` for a bundled clip.
    file: Option<ClipFile>,
    /// The analysis, once it was made.
    analysis: OnceLock<Result<ClipAnalysis, Arc<DecodeError>>>,
}

struct ClipFile {
    path: PathBuf,
    /// `None` if the system does not provide it.
    identity: Option<FileIdentity>,
}

impl ClipEntry {
    /// Finds a clip, and probes it unless `cache` or the program has its analysis.
    pub(super) fn find(
        origin: &ManifestOrigin,
        path: &ClipPath,
        cache: Option<&AnalysisCache>,
    ) -> Result<Self, ClipError> {
        let (bytes, file, analysis) = match origin.open(path)? {
            ClipLocation::File { path: resolved, file } => {
                let identity = FileIdentity::of(&resolved, &file);
                let bytes = ClipBytes::from_file(file, path.as_str())
                    .map_err(|source| ClipPathError::Unreadable { clip: path.clone(), source })?;
                let analysis = cache.zip(identity.as_ref()).and_then(|(cache, identity)| cache.get(identity));
                (bytes, Some(ClipFile { path: resolved, identity }), analysis)
            }
            ClipLocation::Bundled { name, bytes } => {
                let analysis = cache.and_then(|_| bundled_analyses::find(name, bytes));
                (ClipBytes::from_static(bytes, name), None, analysis)
            }
        };
        let properties = match &analysis {
            Some(analysis) => analysis.properties,
            None => decode::probe(&bytes).map_err(Arc::new)?,
        };
        let analysis = analysis.map_or_else(OnceLock::new, |analysis| OnceLock::from(Ok(analysis)));
        Ok(Self { bytes, properties, file, analysis })
    }

    /// Closes the file. It is reopened for each reader from now on.
    pub(super) fn close(&mut self) {
        if let Some(ClipFile { path, identity: Some(identity) }) = &self.file {
            self.bytes = self.bytes.clone().reopened_by(opener(path, identity));
        }
    }

    pub(super) fn bytes(&self) -> &ClipBytes {
        &self.bytes
    }

    pub(super) fn properties(&self) -> ClipProperties {
        self.properties
    }

    /// Returns whether there is an analysis, even a failed one.
    pub(super) fn is_analysed(&self) -> bool {
        self.analysis.get().is_some()
    }

    /// Returns the analysis if there is one.
    pub(super) fn analysis(&self) -> Option<&ClipAnalysis> {
        self.analysis.get()?.as_ref().ok()
    }

    /// Analyses the clip unless that was already done.
    pub(super) fn analyse(&self, cache: &AnalysisCache) -> Result<&ClipAnalysis, Arc<DecodeError>> {
        self.analysis.get_or_init(|| self.analyse_and_store(cache)).as_ref().map_err(Arc::clone)
    }

    /// The analysis of a damaged clip is not stored, because the damage may be a temporary error of the disk.
    fn analyse_and_store(&self, cache: &AnalysisCache) -> Result<ClipAnalysis, Arc<DecodeError>> {
        let began = SystemTime::now();
        let analysis = decode::analyse(&self.bytes)?;
        if let Some(ClipFile { identity: Some(identity), .. }) = &self.file
            && analysis.damage == ClipDamage::None
        {
            cache.insert(identity, began, &analysis);
        }
        Ok(analysis)
    }
}

/// Returns a function that reopens a file, and refuses another file that has replaced it.
fn opener(path: &Path, identity: &FileIdentity) -> FileOpener {
    let (path, identity) = (path.to_owned(), identity.clone());
    Arc::new(move || {
        let file = open_file::open(&path)?;
        let is_same = FileIdentity::of(&path, &file).is_some_and(|current| current.is_same_file(&identity));
        if is_same { Ok(file) } else { Err(std::io::Error::other("it was replaced by another file")) }
    })
}
