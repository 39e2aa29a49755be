//! Recordings for the lines of a session: which lines there are, where their recordings go, and how the manifest names them.

pub(crate) mod lines;
pub(crate) mod manuscript;
pub(crate) mod place;
pub(crate) mod recordings;

use lines::Line;

/// A recording that was put beside the session, for one of its lines.
pub(crate) struct Put<'lines> {
    pub(crate) line: &'lines Line,
    /// As the manifest names it; `None` where it lies out of the manifest's reach.
    pub(crate) clip: Option<String>,
    pub(crate) shown: String,
}
