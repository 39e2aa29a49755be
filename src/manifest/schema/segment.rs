//! Segments of all kinds as one flat table, so that an editor can complete all keys. Conditions determine which keys belong together.

use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::values::{
    BedChangeSchema, BellNameSchema, ClipPathSchema, DurationSchema, IdSchema, SilenceLengthSchema, TagSchema,
    VoiceNameSchema, WordsSchema,
};
use crate::manifest::bounds::{GAIN_DB, REPETITIONS, STRIKES};
use crate::manifest::keys::{COMMON, SEGMENT_KINDS, SegmentKindKeys};

/// The keys of all kinds except a repeat.
#[derive(JsonSchema)]
struct SegmentKeysSchema {
    /// A name for this segment, for `--from` and the files of recordings: lower-case letters, digits and hyphens. Each id is used once.
    id: Option<IdSchema>,
    /// The title of a chapter that starts here.
    chapter: Option<String>,
    /// The bed from here on: brown, pink, rain, sea or drone, a recording of your own with its file extension, or "off" for none.
    bed: Option<BedChangeSchema>,
    /// The bell: bowl, inkin, gong, tingsha, block, or one of your own. In a silence it rings again and again, at the interval
    /// `every`.
    bell: Option<BellNameSchema>,
    /// The number of strikes, from 1 to 108. Default: 1.
    #[schemars(range(min = *STRIKES.start(), max = *STRIKES.end()), extend("default" = 1))]
    strikes: Option<u32>,
    /// The time from one strike to the next, "1s" to "10m"; default: "12s". In a silence: the interval of its bell, at least "10s".
    #[schemars(extend("default" = "12s"))]
    every: Option<DurationSchema>,
    /// How much each interval between the bells of a silence may differ from `every`: less than half of it, such as "1m". Default: "0s".
    #[schemars(extend("default" = "0s"))]
    vary: Option<DurationSchema>,
    /// The time from the last strike to the next segment, at most "10m". The bell keeps ringing during the next segment. Default: "8s".
    #[schemars(extend("default" = "8s"))]
    hold: Option<DurationSchema>,
    /// The words that are spoken. Put words of several lines between triple quotes.
    say: Option<WordsSchema>,
    /// The recording of the words: a file beside this one or in a folder below it, such as "welcome.wav" or "recordings/welcome.wav".
    clip: Option<ClipPathSchema>,
    /// How much louder this recording is than the others, from -24 to 12 dB. Negative numbers make it softer. Default: 0.
    #[schemars(range(min = *GAIN_DB.start(), max = *GAIN_DB.end()), extend("default" = 0))]
    gain: Option<f64>,
    /// The time from the start of these words to the next segment, "500ms" to "10m", such as "5s". It is never stretched. Words that last
    /// longer are not cut off. Default: as long as the words.
    lasts: Option<DurationSchema>,
    /// The voice that speaks these words without a recording, such as "heart". Default: that of the session.
    voice: Option<VoiceNameSchema>,
    /// What a listener may want to avoid here: a list, in brackets, of words such as "touch" or "breath".
    tags: Option<Vec<TagSchema>>,
    instead: Option<InsteadSchema>,
    /// A silence and its natural length, "100ms" to "24h", such as "40s" or "1m30s"; or "open" for one that lasts until the listener
    /// continues.
    silence: Option<SilenceLengthSchema>,
    /// The length of an open silence in lists and rendered files, and if no input can end it. Default: "5m".
    #[schemars(extend("default" = "5m"))]
    natural: Option<DurationSchema>,
    /// The shortest length of the silence, for a listener who wants a shorter session. Default: half of its natural length.
    least: Option<DurationSchema>,
    /// The longest length of the silence, for a listener who wants a longer session. Default: four times its natural length.
    most: Option<DurationSchema>,
    /// Whether a voice first says how long the silence will be. This does not make it longer. The words are those under [[announce]]. Default: false.
    #[schemars(extend("default" = false))]
    announce: Option<bool>,
}

/// A segment: a bell, words, a silence, or parts that are repeated.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Segment", transform = add_kinds)]
pub(super) struct SegmentSchema {
    #[schemars(flatten)]
    keys: SegmentKeysSchema,
    /// The number of repetitions of the parts below, from 2 to 1000.
    #[schemars(range(min = *REPETITIONS.start(), max = *REPETITIONS.end()))]
    repeat: Option<u32>,
    /// The parts that are repeated, each under a header [[segment.part]].
    #[schemars(length(min = 1))]
    part: Option<Vec<PartSchema>>,
}

/// A part of a repeat: a bell, words, or a silence.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Part", transform = add_kinds)]
struct PartSchema {
    #[schemars(flatten)]
    keys: SegmentKeysSchema,
}

