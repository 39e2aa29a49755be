//! The words of the contract: keys by where they stand and what they hold.

/// The keys of the top level that stand nowhere else.
pub(super) const TOP_ONLY: &[&str] =
    &["format", "title", "summary", "language", "teacher", "license", "allow", "settle"];

/// The keys of the top level, sections included.
pub(super) const TOP: &[&str] = &[
    "format", "title", "summary", "language", "teacher", "license", "allow", "settle", "levels", "bed", "bell",
    "segment", "soften", "exit",
];

/// The keys of a segment, of whatever kind.
pub(super) const SEGMENT: &[&str] = &[
    "id", "chapter", "repeat", "part", "silence", "least", "most", "bell", "every", "strikes", "hold", "say", "clip",
    "gain", "tags", "instead",
];

/// Headers with two brackets on either side.
pub(super) const LISTS: &[&str] = &["segment", "segment.part", "soften", "soften.part", "exit", "exit.part"];

/// Headers with one bracket that belong to the segment above them, where its keys are not written in braces.
pub(super) const INSTEADS: &[&str] = &[
    "segment.instead",
    "segment.part.instead",
    "soften.instead",
    "soften.part.instead",
    "exit.instead",
    "exit.part.instead",
];

/// Headers with one bracket on either side; a bell's own is `bell.` and its name.
pub(super) const SINGLES: &[&str] = &["levels", "bed"];

/// Keys that hold a length of time.
pub(super) const DURATIONS: &[&str] = &["settle", "every", "hold", "silence", "least", "most"];

/// Keys that hold a list of texts.
pub(super) const LISTS_OF_TEXTS: &[&str] = &["allow", "tags"];

/// Keys that hold a number.
pub(super) const NUMBERS: &[&str] = &["format", "strikes", "repeat", "gain", "level", "voice"];
