//! Systems on which media keys reach no program without a window.

use std::time::Duration;

use super::state::{MediaCommand, MediaState};

/// A session that the desktop knows nothing of.
pub(crate) struct NoMediaControls;

impl NoMediaControls {
    /// Offers nothing to anybody.
    pub(crate) fn start(_: MediaState, _: impl Fn(MediaCommand) + Send + Sync + 'static) -> Self {
        Self
    }

    /// Shows another state to nobody.
    pub(crate) fn update(&self, _: MediaState) {}

    /// Tells nobody that the session has jumped.
    pub(crate) fn report_seek(&self, _: Duration) {}
}
