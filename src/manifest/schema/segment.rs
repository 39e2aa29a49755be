//! One flat table for segments of every kind, so that an editor can complete all keys; what belongs together is told by the kind.

use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::super::bounds::{GAIN_DB, REPETITIONS, STRIKES};
use super::super::segment::KINDS;
use super::values::{BellName, ClipFile, Id, Length, Tag, Words};

/// The keys of all kinds but a repeat.
#[derive(JsonSchema)]
struct Keys {
    /// A name for this segment, for `--from` and the files of recordings: small letters, digits and hyphens. No two have the same.
    id: Option<Id>,
    /// A chapter starts here, and is called so.
    chapter: Option<String>,
    /// Which bell is struck: bowl, inkin, gong, tingsha, block, or one of your own. Within a silence it rings again and again, as often
    /// as `every` says.
    bell: Option<BellName>,
    /// How often the bell is struck, from 1 to 108. Without it: once.
    #[schemars(range(min = *STRIKES.start(), max = *STRIKES.end()), extend("default" = 1))]
    strikes: Option<u32>,
    /// From one strike to the next, "1s" to "10m"; without it: "12s". Within a silence: how often its bell rings, at least "10s".
    #[schemars(extend("default" = "12s"))]
    every: Option<Length>,
    /// From the last strike to the next segment, at most "10m". The bell rings on under what follows. Without it: "8s".
    #[schemars(extend("default" = "8s"))]
    hold: Option<Length>,
    /// What is spoken. Between three quotes it may go on over several lines.
    say: Option<Words>,
    /// The recording of it: a file beside this one or in a folder below it, as in "welcome.wav" or "recordings/welcome.wav".
    clip: Option<ClipFile>,
    /// How much louder this recording is than the others, in dB, from -24 to 12; softer below 0.
    #[schemars(range(min = *GAIN_DB.start(), max = *GAIN_DB.end()), extend("default" = 0))]
    gain: Option<f64>,
    /// What a listener may want to avoid here: a list, in brackets, of words such as "touch" or "breath".
    tags: Option<Vec<Tag>>,
    instead: Option<Instead>,
    /// A silence, and how long it naturally lasts: "100ms" to "24h", as in "40s" or "1m30s".
    silence: Option<Length>,
    /// How far the silence may shrink when a listener wishes for a shorter session. Without it: to half.
    least: Option<Length>,
    /// How far the silence may grow when a listener wishes for a longer session. Without it: to four times its length.
    most: Option<Length>,
}

/// One thing that happens: a bell, words, a silence, or parts that are repeated.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = kinds)]
pub(super) struct Segment {
    #[schemars(flatten)]
    keys: Keys,
    /// How often the parts below are repeated, from 2 to 1000.
    #[schemars(range(min = *REPETITIONS.start(), max = *REPETITIONS.end()))]
    repeat: Option<u32>,
    /// What is repeated, each part under a header [[segment.part]] of its own.
    #[schemars(length(min = 1))]
    part: Option<Vec<Part>>,
}

/// One part of a repeat: a bell, words, or a silence.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = kinds)]
struct Part {
    #[schemars(flatten)]
    keys: Keys,
}

/// What is said to a listener who avoids one of the tags. Without it the time is held in silence.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("anyOf" = [{ "required": ["say"] }, { "required": ["clip"] }]))]
struct Instead {
    /// What is spoken instead.
    say: Option<Words>,
    /// The recording of it.
    clip: Option<ClipFile>,
}

/// What each kind needs, and what does not belong to it. As for the reader, the first kind whose key is there counts.
fn kinds(schema: &mut Schema) {
    let keys = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let kinds = || KINDS.into_iter().filter(|(key, ..)| keys.contains_key(*key));
    let mut before: Vec<Value> = Vec::new();
    let mut one_of = Vec::new();
    for (key, name, _) in kinds() {
        let mut branch = json!({ "title": name });
        merge(&mut branch, needs(key));
        if !before.is_empty() {
            merge(&mut branch, json!({ "not": { "anyOf": before } }));
        }
        one_of.push(branch);
        before.push(json!({ "required": [key] }));
    }
    let mut rules = json!({ "not": { "description": "give this segment one of: bell, say, clip, silence or repeat" } });
    for (key, name, own) in kinds().collect::<Vec<_>>().into_iter().rev() {
        let foreign = keys.keys().filter(|key| !own.contains(&key.as_str()) && *key != "id" && *key != "chapter");
        let foreign: Map<_, _> = foreign.map(|key| (key.clone(), foreign_to(key, name))).collect();
        let mut then = json!({ "properties": foreign });
        merge(&mut then, rules_of(key));
        rules = json!({ "if": has(key), "then": then, "else": rules });
    }
    schema.insert("oneOf".to_owned(), one_of.into());
    if let Value::Object(rules) = rules {
        schema.ensure_object().extend(rules);
    }
}

/// A key that does not belong here. That it never holds is said by `not`; an editor shows the words within.
fn foreign_to(key: &str, name: &str) -> Value {
    json!({ "not": { "description": format!("{key} does not belong to {name}; move it to a segment of its own kind") } })
}

/// By which keys a kind is known.
fn has(key: &str) -> Value {
    match key {
        "say" => json!({ "anyOf": [{ "required": ["say"] }, { "required": ["clip"] }] }),
        key => json!({ "required": [key] }),
    }
}

/// The keys that a kind can't do without.
fn needs(key: &str) -> Value {
    match key {
        "repeat" => json!({ "required": ["repeat", "part"] }),
        key => has(key),
    }
}

/// What else a kind asks for: within a silence, a bell and how often it rings come together.
fn rules_of(key: &str) -> Value {
    match key {
        "repeat" => json!({ "required": ["part"] }),
        "silence" => json!({
            "if": { "anyOf": [{ "required": ["bell"] }, { "required": ["every"] }] },
            "then": { "required": ["bell", "every"] },
        }),
        _ => json!({}),
    }
}

fn merge(into: &mut Value, other: Value) {
    if let (Value::Object(into), Value::Object(other)) = (into, other) {
        into.extend(other);
    }
}
