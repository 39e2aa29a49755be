//! The keys and headers of a manifest, by their place and type.

/// The keys that exist only at the top level.
pub(super) const TOP_LEVEL_ONLY: &[&str] =
    &["format", "title", "summary", "language", "teacher", "license", "allow", "settle"];

/// All keys of the top level, including its sections.
pub(super) const TOP_LEVEL: &[&str] = &[
    "format", "title", "summary", "language", "teacher", "license", "allow", "settle", "voice", "levels", "bed",
    "bell", "announce", "segment", "soften", "exit",
];

/// The keys of segments of all kinds.
pub(super) const SEGMENT: &[&str] = &[
    "id", "chapter", "bed", "repeat", "part", "silence", "natural", "least", "most", "announce", "bell", "every",
    "vary", "strikes", "hold", "say", "clip", "gain", "lasts", "voice", "tags", "instead",
];

/// The keys that a segment of any kind may have.
pub(super) const COMMON: &[&str] = &["id", "chapter", "bed"];

/// The keys of an announcement.
pub(super) const ANNOUNCEMENT: &[&str] = &["upto", "say", "clip"];

/// A kind of segment.
pub(super) struct SegmentKindKeys {
    /// The key that identifies this kind.
    pub(super) key: &'static str,
    /// Its name in messages, with an article.
    pub(super) name: &'static str,
    /// The keys allowed besides the common ones.
    pub(super) allowed: &'static [&'static str],
}

/// The kinds of segments. If a segment has the keys of several kinds, the first one counts.
pub(super) const SEGMENT_KINDS: [SegmentKindKeys; 4] = [
    SegmentKindKeys { key: "repeat", name: "a repeat", allowed: &["repeat", "part"] },
    SegmentKindKeys {
        key: "silence",
        name: "a silence",
        allowed: &["silence", "natural", "least", "most", "bell", "every", "vary", "announce"],
    },
    SegmentKindKeys { key: "bell", name: "a bell", allowed: &["bell", "strikes", "every", "hold"] },
    // `clip` alone makes a spoken segment as well.
    SegmentKindKeys {
        key: "say",
        name: "a spoken segment",
        allowed: &["say", "clip", "gain", "lasts", "voice", "tags", "instead"],
    },
];

/// Headers in double brackets.
pub(super) const ARRAY_HEADERS: &[&str] =
    &["segment", "segment.part", "soften", "soften.part", "exit", "exit.part", "announce"];

/// Headers in single brackets that belong to the segment above them.
pub(super) const INSTEAD_HEADERS: &[&str] = &[
    "segment.instead",
    "segment.part.instead",
    "soften.instead",
    "soften.part.instead",
    "exit.instead",
    "exit.part.instead",
];

/// Other headers in single brackets. A custom bell has `bell.` followed by its name.
pub(super) const TABLE_HEADERS: &[&str] = &["levels", "bed"];

/// Keys that hold a duration.
pub(super) const DURATIONS: &[&str] =
    &["settle", "every", "hold", "silence", "natural", "least", "most", "upto", "lasts", "vary"];

/// Keys that hold a list of texts.
pub(super) const TEXT_LISTS: &[&str] = &["allow", "tags"];

/// Keys that hold a number.
pub(super) const NUMBERS: &[&str] = &["format", "strikes", "repeat", "gain", "level"];
