//! The formats of a publication.

/// A format of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PublicationFormat {
    /// A web page in a single file.
    Web,
    /// An MP3 with chapters, the chapters as JSON, and a feed.
    Podcast,
    /// An Opus file with chapters.
    Audiobook,
    /// Captions as `WebVTT`, `SubRip` and LRC, and a transcript.
    Captions,
}

impl PublicationFormat {
    /// All formats that this build supports.
    pub(crate) const AVAILABLE: &[Self] = if cfg!(feature = "mp3") {
        &[Self::Web, Self::Podcast, Self::Audiobook, Self::Captions]
    } else {
        &[Self::Web, Self::Audiobook, Self::Captions]
    };
    /// All formats.
    pub(crate) const ALL: &[Self] = &[Self::Web, Self::Podcast, Self::Audiobook, Self::Captions];

    /// Returns the name on the command line.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Podcast => "podcast",
            Self::Audiobook => "audiobook",
            Self::Captions => "captions",
        }
    }
}
