//! Versions of the timelines while speech is being made.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::ClipSource;
use crate::timeline::{Programme, Programmes, Timeline};

/// The clip source of each programme.
#[derive(Clone)]
pub(crate) struct ClipSources(Arc<BTreeMap<Programme, Arc<dyn ClipSource>>>);

impl ClipSources {
    /// Calls `source` for the timeline of each programme.
    pub(crate) fn new(programmes: &Programmes, mut source: impl FnMut(&Arc<Timeline>) -> Arc<dyn ClipSource>) -> Self {
        Self(Arc::new(programmes.iter().map(|(programme, timeline)| (programme, source(timeline))).collect()))
    }

    /// Returns the source that opens the clips of a programme.
    #[must_use]
    pub(crate) fn get(&self, programme: Programme) -> &Arc<dyn ClipSource> {
        self.0.get(&programme).unwrap_or(&self.0[&Programme::SESSION])
    }
}

/// A version of the timelines of a session, as far as they are known, with the sources of their clips.
#[derive(Clone)]
pub(crate) struct TimelineVersion {
    /// The timelines.
    pub programmes: Programmes,
    /// The sources of their clips.
    pub clips: ClipSources,
}
