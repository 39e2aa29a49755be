//! Reads a custom modal bell, and reports each error at its key.

use std::borrow::Cow;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeFloat, DeTable, DeValue, ValueDeserializer};

use super::codes::Code;
use super::span::Span;
use super::suggest::nearest;
use super::table_reader::TableReader;
use crate::dsp::bells::Bell;

/// The keys of a bell.
const BELL: &[(&str, ModeKey)] = &[
    ("fundamental_hz", ModeKey::Number { required: true }),
    ("partials", ModeKey::Partials),
    ("thud", ModeKey::Thud),
    ("description", ModeKey::Text),
    ("level", ModeKey::ReadElsewhere),
    ("master_db", ModeKey::Number { required: false }),
    ("max_momentary_lufs", ModeKey::Number { required: false }),
    ("split_mix", ModeKey::Number { required: false }),
    ("width", ModeKey::Number { required: false }),
    ("contact_ms", ModeKey::Number { required: false }),
    ("bright_exp", ModeKey::Number { required: false }),
    ("length_s", ModeKey::Number { required: false }),
];
const PARTIAL: &[(&str, ModeKey)] = &[
    ("ratio", ModeKey::Number { required: true }),
    ("t60_s", ModeKey::Number { required: true }),
    ("gain_db", ModeKey::Number { required: false }),
    ("beat_hz", ModeKey::Number { required: false }),
    ("pan", ModeKey::Number { required: false }),
    ("attack_ms", ModeKey::Number { required: false }),
];
const THUD: &[(&str, ModeKey)] = &[
    ("gain_db", ModeKey::Number { required: true }),
    ("lo_hz", ModeKey::Number { required: true }),
    ("hi_hz", ModeKey::Number { required: true }),
    ("decay_ms", ModeKey::Number { required: true }),
    ("attack_ms", ModeKey::Number { required: false }),
];

/// The type of a key.
#[derive(Clone, Copy, PartialEq)]
enum ModeKey {
    Number {
        required: bool,
    },
    Text,
    Thud,
    /// Always required.
    Partials,
    /// Not part of the modes; read by the caller.
    ReadElsewhere,
}

/// Reads the modes of a bell. `section` is its header in messages.
pub(super) fn read_modes(section: &str, table: &mut TableReader) -> Option<Bell> {
    if !["fundamental_hz", "partials"].into_iter().any(|key| table.has(key) || table.is_reported_elsewhere(key)) {
        let help =
            "add a recording, such as clip = \"temple.flac\", or modes, which are `fundamental_hz` and `partials`";
        table.findings.error(Code::MissingKey, table.span.clone(), "this bell has no sound", help);
        table.report_unknown_keys(&[&key_names(BELL)[..], &["clip"]].concat(), section);
        return None;
    }
    let before = table.findings.len();
    check_keys(table, BELL, section);
    let bell = deserialize(table)?;
    for fault in bell.range_errors() {
        let Some(span) = find_value(table.table, &fault.key) else { continue };
        let (low, high) = (rounded(*fault.range.start(), f64::ceil), rounded(*fault.range.end(), f64::floor));
        let message = format!("`{}` is {}; it must be between {low} and {high}", fault.key, fault.value);
        table.findings.error(Code::OutOfRange, span, message, format!("choose a number from {low} to {high}"));
    }
    (table.findings.len() == before).then_some(bell)
}

/// Rounds a bound to three decimals, towards the inside of its range.
fn rounded(bound: f64, round: fn(f64) -> f64) -> f64 {
    round(bound * 1000.0) / 1000.0
}

