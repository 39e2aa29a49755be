//! The keys above the segments: who, how loud, which bed, which bells.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::bounds::{FORMAT, LEVEL_LU, MAX_BELLS, SETTLE, VOICE_LUFS};
use super::codes::Code;
use super::findings::Findings;
use super::modes::modes;
use super::narration::clip;
use super::session::{BedSpec, BellSound, CustomBell, Session, SessionLevels};
use super::span::Span;
use super::suggest;
use super::table::{Table, integer};
use crate::dsp::beds;
use crate::units::{Decibels, Lufs};

/// Of a bell of one's own, against the voice.
const OWN_BELL_LEVEL: Decibels = Decibels(-3.0);

/// Looks whether the manifest is of a format that this program knows.
pub(super) fn format(table: &mut Table) {
    let help = "put format = 1 at the top";
    let Some(value) = table.get("format") else {
        if !table.may_mean("format") {
            table.findings.error(Code::MissingKey, table.span.clone(), "`format` is missing", help);
        }
        return;
    };
    if !matches!(value.get_ref(), DeValue::Integer(number) if integer(number) == Some(i64::from(FORMAT))) {
        table.findings.error(Code::UnknownFormat, value.span(), "this program reads format 1 alone", help);
    }
}

/// All but the title and the segments.
pub(super) fn session(table: &mut Table) -> Session {
    Session {
        title: String::new(),
        summary: table.text("summary").map(|text| text.value),
        language: language(table),
        teacher: table.text("teacher").map(|text| text.value),
        license: table.text("license").map(|text| text.value),
        allow: allow(table),
        settle: table.duration("settle", SETTLE).unwrap_or_default(),
        levels: levels(table),
        bed: bed(table),
        bells: bells(table),
        segments: Vec::new(),
        soften: Vec::new(),
        exit: Vec::new(),
    }
}

fn language(table: &mut Table) -> String {
    let Some(text) = table.text("language") else { return "en".to_owned() };
    let plain = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !text.value.split('-').all(plain) {
        let help = "write a language tag such as \"en\", \"de\" or \"pt-BR\"";
        table.findings.error(Code::OutOfRange, text.span, "`language` is not a language tag", help);
    }
    text.value
}

fn allow(table: &mut Table) -> Vec<Code> {
    let mut codes = Vec::new();
    for name in table.texts("allow").unwrap_or_default() {
        match Code::parse(&name.value) {
            Some(code) if code.is_warning() => codes.push(code),
            Some(_) => {
                let message = format!("`{}` is an error, and can't be allowed", name.value);
                table.findings.error(
                    Code::UnknownAllow,
                    name.span,
                    message,
                    "mend what it is about, and take it out here",
                );
            }
            None => {
                let warnings = Code::ALL.iter().filter(|code| code.is_warning());
                let help = suggest::help(&name.value, warnings.map(|code| code.name()));
                table.findings.error(Code::UnknownAllow, name.span, "no warning has this name", help);
            }
        }
    }
    codes
}

fn levels(table: &mut Table) -> SessionLevels {
    let Some((inner, span)) = table.table("levels") else { return SessionLevels::default() };
    let mut inner = Table::new(inner, span, table.findings);
    inner.refuse_unknown(&["voice", "bell", "bed"], "[levels]");
    SessionLevels {
        voice: inner.number("voice", VOICE_LUFS, " LUFS").map_or(SessionLevels::VOICE, Lufs),
        bell: inner.number("bell", LEVEL_LU, " LU").map_or(Decibels::UNITY, Decibels),
        bed: inner.number("bed", LEVEL_LU, " LU").map_or(Decibels::UNITY, Decibels),
    }
}

fn bed(table: &mut Table) -> Option<BedSpec> {
    let (inner, span) = table.table("bed")?;
    let mut inner = Table::new(inner, span, table.findings);
    inner.refuse_unknown(&["sound"], "[bed]");
    let names = beds::NAMES;
    let sound = inner.required_text("sound", &format!("name one of {}, or a clip", names.join(", ")))?;
    if names.contains(&sound.value.as_str()) {
        return Some(BedSpec::Named(sound.value));
    }
    if !sound.value.contains('.') {
        let own = "(a clip of your own is named with its ending, as in \"rain.flac\")";
        let help = format!("{} {own}", suggest::help(&sound.value, names));
        inner.findings.error(Code::UnknownBed, sound.span, "there is no bed of this name", help);
        return None;
    }
    clip(sound, inner.findings).map(BedSpec::Clip)
}

fn bells(table: &mut Table) -> BTreeMap<String, CustomBell> {
    let mut bells = BTreeMap::new();
    let Some((inner, span)) = table.table("bell") else { return bells };
    if inner.len() > MAX_BELLS {
        let message = format!("the session brings {} bells, more than {MAX_BELLS}", inner.len());
        table.findings.error(Code::TooMuch, span, message, "keep those that the session strikes");
        return bells;
    }
    for (name, value) in inner {
        let DeValue::Table(bell) = value.get_ref() else {
            let help = "write the bell under a header of its own, as in [bell.temple]";
            table.findings.error(Code::WrongType, value.span(), "a bell is a table", help);
            continue;
        };
        if let Some(bell) = own_bell(name.get_ref(), bell, value.span(), table.findings) {
            bells.insert(name.get_ref().to_string(), bell);
        }
    }
    bells
}

/// The names of the bells that are described, rightly or not.
pub(super) fn bell_names<'table>(table: &Table<'table, '_, '_>) -> Vec<&'table str> {
    match table.get("bell").map(Spanned::get_ref) {
        Some(DeValue::Table(bells)) => bells.keys().map(|name| name.get_ref().as_ref()).collect(),
        _ => Vec::new(),
    }
}

fn own_bell(name: &str, table: &DeTable, span: Span, findings: &mut Findings) -> Option<CustomBell> {
    let mut inner = Table::new(table, span, findings);
    let level = inner.number("level", LEVEL_LU, " LU").map_or(OWN_BELL_LEVEL, Decibels);
    let sound = if inner.has("clip") {
        inner.refuse_unknown(&["clip", "level"], &format!("[bell.{name}], which is a clip"));
        let path = inner.text("clip")?;
        BellSound::Clip(clip(path, inner.findings)?)
    } else {
        BellSound::Modes(Box::new(modes(name, &mut inner)?))
    };
    Some(CustomBell { level, sound })
}
