//! The cache of clip analyses on disk.

#[cfg(test)]
use std::path::Path;
use std::time::SystemTime;

use super::file_identity::FileIdentity;
use crate::io::cache::Cache;
use crate::io::decode::{ClipAnalysis, RECORD_VERSION};

/// The maximum size of the cache in bytes: the analyses of a hundred hours of recordings.
const MAX_SIZE: u64 = 64 * 1024 * 1024;

/// A cache of clip analyses.
#[derive(Clone, Debug)]
pub struct AnalysisCache {
    cache: Cache,
}

impl AnalysisCache {
    /// Opens the cache in the listener's cache folder.
    #[must_use]
    pub(crate) fn for_listener() -> Self {
        Self { cache: Cache::for_listener("clips", MAX_SIZE) }
    }

    /// Opens a cache in another folder.
    #[cfg(test)]
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { cache: Cache::in_folder(folder.to_owned(), MAX_SIZE) }
    }

    /// Creates a cache that stores nothing.
    #[must_use]
    pub fn disabled() -> Self {
        Self { cache: Cache::disabled() }
    }

    pub(super) fn get(&self, identity: &FileIdentity) -> Option<ClipAnalysis> {
        ClipAnalysis::from_record(&self.cache.get(&key(identity))?)
    }

    /// Stores an analysis that was started at a time. If the file may have changed unnoticed since, nothing is stored.
    pub(super) fn insert(&self, identity: &FileIdentity, began: SystemTime, analysis: &ClipAnalysis) {
        if identity.is_settled(began) {
            self.cache.insert(&key(identity), &analysis.to_record());
        }
    }

    /// Removes the least recently used analyses if there are too many.
    pub(super) fn evict(&self) {
        self.cache.evict();
    }
}

fn key(identity: &FileIdentity) -> Vec<u8> {
    [RECORD_VERSION.as_bytes(), b" file ", &identity.to_bytes()].concat()
}
