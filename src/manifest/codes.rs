//! The stable names of findings.

use serde::{Serialize, Serializer};

/// Declares the codes once: the variant and its name.
macro_rules! codes {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// What a finding is about. Scripts and `allow` know it by its kebab-case name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $name] $variant),+ }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

codes! {
    Unreadable = "unreadable-manifest",
    TooLarge = "manifest-too-large",
    NotText = "not-utf-8",
    Syntax = "toml-syntax",
    UnknownKey = "unknown-key",
    MissingKey = "missing-key",
    WrongType = "wrong-type",
    BadFormat = "unknown-format",
    BadDuration = "bad-duration",
    OutOfRange = "out-of-range",
    ForeignKey = "key-of-another-kind",
    NoKind = "segment-without-kind",
    NoSegments = "no-segments",
    NestedRepeat = "nested-repeat",
    BadId = "bad-id",
    DuplicateId = "duplicate-id",
    UnknownBell = "unknown-bell",
    UnknownBed = "unknown-bed",
    BadClipPath = "bad-clip-path",
    UnknownAllow = "unknown-allow",
    TooMuch = "too-much",
    ClipMissing = "clip-missing",
    ClipUnreadable = "clip-unreadable",
    ClipDamaged = "clip-damaged",
    ClipSilent = "clips-silent",
    ClipWithoutWords = "clip-without-words",
    InsteadWithoutTags = "instead-without-tags",
}

impl Code {
    /// The code of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
