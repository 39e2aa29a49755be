//! Announcements of silences.

use schemars::JsonSchema;

use super::values::{ClipPathSchema, DurationSchema, WordsSchema};

/// The announcement of silences up to a certain length.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Announcement", extend("anyOf" = [{ "required": ["say"] }, { "required": ["clip"] }]))]
pub(super) struct AnnouncementSchema {
    /// The longest silence that these words are for, such as "40s". The last announcement has none.
    upto: Option<DurationSchema>,
    /// The words that are spoken.
    say: Option<WordsSchema>,
    /// The recording of the words.
    clip: Option<ClipPathSchema>,
}
