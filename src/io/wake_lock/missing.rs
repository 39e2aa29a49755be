//! The implementation for systems without an inhibitor lock.

/// A lock without a function.
pub(crate) struct NoWakeLock;

impl NoWakeLock {
    /// Starts without a lock.
    #[must_use]
    pub(crate) fn start() -> Self {
        Self
    }

    /// Does nothing.
    pub(crate) fn hold(&self, _: bool) {}
}
