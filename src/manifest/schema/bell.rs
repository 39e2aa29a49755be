//! Bells of one's own: a recording, or the keys of a modal bell.

use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::super::bounds::LEVEL_LU;
use super::values::ClipFile;
use crate::dsp::bells::Bell;

/// A bell of your own: a recording, or its modes, as `audio/bells.toml` describes the shipped ones.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = either)]
pub(super) struct OwnBell {
    /// A recording of it: a file beside this one, as in "temple.flac".
    clip: Option<ClipFile>,
    /// How loud a strike is against the voice, in LU, from -60 to 12. Without it: -3.
    #[schemars(range(min = *LEVEL_LU.start(), max = *LEVEL_LU.end()), extend("default" = -3))]
    level: Option<f64>,
    #[schemars(flatten)]
    modes: Bell,
}

/// With a clip nothing but its level goes; without one the modes are needed.
fn either(schema: &mut Schema) {
    let needed = schema.remove("required").unwrap_or_default();
    let keys = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let modes = keys.keys().filter(|key| *key != "clip" && *key != "level");
    let foreign = |key: &String| {
        let words = format!("{key} does not belong to a bell that is a clip");
        (key.clone(), json!({ "not": { "description": words } }))
    };
    let foreign: Map<_, _> = modes.map(foreign).collect();
    schema.insert("if".to_owned(), json!({ "required": ["clip"] }));
    schema.insert("then".to_owned(), json!({ "properties": foreign }));
    schema.insert("else".to_owned(), json!({ "required": needed }));
}
