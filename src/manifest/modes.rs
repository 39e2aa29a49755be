//! A bell of one's own that is described by its modes: each mistake at its key.

use std::borrow::Cow;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeFloat, DeTable, DeValue, ValueDeserializer};

use super::codes::Code;
use super::span::Span;
use super::suggest::nearest;
use super::table::Table;
use crate::dsp::bells::Bell;

/// The keys of a bell; of those with a number, whether it has to be there.
const BELL: &[(&str, Holds)] = &[
    ("fundamental_hz", Holds::Number { required: true }),
    ("partials", Holds::Partials),
    ("thud", Holds::Thud),
    ("description", Holds::Text),
    ("level", Holds::ReadAlready),
    ("master_db", Holds::Number { required: false }),
    ("max_momentary_lufs", Holds::Number { required: false }),
    ("split_mix", Holds::Number { required: false }),
    ("width", Holds::Number { required: false }),
    ("contact_ms", Holds::Number { required: false }),
    ("bright_exp", Holds::Number { required: false }),
    ("length_s", Holds::Number { required: false }),
];
const PARTIAL: &[(&str, Holds)] = &[
    ("ratio", Holds::Number { required: true }),
    ("t60_s", Holds::Number { required: true }),
    ("gain_db", Holds::Number { required: false }),
    ("beat_hz", Holds::Number { required: false }),
    ("pan", Holds::Number { required: false }),
    ("attack_ms", Holds::Number { required: false }),
];
const THUD: &[(&str, Holds)] = &[
    ("gain_db", Holds::Number { required: true }),
    ("lo_hz", Holds::Number { required: true }),
    ("hi_hz", Holds::Number { required: true }),
    ("decay_ms", Holds::Number { required: true }),
    ("attack_ms", Holds::Number { required: false }),
];

/// What a key holds.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    Number {
        required: bool,
    },
    Text,
    Thud,
    Partials,
    /// Not of the modes: who reads the bell has looked at it.
    ReadAlready,
}

/// The bell, or its findings.
pub(super) fn modes(name: &str, table: &mut Table) -> Option<Bell> {
    if !["fundamental_hz", "partials"].into_iter().any(|key| table.has(key) || table.may_mean(key)) {
        let help = "give it a recording, as in clip = \"temple.flac\", or modes: fundamental_hz and partials";
        table.findings.error(Code::MissingKey, table.span.clone(), "this bell has no sound", help);
        table.refuse_unknown(&[&keys(BELL)[..], &["clip"]].concat(), &format!("[bell.{name}]"));
        return None;
    }
    let before = table.findings.len();
    walk(table, BELL, &format!("[bell.{name}]"));
    let bell = deserialize(table)?;
    for fault in bell.faults() {
        let Some(span) = locate(table.whole(), &fault.key) else { continue };
        let (low, high) = (rounded(*fault.range.start(), f64::ceil), rounded(*fault.range.end(), f64::floor));
        let message = format!("`{}` is {}, outside {low} to {high}", fault.key, fault.value);
        table.findings.error(Code::OutOfRange, span, message, format!("choose a number from {low} to {high}"));
    }
    (table.findings.len() == before).then_some(bell)
}

/// A bound as a person would type it, and still within.
fn rounded(bound: f64, round: fn(f64) -> f64) -> f64 {
    round(bound * 1000.0) / 1000.0
}

