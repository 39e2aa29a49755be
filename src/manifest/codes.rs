//! The stable codes of findings.

use serde::{Serialize, Serializer};

/// Declares each code once, with its variant and its name.
macro_rules! codes {
    (
        errors: $($error:ident = $error_name:literal),+;
        warnings: $($warning:ident = $warning_name:literal),+;
        hints: $($hint:ident = $hint_name:literal),+ $(,)?
    ) => {
        codes! { all: $($error = $error_name,)+ $($warning = $warning_name,)+ $($hint = $hint_name),+ }

        impl Code {
            /// Returns whether the code is that of a warning or a hint, which a session may allow.
            #[must_use]
            pub(crate) fn is_warning(self) -> bool {
                match self {
                    $(Self::$error => false,)+
                    $(Self::$warning => true,)+
                    $(Self::$hint => true,)+
                }
            }

            /// Returns whether the code is that of a hint, which only `check --hints` shows.
            #[must_use]
            pub(crate) fn is_hint(self) -> bool {
                matches!(self, $(Self::$hint)|+)
            }
        }
    };
    (all: $($variant:ident = $name:literal),+) => {
        /// The kind of a finding. Scripts and the key `allow` use its kebab-case name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $name] $variant),+ }

        impl Code {
            /// Every code, in the order of the documentation.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the kebab-case name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

codes! {
    errors:
    UnreadableManifest = "unreadable-manifest",
    ManifestTooLarge = "manifest-too-large",
    NotUtf8 = "not-utf-8",
    TomlSyntax = "toml-syntax",
    MissingQuote = "missing-quote",
    StrayQuote = "stray-quote",
    CurlyQuote = "curly-quote",
    UnquotedText = "unquoted-text",
    BadNumber = "bad-number",
    BadEscape = "bad-escape",
    BadKey = "bad-key",
    OddSpace = "odd-space",
    MissingEquals = "missing-equals",
    MissingValue = "missing-value",
    MissingComma = "missing-comma",
    TwoOnALine = "two-on-a-line",
    UnclosedBracket = "unclosed-bracket",
    InlineTableLines = "inline-table-lines",
    InlineTableComma = "inline-table-comma",
    SingleBrackets = "single-brackets",
    HeaderBrackets = "header-brackets",
    HeaderName = "header-name",
    MisplacedKey = "misplaced-key",
    DuplicateKey = "duplicate-key",
    DuplicateSection = "duplicate-section",
    UnknownKey = "unknown-key",
    MissingKey = "missing-key",
    WrongType = "wrong-type",
    UnknownFormat = "unknown-format",
    BadDuration = "bad-duration",
    OutOfRange = "out-of-range",
    KeyOfAnotherKind = "key-of-another-kind",
    SegmentWithoutKind = "segment-without-kind",
    NoSegments = "no-segments",
    NestedRepeat = "nested-repeat",
    BadId = "bad-id",
    DuplicateId = "duplicate-id",
    UnknownBell = "unknown-bell",
    UnknownBed = "unknown-bed",
    BadClipPath = "bad-clip-path",
    UnknownAllow = "unknown-allow",
    AnnouncementLengths = "announcement-lengths",
    NoAnnouncements = "no-announcements",
    OpenSilence = "open-silence",
    TooMuch = "too-much",
    ClipMissing = "clip-missing",
    ClipUnreadable = "clip-unreadable";
    warnings:
    InsteadWithoutTags = "instead-without-tags",
    LongSilence = "long-silence",
    NoWayToStop = "no-way-to-stop",
    PressingWords = "pressing-words",
    UntaggedWords = "untagged-words",
    NoWayBack = "no-way-back",
    SpokenLength = "spoken-length",
    LeftoverMark = "leftover-mark",
    LongAnnouncement = "long-announcement",
    LongerThanLasts = "longer-than-lasts",
    NamedTwice = "named-twice",
    ClipWithoutWords = "clip-without-words",
    FastSpeech = "fast-speech",
    ClipAndWords = "clip-and-words",
    ManyWords = "many-words",
    UnevenLoudness = "uneven-loudness",
    ClippedSamples = "clipped-samples",
    NoisyClip = "noisy-clip",
    DcOffset = "dc-offset",
    HardEdge = "hard-edge",
    ClipDamaged = "clip-damaged",
    ClipsSilent = "clips-silent";
    hints:
    Untagged = "untagged",
    RefersToAvoided = "refers-to-avoided",
    PainSilence = "pain-silence",
    LateWords = "late-words",
    SharedPhrase = "shared-phrase",
}

impl Code {
    /// Returns the code with this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
