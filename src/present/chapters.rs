//! The chapters of a session.

use crate::text::escape_controls;
use crate::timeline::Timeline;
use crate::units::Frames;

/// The titles of a session and its chapters, with control characters escaped.
pub(crate) struct Chapters {
    title: String,
    /// The start of each chapter.
    starts: Vec<(Frames, String)>,
}

impl Chapters {
    pub(crate) fn new(session: &Timeline) -> Self {
        let titled = session.segments.iter().filter_map(|segment| Some((segment.start, segment.chapter.as_deref()?)));
        Self {
            title: escape_controls(&session.title),
            starts: titled.map(|(start, title)| (start, escape_controls(title))).collect(),
        }
    }

    /// Returns the title of the session.
    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// Returns the title of the chapter at a frame, if one has started.
    pub(crate) fn at(&self, frame: Frames) -> Option<&str> {
        let begun = self.starts.partition_point(|(start, _)| *start <= frame);
        let (_, title) = self.starts.get(begun.checked_sub(1)?)?;
        Some(title)
    }

    /// Returns all titles.
    pub(crate) fn titles(&self) -> impl Iterator<Item = &str> {
        self.starts.iter().map(|(_, title)| title.as_str()).chain([self.title.as_str()])
    }
}
