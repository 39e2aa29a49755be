//! The JSON schema of manifests, used by editors for completion and validation.
//!
//! The types in this module are never instantiated: the reader processes the text itself, so that it can report each error at its
//! position. They describe what the reader accepts and share its ranges, which a test verifies. Editors show their doc comments to the
//! author of a manifest.
//!
//! The schema uses draft 7, which editors for TOML support. Draft 7 ignores keywords beside a `$ref`, so a description of a
//! definition is part of the definition.

#![expect(dead_code, reason = "only the shapes of these types are used")]

mod announcement;
mod bell;
mod segment;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use self::announcement::AnnouncementSchema;
use self::bell::CustomBellSchema;
use self::segment::{SegmentSchema, passage_segment};
use self::values::{BedSoundSchema, DurationSchema, LanguageSchema, VoiceNameSchema, WarningCodeSchema};
use super::bounds::{FORMAT, LEVEL_LU, MAX_ANNOUNCEMENTS, MAX_BELLS, VOICE_LUFS};

/// The file name of the schema beside a manifest.
pub(crate) const FILE_NAME: &str = "session.schema.json";
/// The first line of a manifest, through which an editor finds the schema.
pub(crate) const DIRECTIVE: &str = "#:schema ./session.schema.json";

/// Returns the schema as the text of a file.
pub(crate) fn text() -> String {
    let settings = SchemaSettings::draft07().with_transform(RecursiveTransform(adapt_to_toml));
    let schema = settings.into_generator().into_root_schema_for::<ManifestSchema>();
    format!("{:#}\n", schema.as_value())
}

/// A session for karuna: words, silences and bells, in order.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "karuna session", extend("required" = ["format", "title", "segment"]))]
struct ManifestSchema {
    /// The version of this format. It is always 1.
    #[schemars(extend("const" = FORMAT, "default" = FORMAT))]
    format: u32,
    /// The title of the session, as shown in the list.
    title: String,
    /// A description of one line.
    summary: Option<String>,
    /// The spoken language, as a tag such as "en", "de" or "pt-BR". Default: "en".
    #[schemars(extend("default" = "en"))]
    language: Option<LanguageSchema>,
    /// The voice that speaks lines without a recording: the name of an installed voice, such as "heart". Default: the best one.
    voice: Option<VoiceNameSchema>,
    /// The person who guides.
    teacher: Option<String>,
    /// The licence of the session, such as "CC0-1.0".
    license: Option<String>,
    /// Warnings that you accept for this session, by their codes. `karuna check --explain CODE` explains each one.
    allow: Option<Vec<WarningCodeSchema>>,
    /// Silence before the first segment, such as "10s", at most "10m". It is never stretched.
    #[schemars(extend("default" = "0s"))]
    settle: Option<DurationSchema>,
    levels: Option<LevelsSchema>,
    bed: Option<BedSchema>,
    /// Bells of your own, each under a header with its name, such as [bell.temple].
    #[schemars(extend("maxProperties" = MAX_BELLS))]
    bell: Option<BTreeMap<String, CustomBellSchema>>,
    /// The announcements of silences that have `announce`, each under a header [[announce]], the shortest first. Only the last one has
    /// no `upto`. Default: English words for nine lengths.
    #[schemars(length(max = MAX_ANNOUNCEMENTS))]
    announce: Option<Vec<AnnouncementSchema>>,
    /// The segments in order, each under a header [[segment]]. A session needs at least one.
    #[schemars(length(min = 1))]
    segment: Vec<SegmentSchema>,
    /// The gentler passage that a listener can ask for at any time, each segment under a header [[soften]]. Default: one soft inkin
    /// and 30 seconds of silence.
    #[schemars(extend("items" = passage_segment()))]
    soften: Option<Vec<SegmentSchema>>,
    /// The closing for a listener who leaves early, each segment under a header [[exit]]. Default: one bowl.
    #[schemars(extend("items" = passage_segment()))]
    exit: Option<Vec<SegmentSchema>>,
}

/// The levels of voice, bells and bed.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Levels")]
struct LevelsSchema {
    /// The loudness of the voice, played in both ears, from -40 to -9 LUFS. Default: -21.
    #[schemars(range(min = *VOICE_LUFS.start(), max = *VOICE_LUFS.end()), extend("default" = -21))]
    voice: Option<f64>,
    /// Added to the level of each bell, from -60 to 12 LU. Negative numbers make the bells softer. Default: 0.
    #[schemars(range(min = *LEVEL_LU.start(), max = *LEVEL_LU.end()), extend("default" = 0))]
    bell: Option<f64>,
    /// Added to the level of the bed, from -60 to 12 LU. Negative numbers make the bed softer. Default: 0.
    #[schemars(range(min = *LEVEL_LU.start(), max = *LEVEL_LU.end()), extend("default" = 0))]
    bed: Option<f64>,
}

/// A soft background sound, from the start of the session.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Bed")]
struct BedSchema {
    /// The sound: brown, pink, rain, sea or drone, or a recording of your own with its file extension, such as "rain.flac". A recording is looped.
    sound: BedSoundSchema,
}

/// Removes keywords that do not apply to TOML: `null` and the sizes of numbers.
fn adapt_to_toml(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    object.remove("format");
    for bound in ["minimum", "maximum"] {
        if let Some(number) = object.get(bound).and_then(Value::as_f64).filter(|number| number.fract() == 0.0) {
            // The bounds in a manifest are far within the range of integers.
            object.insert(bound.to_owned(), (number as i64).into());
        }
    }
    object.retain(|key, value| key != "default" || !value.is_null());
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [kind] = types.as_slice() {
            let kind = kind.clone();
            object.insert("type".to_owned(), kind);
        }
    }
    if let Some(Value::Array(any)) = object.get("anyOf")
        && let [Value::Object(one), other] = any.as_slice()
        && *other == json!({ "type": "null" })
    {
        let one = one.clone();
        object.remove("anyOf");
        if one.contains_key("$ref") {
            object.clear();
        }
        object.extend(one);
    }
}
