//! The forms that a session is published in.

/// A form that a session is published in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A page for a browser, in one file.
    Web,
    /// An MP3 with chapters, the chapters as JSON, and a feed.
    Podcast,
    /// An Opus file with chapters.
    Audiobook,
    /// Captions as `WebVTT`, `SubRip` and LRC, and the words as plain text.
    Captions,
}

impl Form {
    /// All forms that this build can make.
    pub const AVAILABLE: &[Self] = if cfg!(feature = "mp3") {
        &[Self::Web, Self::Podcast, Self::Audiobook, Self::Captions]
    } else {
        &[Self::Web, Self::Audiobook, Self::Captions]
    };
    /// All forms.
    pub const ALL: &[Self] = &[Self::Web, Self::Podcast, Self::Audiobook, Self::Captions];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Podcast => "podcast",
            Self::Audiobook => "audiobook",
            Self::Captions => "captions",
        }
    }
}
