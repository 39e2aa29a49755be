//! The implementation for systems on which a program without a window can't receive media keys.

use std::time::Duration;

use super::state::{MediaCommand, MediaState};

/// Media controls without a function.
pub(crate) struct NoMediaControls;

impl NoMediaControls {
    /// Does nothing.
    pub(crate) fn start(_: MediaState, _: impl Fn(MediaCommand) + Send + Sync + 'static) -> Self {
        Self
    }

    /// Does nothing.
    pub(crate) fn update(&self, _: MediaState) {}

    /// Does nothing.
    pub(crate) fn report_seek(&self, _: Duration) {}
}
