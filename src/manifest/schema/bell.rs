//! Custom bells: a recording, or the keys of a modal bell.

use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::values::ClipPathSchema;
use crate::dsp::bells::Bell;
use crate::manifest::bounds::LEVEL_LU;

/// A bell of your own: a recording, or a table of modes such as those in `audio/bells.toml`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "CustomBell", transform = clip_or_modes)]
pub(super) struct CustomBellSchema {
    /// A recording of the bell: a file beside this one, such as "temple.flac".
    clip: Option<ClipPathSchema>,
    /// The loudness of a strike relative to the voice, from -60 to 12 LU. Default: -3.
    #[schemars(range(min = *LEVEL_LU.start(), max = *LEVEL_LU.end()), extend("default" = -3))]
    level: Option<f64>,
    #[schemars(flatten)]
    modes: Bell,
}

/// Allows only `level` beside a clip, and requires the modes without one.
fn clip_or_modes(schema: &mut Schema) {
    let required = schema.remove("required").unwrap_or_default();
    let keys = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let modes = keys.keys().filter(|key| *key != "clip" && *key != "level");
    let forbidden = |key: &String| {
        let message = format!("{key} does not belong in a bell that is a clip");
        (key.clone(), json!({ "not": { "description": message } }))
    };
    let forbidden: Map<_, _> = modes.map(forbidden).collect();
    schema.insert("if".to_owned(), json!({ "required": ["clip"] }));
    schema.insert("then".to_owned(), json!({ "properties": forbidden }));
    schema.insert("else".to_owned(), json!({ "required": required }));
}
