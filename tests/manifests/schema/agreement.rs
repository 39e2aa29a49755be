//! Reader and schema, side by side.

use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use karuna::manifest::{Code, Finding, Severity, duration, read, schema};
use serde_json::Value;

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(&schema::text()).expect("the schema is JSON");
    jsonschema::validator_for(&document).expect("the schema is one")
});

/// How a schema stands to an error that the reader found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expressible {
    Yes,
    /// It can't know: two places of the text are compared, or numbers behind a text.
    No,
    /// For some values it can.
    Partly,
}

/// Judges manifests by both.
pub(crate) struct Agreement(&'static Validator);

impl Agreement {
    pub(crate) fn new() -> Self {
        Self(&VALIDATOR)
    }

    /// What an editor would say.
    pub(crate) fn refusals(&self, text: &str) -> Vec<String> {
        let table: toml::Table = toml::from_str(text).expect("the text is TOML");
        self.0.iter_errors(&json(toml::Value::Table(table))).map(|error| error.to_string()).collect()
    }

    /// What the reader says of the text alone, warnings left out.
    pub(crate) fn errors(&self, text: &str) -> Vec<String> {
        findings(text).iter().map(|finding| format!("{} {}", finding.code.name(), finding.message)).collect()
    }

    /// Fails where one refuses what the other accepts. What is no TOML is not judged, and the answer is no.
    #[track_caller]
    pub(crate) fn judge(&self, text: &str) -> bool {
        if toml::from_str::<toml::Table>(text).is_err() {
            return false;
        }
        let (findings, refusals) = (findings(text), self.refusals(text));
        let told: Vec<_> = findings.iter().map(|finding| expressible(finding, text)).collect();
        if told.contains(&Expressible::Yes) {
            assert!(!refusals.is_empty(), "the schema accepts what the reader refuses: {findings:#?}\n{text}");
        } else if !told.contains(&Expressible::Partly) {
            assert!(refusals.is_empty(), "the schema refuses what the reader accepts: {refusals:#?}\n{text}");
        }
        true
    }
}

fn findings(text: &str) -> Vec<Finding> {
    let (_, findings) = read(Path::new("test.toml"), text);
    findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect()
}

/// What a schema can't tell: which names are taken or known elsewhere in the text, how much there is once repeats are unrolled, how long
/// a length of time is, which of two is longer, and, since JSON has one kind of number, whether `3.0` is a whole one.
fn expressible(finding: &Finding, text: &str) -> Expressible {
    let value = &text[finding.span.clone()];
    let quoted = value.strip_prefix(['"', '\'']).and_then(|value| value.strip_suffix(['"', '\'']));
    match finding.code {
        Code::DuplicateId | Code::UnknownBell => Expressible::No,
        // Of a younger TOML, which is mended before a schema sees it.
        Code::InlineTableLines | Code::InlineTableComma | Code::BadEscape => Expressible::No,
        // `[bell]` without a name is refused as a header, whatever stands in it.
        Code::TooMuch | Code::HeaderBrackets => Expressible::Partly,
        Code::OutOfRange if quoted.is_some_and(|value| duration::parse(value).is_some()) => Expressible::No,
        Code::OutOfRange if finding.message.contains("ratio") || finding.message.contains("hi_hz") => {
            Expressible::Partly
        }
        // Written as it should be, and longer than any number.
        Code::BadDuration if value.contains("99999999999999999999") => Expressible::No,
        Code::WrongType | Code::UnknownFormat if value.contains(['.', 'e']) && value.parse::<f64>().is_ok() => {
            Expressible::Partly
        }
        _ => Expressible::Yes,
    }
}

/// A value of TOML as editors hand it to a schema. What JSON has no number for becomes `null`, which fits nowhere.
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