fn key_names(known: &[(&'static str, ModeKey)]) -> Vec<&'static str> {
    known.iter().map(|(key, _)| *key).collect()
}

/// Reports unknown and missing keys and values of the wrong type in a bell or a part of it.
fn check_keys(table: &mut TableReader, known: &[(&'static str, ModeKey)], section: &str) {
    table.report_unknown_keys(&key_names(known), section);
    for (key, holds) in known {
        report_missing_key(table, known, (key, *holds), section);
        match holds {
            ModeKey::Number { .. } => table.check_number(key),
            ModeKey::Text => drop(table.text(key)),
            ModeKey::ReadElsewhere => {}
            ModeKey::Thud => {
                let example = "{ gain_db = -30, lo_hz = 200, hi_hz = 2000, decay_ms = 8 }";
                if let Some((inner, span)) = table.inline_table(key, example) {
                    check_keys(&mut TableReader::new(inner, span, table.findings), THUD, "`thud`");
                }
            }
            ModeKey::Partials => {
                for (inner, span) in table.inline_tables(key, "[{ ratio = 1, t60_s = 8 }]") {
                    check_keys(&mut TableReader::new(inner, span, table.findings), PARTIAL, "a partial");
                }
            }
        }
    }
}

fn report_missing_key(
    table: &mut TableReader,
    known: &[(&'static str, ModeKey)],
    (key, holds): (&'static str, ModeKey),
    section: &str,
) {
    let is_required = matches!(holds, ModeKey::Number { required: true } | ModeKey::Partials);
    // `hi_hz` is similar to `lo_hz`, but not a misspelling of it.
    let is_misspelling =
        |written: &str| !known.iter().any(|(known_key, _)| *known_key == written) && nearest(written, [key]).is_some();
    if is_required && !table.has(key) && !table.keys().any(|(written, _)| is_misspelling(written)) {
        let help = format!("add it to {section}; audio/bells.toml has examples");
        table.findings.error(Code::MissingKey, table.span.clone(), format!("`{key}` is missing"), help);
    }
}

/// Returns the bell, with placeholders for values that are missing or of the wrong type, which have been reported.
fn deserialize(table: &mut TableReader) -> Option<Bell> {
    let modes = with_placeholders(table.table, BELL);
    let bell = Bell::deserialize(ValueDeserializer::from(Spanned::new(table.span.clone(), DeValue::Table(modes))));
    if let Err(error) = &bell {
        let message = error.message().lines().next().unwrap_or("this is not a bell").to_owned();
        let span = error.span().unwrap_or(table.span.clone());
        table.findings.error(Code::WrongType, span, message, "audio/bells.toml has examples");
    }
    bell.ok()
}

/// Returns a copy of a table with only the known keys of the right type, and with placeholders for missing required keys.
fn with_placeholders<'table>(table: &DeTable<'table>, known: &[(&'static str, ModeKey)]) -> DeTable<'table> {
    let mut copy = DeTable::new();
    for (name, holds) in known {
        let key = Spanned::new(0..0, Cow::Borrowed(*name));
        let found = table.get(*name).and_then(|value| Some(Spanned::new(value.span(), valid_value(value, *holds)?)));
        let value = match (found, holds) {
            (Some(value), _) => value,
            (None, ModeKey::Number { required: true }) => Spanned::new(0..0, DeValue::Float(DeFloat::default())),
            (None, ModeKey::Partials) => Spanned::new(0..0, DeValue::Array(DeArray::new())),
            _ => continue,
        };
        copy.insert(key, value);
    }
    copy
}

/// Returns the value if it has the right type, with placeholders inside.
fn valid_value<'table>(value: &Spanned<DeValue<'table>>, holds: ModeKey) -> Option<DeValue<'table>> {
    match (value.get_ref(), holds) {
        (DeValue::Integer(_) | DeValue::Float(_), ModeKey::Number { .. }) | (DeValue::String(_), ModeKey::Text) => {
            Some(value.get_ref().clone())
        }
        (DeValue::Table(inner), ModeKey::Thud) => Some(DeValue::Table(with_placeholders(inner, THUD))),
        (DeValue::Array(items), ModeKey::Partials) => {
            let mut partials = DeArray::new();
            for item in items {
                let inner = if let DeValue::Table(inner) = item.get_ref() { inner } else { &DeTable::new() };
                partials.push(Spanned::new(item.span(), DeValue::Table(with_placeholders(inner, PARTIAL))));
            }
            Some(DeValue::Array(partials))
        }
        _ => None,
    }
}

/// Returns the position of the value at a path such as `partials[2].t60_s`, or `None` if it is missing or of the wrong type.
fn find_value(table: &DeTable, path: &str) -> Option<Span> {
    let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    let (name, index) = head.split_once('[').map_or((head, None), |(name, index)| (name, Some(index)));
    let mut value = table.get(name)?;
    if let (Some(index), DeValue::Array(items)) = (index, value.get_ref()) {
        value = items.get(index.trim_end_matches(']').parse::<usize>().ok()?)?;
    }
    match (rest, value.get_ref()) {
        (Some(rest), DeValue::Table(inner)) => find_value(inner, rest),
        (None, DeValue::Integer(_) | DeValue::Float(_)) if path != "partials" => Some(value.span()),
        (None, DeValue::Array(_)) if path == "partials" => Some(value.span()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the keys listed in serde's error about an unknown one.
    fn expected_keys(text: &str) -> Vec<String> {
        let message = toml::from_str::<Bell>(text).unwrap_err().message().to_owned();
        let (_, list) = message.split_once("expected").unwrap();
        list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn the_tables_list_all_keys_of_a_bell() {
        let sorted = |mut keys: Vec<String>| {
            keys.sort();
            keys
        };
        let listed =
            |known| sorted(key_names(known).into_iter().filter(|key| *key != "level").map(str::to_owned).collect());
        assert_eq!(sorted(expected_keys("unknown = 1")), listed(BELL));
        assert_eq!(sorted(expected_keys("fundamental_hz = 1\npartials = [{ unknown = 1 }]")), listed(PARTIAL));
        assert_eq!(sorted(expected_keys("fundamental_hz = 1\nthud = { unknown = 1 }")), listed(THUD));
    }

    #[test]
    fn values_are_found_by_their_path() {
        let text = "partials = [{ ratio = \"1\" }, { ratio = 2, t60_s = 9 }]\nthud = { lo_hz = 3 }\nwidth = []";
        let table = DeTable::parse(text).unwrap();
        let at = |key| &text[find_value(table.get_ref(), key).unwrap()];
        assert_eq!(at("partials[1].t60_s"), "9");
        assert_eq!(at("thud.lo_hz"), "3");
        assert_eq!(at("partials"), "[{ ratio = \"1\" }, { ratio = 2, t60_s = 9 }]");
        for missing in ["partials[0].pan", "partials[0].ratio", "width"] {
            assert_eq!(find_value(table.get_ref(), missing), None);
        }
    }
}
