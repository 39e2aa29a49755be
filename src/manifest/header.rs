//! Reads the parts of a manifest that apply to the whole session: its description, levels, bed and custom bells.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::announcements::read_announcements;
use super::bounds::{FORMAT, LEVEL_LU, MAX_BELLS, SETTLE, VOICE_LUFS};
use super::codes::Code;
use super::findings::{Findings, excerpt};
use super::modes::read_modes;
use super::narration::{parse_clip_path, read_voice};
use super::session::{BedSpec, BellSound, CustomBell, Session, SessionLevels};
use super::span::{Located, Span};
use super::suggest;
use super::table_reader::{TableReader, parse_integer};
use crate::dsp::beds;
use crate::units::{Decibels, Lufs};

/// The default level of a custom bell relative to the voice.
const CUSTOM_BELL_LEVEL: Decibels = Decibels(-3.0);

/// Reports an unsupported format.
pub(super) fn check_format(table: &mut TableReader) {
    let help = "write format = 1 on the first line";
    let Some(value) = table.get("format") else {
        if !table.is_reported_elsewhere("format") {
            table.findings.error(Code::MissingKey, table.span.clone(), "`format` is missing", help);
        }
        return;
    };
    if !matches!(value.get_ref(), DeValue::Integer(number) if parse_integer(number) == Some(i64::from(FORMAT))) {
        table.findings.error(Code::UnknownFormat, value.span(), "this program reads only format 1", help);
    }
}

/// Reads everything except the title and the segments.
pub(super) fn read_header(table: &mut TableReader) -> Session {
    Session {
        summary: table.text("summary").map(|text| text.value),
        language: read_language(table),
        voice: read_voice(table),
        teacher: table.text("teacher").map(|text| text.value),
        license: table.text("license").map(|text| text.value),
        allow: read_allowed_warnings(table),
        settle: table.duration("settle", SETTLE).unwrap_or_default(),
        levels: read_levels(table),
        bed: read_bed(table),
        bells: read_bells(table),
        announcements: read_announcements(table),
        ..Session::default()
    }
}

fn read_language(table: &mut TableReader) -> String {
    let Some(text) = table.text("language") else { return "en".to_owned() };
    let is_subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !text.value.split('-').all(is_subtag) {
        let help = "write a language tag such as \"en\", \"de\" or \"pt-BR\"";
        table.findings.error(Code::OutOfRange, text.span, "`language` is not a language tag", help);
    }
    text.value
}

fn read_allowed_warnings(table: &mut TableReader) -> Vec<Code> {
    let mut codes = Vec::new();
    for name in table.texts("allow").unwrap_or_default() {
        match Code::parse(&name.value) {
            Some(code) if code.is_warning() => codes.push(code),
            Some(_) => {
                let message = format!("`{}` is an error, which can't be allowed", name.value);
                let help = "fix the error, and remove its code here";
                table.findings.error(Code::UnknownAllow, name.span, message, help);
            }
            None => {
                let warnings = Code::ALL.iter().filter(|code| code.is_warning()).map(|code| code.name());
                let help = suggest::help(&name.value, warnings);
                table.findings.error(Code::UnknownAllow, name.span, "there is no warning with this name", help);
            }
        }
    }
    codes
}

fn read_levels(table: &mut TableReader) -> SessionLevels {
    let Some((inner, span)) = table.section("levels") else { return SessionLevels::default() };
    let mut inner = TableReader::new(inner, span, table.findings);
    inner.report_unknown_keys(&["voice", "bell", "bed"], "[levels]");
    SessionLevels {
        voice: inner.number("voice", VOICE_LUFS, " LUFS").map_or(SessionLevels::VOICE, Lufs),
        bell: inner.number("bell", LEVEL_LU, " LU").map_or(Decibels::UNITY, Decibels),
        bed: inner.number("bed", LEVEL_LU, " LU").map_or(Decibels::UNITY, Decibels),
    }
}

fn read_bed(table: &mut TableReader) -> Option<BedSpec> {
    let (inner, span) = table.section("bed")?;
    let mut inner = TableReader::new(inner, span, table.findings);
    inner.report_unknown_keys(&["sound"], "[bed]");
    let help = format!("choose one of {}, or a recording of your own", beds::NAMES.join(", "));
    let sound = inner.required_text("sound", &help)?;
    parse_bed(sound, &[], inner.findings)
}

/// Parses the name of a bed or the path of a clip. `others` are further words that are valid here.
pub(super) fn parse_bed(sound: Located<String>, others: &[&str], findings: &mut Findings) -> Option<BedSpec> {
    if beds::NAMES.contains(&sound.value.as_str()) {
        return Some(BedSpec::Named(sound.value));
    }
    if !sound.value.contains('.') {
        let recording = "(a recording of your own needs its file extension, such as \"rain.flac\")";
        let known = beds::NAMES.into_iter().chain(others.iter().copied());
        let help = format!("{} {recording}", suggest::help(&sound.value, known));
        findings.error(Code::UnknownBed, sound.span, "there is no bed with this name", help);
        return None;
    }
    parse_clip_path(&sound, findings).map(BedSpec::Clip)
}

fn read_bells(table: &mut TableReader) -> BTreeMap<String, CustomBell> {
    let mut bells = BTreeMap::new();
    let Some((inner, span)) = table.section("bell") else { return bells };
    if inner.len() > MAX_BELLS {
        let message = format!("the session defines {} bells, more than {MAX_BELLS}", inner.len());
        table.findings.error(Code::TooMuch, span, message, "keep only the bells that the session uses");
        return bells;
    }
    for (name, value) in inner {
        let DeValue::Table(bell) = value.get_ref() else {
            let help = "define the bell under a header of its own, such as [bell.temple]";
            table.findings.error(Code::WrongType, value.span(), "a bell must be a table", help);
            continue;
        };
        if let Some(bell) = read_bell(name.get_ref(), bell, value.span(), table.findings) {
            bells.insert(name.get_ref().to_string(), bell);
        }
    }
    bells
}

/// Returns the names of the custom bells, including those with errors.
pub(super) fn bell_names<'table>(table: &TableReader<'table, '_, '_>) -> Vec<&'table str> {
    match table.get("bell").map(Spanned::get_ref) {
        Some(DeValue::Table(bells)) => bells.keys().map(|name| name.get_ref().as_ref()).collect(),
        _ => Vec::new(),
    }
}

fn read_bell(name: &str, table: &DeTable, span: Span, findings: &mut Findings) -> Option<CustomBell> {
    let mut inner = TableReader::new(table, span, findings);
    let section = format!("[bell.{}]", excerpt(name));
    let level = inner.number("level", LEVEL_LU, " LU").map_or(CUSTOM_BELL_LEVEL, Decibels);
    let sound = if inner.has("clip") {
        inner.report_unknown_keys(&["clip", "level"], &format!("{section}, which has a clip"));
        let path = inner.text("clip")?;
        BellSound::Clip(parse_clip_path(&path, inner.findings)?)
    } else {
        BellSound::Modes(Box::new(read_modes(&section, &mut inner)?))
    };
    Some(CustomBell { level, sound })
}