/// Returns the schema of a segment in the gentler passage or the closing, which can't change the bed.
pub(super) fn passage_segment() -> Value {
    let no_bed = json!({ "bed": { "not": { "description": "only segments of the session itself change the bed" } } });
    let mut properties = no_bed.clone();
    merge(&mut properties, json!({ "part": { "items": { "properties": no_bed } } }));
    json!({ "allOf": [{ "$ref": "#/definitions/Segment" }, { "properties": properties }] })
}

/// What a listener who avoids one of the tags hears instead. Default: silence of the same length.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Instead", extend("anyOf" = [{ "required": ["say"] }, { "required": ["clip"] }, { "required": ["chapter"] }]))]
struct InsteadSchema {
    /// The words that are spoken instead.
    say: Option<WordsSchema>,
    /// The recording of the words.
    clip: Option<ClipPathSchema>,
    /// The title of the chapter for this listener, if that of the segment would mention what is avoided.
    chapter: Option<String>,
}

/// Adds the keys that each kind requires and forbids. As in the reader, the first kind whose key is present counts.
fn add_kinds(schema: &mut Schema) {
    let keys = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let kinds: Vec<_> = SEGMENT_KINDS.iter().filter(|kind| keys.contains_key(kind.key)).collect();
    let rules = kinds.iter().rev().fold(no_kind(), |otherwise, kind| rules(kind, &keys, &otherwise));
    schema.insert("oneOf".to_owned(), one_of(&kinds));
    if let Value::Object(rules) = rules {
        schema.ensure_object().extend(rules);
    }
}

/// Returns the kinds as alternatives, which editors show by their titles.
fn one_of(kinds: &[&SegmentKindKeys]) -> Value {
    let mut earlier: Vec<Value> = Vec::new();
    let mut alternatives = Vec::new();
    for kind in kinds {
        let mut alternative = json!({ "title": kind.name });
        merge(&mut alternative, required_keys(kind.key));
        if !earlier.is_empty() {
            merge(&mut alternative, json!({ "not": { "anyOf": earlier } }));
        }
        alternatives.push(alternative);
        earlier.push(json!({ "required": [kind.key] }));
    }
    alternatives.into()
}

/// Returns the rule that refuses a segment of no kind.
fn no_kind() -> Value {
    json!({ "not": { "description": "add one of bell, say, clip, silence or repeat" } })
}

/// Returns the rules of one kind, and those that apply to the others.
fn rules(kind: &SegmentKindKeys, keys: &Map<String, Value>, otherwise: &Value) -> Value {
    let is_foreign = |key: &&String| !kind.allowed.contains(&key.as_str()) && !COMMON.contains(&key.as_str());
    let foreign: Map<_, _> =
        keys.keys().filter(is_foreign).map(|key| (key.clone(), forbidden(key, kind.name))).collect();
    let mut consequence = json!({ "properties": foreign });
    merge(&mut consequence, additional_rules(kind.key));
    json!({ "if": has_kind(kind.key), "then": consequence, "else": otherwise })
}

/// Returns the rule that forbids a key. Its description is shown by editors.
fn forbidden(key: &str, kind: &str) -> Value {
    json!({ "not": { "description": format!("{key} does not belong in {kind}; move it to a segment of its own") } })
}

/// Returns the condition that identifies a kind.
fn has_kind(key: &str) -> Value {
    match key {
        "say" => json!({ "anyOf": [{ "required": ["say"] }, { "required": ["clip"] }] }),
        key => json!({ "required": [key] }),
    }
}

/// Returns the required keys of a kind.
fn required_keys(key: &str) -> Value {
    match key {
        "repeat" => json!({ "required": ["repeat", "part"] }),
        key => has_kind(key),
    }
}

/// Returns the other rules of a kind: in a silence, a bell and its interval require each other.
fn additional_rules(key: &str) -> Value {
    match key {
        "repeat" => json!({ "required": ["part"] }),
        "silence" => json!({ "allOf": [
            {
                "if": { "anyOf": [{ "required": ["bell"] }, { "required": ["every"] }, { "required": ["vary"] }] },
                "then": { "required": ["bell", "every"] },
            },
            {
                "if": { "properties": { "silence": { "const": "open" } } },
                "then": forbidden_all(&["least", "most", "announce"], "an open silence has no "),
                "else": forbidden_all(&["natural"], "only an open silence has "),
            },
        ] }),
        _ => json!({}),
    }
}

/// Returns the rule that forbids some keys. Editors show the text and the key.
fn forbidden_all(keys: &[&str], text: &str) -> Value {
    let forbidden = |key: &&str| ((*key).to_owned(), json!({ "not": { "description": format!("{text}{key}") } }));
    json!({ "properties": keys.iter().map(forbidden).collect::<Map<_, _>>() })
}

fn merge(into: &mut Value, other: Value) {
    if let (Value::Object(into), Value::Object(other)) = (into, other) {
        into.extend(other);
    }
}
