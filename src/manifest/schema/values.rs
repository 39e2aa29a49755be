//! The values of keys, as precisely as a schema can describe them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::dsp::{beds, bells};
use crate::manifest::bounds::{
    MAX_DURATION_BYTES, MAX_ID_CHARS, MAX_LINE_BYTES, MAX_PATH_BYTES, MAX_TAG_BYTES, MAX_VOICE_BYTES,
};
use crate::manifest::codes::Code;
use crate::manifest::session::TAGS;

/// Declares types of values, each with its schema.
macro_rules! values {
    ($($(#[$doc:meta])* $name:ident = $schema:expr;)+) => {
        $(
            $(#[$doc])*
            pub(super) struct $name;

            impl JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    $schema
                }
            }
        )+
    };
}

/// Characters that a clip's path can't contain, for a class of a pattern.
const FORBIDDEN: &str = r"\\:\x00-\x1f\x7f-\x9f";
/// A part of a path that is empty or leads upwards.
const LEADS_OUT: &str = r"(^|/)\.{0,2}(/|$)";

values! {
    /// A duration: at least one part, in this order. The shortest one has two characters.
    DurationSchema = json_schema!({
        "type": "string",
        "pattern": r"^([0-9]+h)?([0-9]+m)?([0-9]+(\.[0-9]+)?s)?([0-9]+ms)?$",
        "minLength": 2,
        "maxLength": MAX_DURATION_BYTES,
        "examples": ["40s", "1m30s", "2.5s", "800ms"],
    });
    /// The length of a silence: a duration, or "open".
    SilenceLengthSchema = json_schema!({
        "type": "string",
        "pattern": r"^(open|([0-9]+h)?([0-9]+m)?([0-9]+(\.[0-9]+)?s)?([0-9]+ms)?)$",
        "minLength": 2,
        "maxLength": MAX_DURATION_BYTES,
        "examples": ["40s", "1m30s", "2.5s", "800ms", "open"],
    });
    /// A relative path that stays in its folder.
    ClipPathSchema = json_schema!({
        "type": "string",
        "pattern": format!("^[^{FORBIDDEN}]+$"),
        "not": { "pattern": LEADS_OUT },
        "maxLength": MAX_PATH_BYTES,
    });
    /// The name of a built-in bed, or a clip, which has a file extension. The `enum` is only for completion.
    BedSoundSchema = json_schema!({
        "type": "string",
        "anyOf": [{ "enum": beds::NAMES }, true],
        "pattern": format!(r"^({}|[^{FORBIDDEN}]*\.[^{FORBIDDEN}]*)$", beds::NAMES.join("|")),
        "not": { "pattern": LEADS_OUT },
        "maxLength": MAX_PATH_BYTES,
    });
    /// The name of a built-in bed, a clip, which has a file extension, or "off". The `enum` is only for completion.
    BedChangeSchema = json_schema!({
        "type": "string",
        "anyOf": [{ "enum": (beds::NAMES.into_iter().chain(["off"]).collect::<Vec<_>>()) }, true],
        "pattern": format!(r"^({}|off|[^{FORBIDDEN}]*\.[^{FORBIDDEN}]*)$", beds::NAMES.join("|")),
        "not": { "pattern": LEADS_OUT },
        "maxLength": MAX_PATH_BYTES,
    });
    /// The name of a bell, which may be a custom one. The `enum` is only for completion.
    BellNameSchema = json_schema!({
        "type": "string",
        "anyOf": [{ "enum": bells::NAMES }, true],
    });
    /// The id of a segment.
    IdSchema = json_schema!({
        "type": "string",
        "pattern": format!("^[a-z][a-z0-9-]{{0,{}}}$", MAX_ID_CHARS - 1),
    });
    /// Spoken words, which are more than spaces.
    WordsSchema = json_schema!({
        "type": "string",
        "pattern": r"\S",
        "maxLength": MAX_LINE_BYTES,
    });
    /// What a listener may want to avoid, with or without spaces around it. The `enum` is only for completion.
    TagSchema = json_schema!({
        "type": "string",
        "anyOf": [{ "enum": TAGS }, true],
        "pattern": format!(r"^\s*[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]{{0,{}}}[^\s\x00-\x1f\x7f-\x9f])?\s*$", MAX_TAG_BYTES - 2),
    });
    /// A BCP 47 language tag.
    LanguageSchema = json_schema!({
        "type": "string",
        "pattern": "^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*$",
        "examples": ["en", "de", "pt-BR"],
    });
    /// The name of a voice.
    VoiceNameSchema = json_schema!({
        "type": "string",
        "pattern": format!("^[A-Za-z0-9][A-Za-z0-9._-]{{0,{}}}$", MAX_VOICE_BYTES - 1),
        "examples": ["heart"],
    });
    /// The code of a warning.
    WarningCodeSchema = json_schema!({
        "type": "string",
        "enum": Code::ALL.iter().filter(|code| code.is_warning()).map(|code| code.name()).collect::<Vec<_>>(),
    });
}
