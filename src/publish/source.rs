//! The source of a publication.

use super::record::SourceId;
use crate::load::{LoadedSession, SessionInputs};

/// The source of a publication.
pub(super) struct SessionSource {
    pub(super) id: SourceId,
    pub(super) inputs: SessionInputs,
}

impl SessionSource {
    pub(super) fn of(loaded: &LoadedSession) -> Self {
        Self { id: SourceId::of_session(&loaded.manifest), inputs: SessionInputs::of(loaded) }
    }
}
