//! Systems that are not asked to stay awake.

/// A lock that locks nothing.
pub(crate) struct NoWakeLock;

impl NoWakeLock {
    /// Starts without a lock.
    #[must_use]
    pub(crate) fn start() -> Self {
        Self
    }

    /// Asks nobody to stay awake.
    pub(crate) fn hold(&self, _: bool) {}
}
