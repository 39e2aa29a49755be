//! Compares the errors of the reader with those of the schema.

use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::manifest::codes::Code;
use crate::manifest::{Finding, Severity, duration, read, schema};

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(&schema::text()).expect("the schema is JSON");
    jsonschema::validator_for(&document).expect("the schema is valid")
});

/// Whether a schema can express an error of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expressible {
    Yes,
    /// The error depends on two parts of the text, or on the numeric value of a text.
    No,
    /// It depends on the value.
    Partly,
}

/// Compares reader and schema.
pub(super) struct Agreement(&'static Validator);

impl Agreement {
    pub(super) fn new() -> Self {
        Self(&VALIDATOR)
    }

    /// Returns the errors that an editor would show.
    pub(super) fn schema_errors(&self, text: &str) -> Vec<String> {
        let table: toml::Table = toml::from_str(text).expect("the text is TOML");
        self.0.iter_errors(&json(toml::Value::Table(table))).map(|error| error.to_string()).collect()
    }

    /// Returns the errors that the reader reports. Clips are not opened.
    pub(super) fn reader_errors(&self, text: &str) -> Vec<String> {
        errors(text).iter().map(|finding| format!("{} {}", finding.code.name(), finding.message)).collect()
    }

    /// Fails if only one of the two accepts a manifest. Returns whether they were compared, which requires valid TOML.
    #[track_caller]
    pub(super) fn compare(&self, text: &str) -> bool {
        if toml::from_str::<toml::Table>(text).is_err() {
            return false;
        }
        let (findings, schema_errors) = (errors(text), self.schema_errors(text));
        let expressible: Vec<_> = findings.iter().map(|finding| is_expressible(finding, text)).collect();
        if expressible.contains(&Expressible::Yes) {
            assert!(!schema_errors.is_empty(), "only the reader refuses this: {findings:#?}\n{text}");
        } else if !expressible.contains(&Expressible::Partly) {
            assert!(schema_errors.is_empty(), "only the schema refuses this: {schema_errors:#?}\n{text}");
        }
        true
    }
}

fn errors(text: &str) -> Vec<Finding> {
    let (_, findings) = read(Path::new("test.toml"), text);
    findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect()
}

/// A schema can't express whether a name is used or defined elsewhere, the number of segments after unrolling repeats, the length of a
/// duration or which of two is longer, or, because JSON has only one type of number, whether `3.0` is an integer.
fn is_expressible(finding: &Finding, text: &str) -> Expressible {
    let value = &text[finding.span.clone()];
    let quoted = value.strip_prefix(['"', '\'']).and_then(|value| value.strip_suffix(['"', '\'']));
    match finding.code {
        Code::DuplicateId
        | Code::UnknownBell
        | Code::AnnouncementLengths
        | Code::NoAnnouncements
        | Code::OpenSilence => Expressible::No,
        // Syntax of TOML 1.1, which is corrected before validation.
        Code::InlineTableLines | Code::InlineTableComma | Code::BadEscape => Expressible::No,
        // `[bell]` without a name is refused as a header, regardless of its content.
        Code::TooMuch | Code::HeaderBrackets => Expressible::Partly,
        Code::OutOfRange if quoted.is_some_and(|value| duration::parse(value).is_some()) => Expressible::No,
        Code::OutOfRange if finding.message.contains("ratio") || finding.message.contains("hi_hz") => {
            Expressible::Partly
        }
        // The format is correct, but the number is too large.
        Code::BadDuration if value.contains("99999999999999999999") => Expressible::No,
        Code::WrongType | Code::UnknownFormat if value.contains(['.', 'e']) && value.parse::<f64>().is_ok() => {
            Expressible::Partly
        }
        _ => Expressible::Yes,
    }
}

/// Converts a TOML value like an editor. NaN and infinities become `null`, which is never valid.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
    }
}
