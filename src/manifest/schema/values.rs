//! The values of single keys, as far as a schema can tell them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::super::bounds::{MAX_DURATION_BYTES, MAX_ID_CHARS, MAX_LINE_BYTES, MAX_PATH_BYTES, MAX_TAG_BYTES};
use super::super::codes::Code;
use super::super::session::TAGS;
use crate::dsp::{beds, bells};

/// Declares kinds of values, each with its schema.
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

/// Characters that the path of a clip can't hold, for a class of a pattern.
const FORBIDDEN: &str = r"\\:\x00-\x1f\x7f-\x9f";
/// A part of a path that is empty, or leads up.
const LEADS_OUT: &str = r"(^|/)\.{0,2}(/|$)";

values! {
    /// A length of time: at least one part, in this order. The shortest has two characters.
    Length = json_schema!({
        "type": "string",
        "pattern": r"^([0-9]+h)?([0-9]+m)?([0-9]+(\.[0-9]+)?s)?([0-9]+ms)?$",
        "minLength": 2,
        "maxLength": MAX_DURATION_BYTES,
        "examples": ["40s", "1m30s", "2.5s", "800ms"],
    });
    /// A relative path that goes down only.
    ClipFile = json_schema!({
        "type": "string",
        "pattern": format!("^[^{FORBIDDEN}]+$"),
        "not": { "pattern": LEADS_OUT },
        "maxLength": MAX_PATH_BYTES,
    });
    /// A name among the shipped beds, or a clip, which has an ending. The choice only serves to complete.
    BedSound = json_schema!({
        "type": "string",
        "anyOf": [{ "enum": beds::NAMES }, true],
        "pattern": format!(r"^({}|[^{FORBIDDEN}]*\.[^{FORBIDDEN}]*)$", beds::NAMES.join("|")),
        "not": { "pattern": LEADS_OUT },
        "maxLength": MAX_PATH_BYTES,
    });
    /// The name of a bell, which may be one of the session's own. The choice only serves to complete.
    BellName = json_schema!({
        "type": "string",
        "anyOf": [{ "enum": bells::NAMES }, true],
    });
    /// The name of a segment.
    Id = json_schema!({
        "type": "string",
        "pattern": format!("^[a-z][a-z0-9-]{{0,{}}}$", MAX_ID_CHARS - 1),
    });
    /// Words that are spoken, more than blanks.
    Words = json_schema!({
        "type": "string",
        "pattern": r"\S",
        "maxLength": MAX_LINE_BYTES,
    });
    /// What a listener may want to avoid. Blanks around it do not count. The choice only serves to complete.
    Tag = json_schema!({
        "type": "string",
        "anyOf": [{ "enum": TAGS }, true],
        "pattern": format!(r"^\s*[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]{{0,{}}}[^\s\x00-\x1f\x7f-\x9f])?\s*$", MAX_TAG_BYTES - 2),
    });
    /// A language tag.
    Language = json_schema!({
        "type": "string",
        "pattern": "^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*$",
        "examples": ["en", "de", "pt-BR"],
    });
    /// The code of a warning.
    Warning = json_schema!({
        "type": "string",
        "enum": Code::ALL.iter().filter(|code| code.is_warning()).map(|code| code.name()).collect::<Vec<_>>(),
    });
}
