//! The shape of a manifest as a JSON Schema, for editors that complete and check while one types.
//!
//! The types here are never filled: the reader walks the text itself, so that it can tell every mistake at its place. They mirror what
//! it accepts, and share its ranges; a test holds the two together. Their doc comments are what an editor shows to a teacher.
//!
//! The dialect is draft 7, since that is what editors of TOML apply. It knows nothing of keywords beside a `$ref`, so that what is
//! said of a definition stands in the definition.

#![expect(dead_code, reason = "only the shapes of these types are used")]

mod bell;
mod segment;
mod values;

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::bounds::{FORMAT, LEVEL_LU, MAX_BELLS, VOICE_LUFS};
use bell::OwnBell;
use segment::Segment;
use values::{BedSound, Language, Length, Warning};

/// The name under which the schema stands beside a manifest.
pub const FILE_NAME: &str = "session.schema.json";
/// A manifest's first line, by which an editor finds the schema beside it.
pub const DIRECTIVE: &str = "#:schema ./session.schema.json";

/// The schema as a file holds it.
#[must_use]
pub fn text() -> String {
    let settings = SchemaSettings::draft07().with_transform(RecursiveTransform(plain));
    let schema = settings.into_generator().into_root_schema_for::<Manifest>();
    format!("{:#}\n", schema.as_value())
}

/// A session for karuna: what is said, when it is quiet, and where a bell rings, in order.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "karuna session", extend("required" = ["format", "title", "segment"]))]
struct Manifest {
    /// The version of this format. It is always 1.
    #[schemars(extend("const" = FORMAT, "default" = FORMAT))]
    format: u32,
    /// What the session is called, as listeners see it in the list.
    title: String,
    /// What it is, in one line.
    summary: Option<String>,
    /// The language that it is spoken in, as a tag such as "en", "de" or "pt-BR". Without it: "en".
    #[schemars(extend("default" = "en"))]
    language: Option<Language>,
    /// Who guides.
    teacher: Option<String>,
    /// The terms of the session, such as "CC0-1.0".
    license: Option<String>,
    /// Warnings that this session means to have, by their codes. `karuna check --explain CODE` says what each is about.
    allow: Option<Vec<Warning>>,
    /// Quiet before the first segment, such as "10s", at most "10m". It never stretches.
    #[schemars(extend("default" = "0s"))]
    settle: Option<Length>,
    levels: Option<Levels>,
    bed: Option<Bed>,
    /// Bells of your own, each under a header with its name, as in [bell.temple].
    #[schemars(extend("maxProperties" = MAX_BELLS))]
    bell: Option<BTreeMap<String, OwnBell>>,
    /// What happens, in order: each segment under a header [[segment]] of its own. At least one.
    #[schemars(length(min = 1))]
    segment: Vec<Segment>,
    /// The gentler passage that a listener can ask for at any time, each part of it under a header [[soften]]. Without it: one inkin,
    /// softly, and 30 seconds in which nothing is asked.
    soften: Option<Vec<Segment>>,
    /// What closes the session for a listener who leaves early, each part under a header [[exit]]. Without it: one bowl.
    exit: Option<Vec<Segment>>,
}

/// How loud the parts of the session are.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Levels {
    /// How loud the voice is, in LUFS as heard in both ears, from -40 to -9. Without it: -21.
    #[schemars(range(min = *VOICE_LUFS.start(), max = *VOICE_LUFS.end()), extend("default" = -21))]
    voice: Option<f64>,
    /// How much louder each bell is than it would be by itself, in LU, from -60 to 12; softer below 0.
    #[schemars(range(min = *LEVEL_LU.start(), max = *LEVEL_LU.end()), extend("default" = 0))]
    bell: Option<f64>,
    /// How much louder the bed is than it would be by itself, in LU, from -60 to 12; softer below 0.
    #[schemars(range(min = *LEVEL_LU.start(), max = *LEVEL_LU.end()), extend("default" = 0))]
    bed: Option<f64>,
}

/// A soft sound under the whole session.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Bed {
    /// What sounds: brown, pink, rain, sea or drone, or a recording of your own with its ending, as in "rain.flac", which is looped.
    sound: BedSound,
}

/// What TOML has not: no `null`, and no sizes of numbers.
fn plain(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    object.remove("format");
    for bound in ["minimum", "maximum"] {
        if let Some(number) = object.get(bound).and_then(Value::as_f64).filter(|number| number.fract() == 0.0) {
            object.insert(bound.to_owned(), (number as i64).into());
        }
    }
    object.retain(|key, value| key != "default" || !value.is_null());
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            object.insert("type".to_owned(), one);
        }
    }
    let nothing = json!({ "type": "null" });
    if let Some(Value::Array(any)) = object.get("anyOf")
        && let [Value::Object(one), other] = any.as_slice()
        && *other == nothing
    {
        let one = one.clone();
        object.remove("anyOf");
        if one.contains_key("$ref") {
            object.clear();
        }
        object.extend(one);
    }
}