fn keys(known: &[(&'static str, Holds)]) -> Vec<&'static str> {
    known.iter().map(|(key, _)| *key).collect()
}

/// Looks at the keys of a bell or of a part of it.
fn walk(table: &mut Table, known: &[(&'static str, Holds)], place: &str) {
    table.refuse_unknown(&keys(known), place);
    for (key, holds) in known {
        let required = matches!(holds, Holds::Number { required: true } | Holds::Partials);
        // `hi_hz` is near to `lo_hz`, and does not mean it.
        let misspelt =
            |written: &str| !known.iter().any(|(one, _)| *one == written) && nearest(written, [*key]).is_some();
        if required && !table.has(key) && !table.keys().any(|(written, _)| misspelt(written)) {
            let help = format!("{place} needs it; the bells in audio/bells.toml show how");
            table.findings.error(Code::MissingKey, table.span.clone(), format!("`{key}` is missing"), help);
        }
        match holds {
            Holds::Number { .. } => table.any_number(key),
            Holds::Text => drop(table.text(key)),
            Holds::ReadAlready => {}
            Holds::Thud => {
                if let Some((inner, span)) =
                    table.braces(key, "{ gain_db = -30, lo_hz = 200, hi_hz = 2000, decay_ms = 8 }")
                {
                    walk(&mut Table::new(inner, span, table.findings), THUD, "`thud`");
                }
            }
            Holds::Partials => {
                for (inner, span) in table.braces_each(key, "[{ ratio = 1, t60_s = 8 }]") {
                    walk(&mut Table::new(inner, span, table.findings), PARTIAL, "a partial");
                }
            }
        }
    }
}

/// The bell, with what is missing or wrong made up: that is among the findings, and the rest is still looked at.
fn deserialize(table: &mut Table) -> Option<Bell> {
    let modes = sound(table.whole(), BELL);
    let bell = Bell::deserialize(ValueDeserializer::from(Spanned::new(table.span.clone(), DeValue::Table(modes))));
    if let Err(error) = &bell {
        let message = error.message().lines().next().unwrap_or("this is not a bell").to_owned();
        let span = error.span().unwrap_or(table.span.clone());
        table.findings.error(Code::WrongType, span, message, "the bells in audio/bells.toml show how");
    }
    bell.ok()
}

/// A table of these keys alone, each of its type, and all there that has to be.
fn sound<'table>(table: &DeTable<'table>, known: &[(&'static str, Holds)]) -> DeTable<'table> {
    let mut sound = DeTable::new();
    for (name, holds) in known {
        let key = Spanned::new(0..0, Cow::Borrowed(*name));
        let found = table.get(*name).and_then(|value| Some(Spanned::new(value.span(), sound_value(value, *holds)?)));
        let value = match (found, holds) {
            (Some(value), _) => value,
            (None, Holds::Number { required: true }) => Spanned::new(0..0, DeValue::Float(DeFloat::default())),
            (None, Holds::Partials) => Spanned::new(0..0, DeValue::Array(DeArray::new())),
            _ => continue,
        };
        sound.insert(key, value);
    }
    sound
}

fn sound_value<'table>(value: &Spanned<DeValue<'table>>, holds: Holds) -> Option<DeValue<'table>> {
    match (value.get_ref(), holds) {
        (DeValue::Integer(_) | DeValue::Float(_), Holds::Number { .. }) | (DeValue::String(_), Holds::Text) => {
            Some(value.get_ref().clone())
        }
        (DeValue::Table(inner), Holds::Thud) => Some(DeValue::Table(sound(inner, THUD))),
        (DeValue::Array(items), Holds::Partials) => {
            let mut partials = DeArray::new();
            for item in items {
                let inner = if let DeValue::Table(inner) = item.get_ref() { inner } else { &DeTable::new() };
                partials.push(Spanned::new(item.span(), DeValue::Table(sound(inner, PARTIAL))));
            }
            Some(DeValue::Array(partials))
        }
        _ => None,
    }
}

/// Where the value of a key such as `partials[2].t60_s` stands. Nowhere, if it is missing or of another kind: that is said already.
fn locate(table: &DeTable, key: &str) -> Option<Span> {
    let (head, rest) = key.split_once('.').map_or((key, None), |(head, rest)| (head, Some(rest)));
    let (name, index) = head.split_once('[').map_or((head, None), |(name, index)| (name, Some(index)));
    let mut value = table.get(name)?;
    if let (Some(index), DeValue::Array(items)) = (index, value.get_ref()) {
        value = items.get(index.trim_end_matches(']').parse::<usize>().ok()?)?;
    }
    match (rest, value.get_ref()) {
        (Some(rest), DeValue::Table(inner)) => locate(inner, rest),
        (None, DeValue::Integer(_) | DeValue::Float(_)) if key != "partials" => Some(value.span()),
        (None, DeValue::Array(_)) if key == "partials" => Some(value.span()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys that serde names when it meets one that it does not know.
    fn expected(text: &str) -> Vec<String> {
        let told = toml::from_str::<Bell>(text).unwrap_err().message().to_owned();
        let (_, list) = told.split_once("expected").unwrap();
        list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn the_keys_are_those_of_a_bell() {
        let sorted = |mut keys: Vec<String>| {
            keys.sort();
            keys
        };
        let own = |known| sorted(keys(known).into_iter().filter(|key| *key != "level").map(str::to_owned).collect());
        assert_eq!(sorted(expected("unheard = 1")), own(BELL));
        assert_eq!(sorted(expected("fundamental_hz = 1\npartials = [{ unheard = 1 }]")), own(PARTIAL));
        assert_eq!(sorted(expected("fundamental_hz = 1\nthud = { unheard = 1 }")), own(THUD));
    }

    #[test]
    fn a_fault_is_found_at_its_key() {
        let text = "partials = [{ ratio = \"1\" }, { ratio = 2, t60_s = 9 }]\nthud = { lo_hz = 3 }\nwidth = []";
        let table = DeTable::parse(text).unwrap();
        let at = |key| &text[locate(table.get_ref(), key).unwrap()];
        assert_eq!(at("partials[1].t60_s"), "9");
        assert_eq!(at("thud.lo_hz"), "3");
        assert_eq!(at("partials"), "[{ ratio = \"1\" }, { ratio = 2, t60_s = 9 }]");
        for missing in ["partials[0].pan", "partials[0].ratio", "width"] {
            assert_eq!(locate(table.get_ref(), missing), None);
        }
    }
}
