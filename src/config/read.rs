//! Reads the text of the configuration.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::engine::EngineConfig;
use super::setting::SettingSource;
use super::settings::{Config, LEVEL_CHANGE, LevelChanges, VOLUME};
use crate::manifest::document::{TableReader, excerpt, read_document};
use crate::manifest::{Code, Finding, Located, SETTLE, Span, suggest};
use crate::timeline::LevelChange;
use crate::units::Decibels;

/// The top-level keys.
const KEYS: [&str; 12] = [
    "avoid",
    "volume",
    "levels",
    "voice",
    "output",
    "settle",
    "captions",
    "plain",
    "remember",
    "log",
    "wake-lead",
    "engine",
];
const WAKE_LEADS: [&str; 3] = ["auto", "always", "never"];
/// The values of `voice` that are not allowed as names of engines.
const VOICE_CHOICES: [&str; 2] = ["auto", "none"];
/// The maximum number of tags and of engines.
const MAX_ENTRIES: usize = 100;
/// The maximum number of words in a command.
const MAX_ARGUMENTS: usize = 100;

/// Reads a configuration. Returns the settings and all errors. `path` is only used in the findings; `voices` are the possible values of
/// `voice` besides the configured engines.
pub(crate) fn read(path: &Path, text: &str, voices: &[&str]) -> (Config, Vec<Finding>) {
    let example = "volume = -6, or a header such as [engine.mine]";
    let (config, mut findings) = read_document(path, text, example, |table| read_settings(table, voices));
    // An unquoted word in place of true, false or a number is a single error.
    let wrong: Vec<Span> =
        findings.iter().filter(|finding| finding.code == Code::WrongType).map(|finding| finding.span.clone()).collect();
    findings.retain(|finding| finding.code != Code::UnquotedText || !wrong.contains(&finding.span));
    (config, findings)
}

fn read_settings(table: &mut TableReader, voices: &[&str]) -> Config {
    table.report_unknown_keys(&KEYS, "the configuration");
    let mut config = Config { engines: read_engines(table, voices), ..Config::default() };
    let source = |table: &TableReader, key: &str| SettingSource::File(table.findings.line(&table.value_span(key)));
    macro_rules! set {
        ($($field:ident $key:literal = $value:expr),+ $(,)?) => {
            $( let value = $value; config.$field.set(value, source(table, $key)); )+
        };
    }
    let own: Vec<String> = config.engines.iter().map(|engine| engine.name.clone()).collect();
    let names: Vec<&str> = VOICE_CHOICES.iter().chain(voices).copied().chain(own.iter().map(String::as_str)).collect();
    set! {
        avoid "avoid" = read_tags(table),
        volume "volume" = table.number("volume", VOLUME, " dB").map(Decibels),
        levels "levels" = read_levels(table),
        voice "voice" = read_choice(table, "voice", &names),
        output "output" = read_name(table, "output"),
        settle "settle" = table.duration("settle", SETTLE),
        captions "captions" = table.flag("captions"),
        plain "plain" = table.flag("plain"),
        remember "remember" = table.flag("remember"),
        log "log" = table.flag("log"),
        wake_lead "wake-lead" = read_choice(table, "wake-lead", &WAKE_LEADS),
    }
    config
}

fn read_tags(table: &mut TableReader) -> Option<Vec<String>> {
    let tags = table.texts("avoid")?;
    if tags.len() > MAX_ENTRIES {
        let message = format!("`avoid` has {} tags, more than {MAX_ENTRIES}", tags.len());
        table.findings.error(Code::TooMuch, table.value_span("avoid"), message, "keep the most important ones");
        return None;
    }
    Some(tags.into_iter().map(|tag| tag.value.trim().to_owned()).filter(|tag| !tag.is_empty()).collect())
}

fn read_levels(table: &mut TableReader) -> Option<LevelChanges> {
    let (inner, span) = table.inline_table("levels", "{ bell = -6, bed = \"off\" }")?;
    let mut inner = TableReader::new(inner, span, table.findings);
    inner.report_unknown_keys(&["voice", "bell", "bed"], "levels");
    Some(LevelChanges {
        voice: read_level(&mut inner, "voice"),
        bell: read_level(&mut inner, "bell"),
        bed: read_level(&mut inner, "bed"),
    })
}

fn read_level(table: &mut TableReader, key: &str) -> Option<LevelChange> {
    match table.get(key)?.get_ref() {
        DeValue::String(text) if text == "off" => Some(LevelChange::Off),
        DeValue::String(_) => {
            let (span, help) = (table.value_span(key), format!("write {key} = -6, without quotes, or {key} = \"off\""));
            table.findings.error(Code::WrongType, span, format!("`{key}` must be a number or \"off\""), help);
            None
        }
        _ => table.number(key, LEVEL_CHANGE, " dB").map(|by| LevelChange::By(Decibels(by))),
    }
}

/// Reads a string that is one of several words.
fn read_choice(table: &mut TableReader, key: &str, words: &[&str]) -> Option<String> {
    let Located { value, span } = table.text(key)?;
    if words.contains(&value.as_str()) {
        return Some(value);
    }
    let message = format!("`{key}` can't be `{}`", excerpt(&value));
    table.findings.error(Code::OutOfRange, span, message, suggest::help(&value, words.iter().copied()));
    None
}

/// Reads a string that must not be empty.
fn read_name(table: &mut TableReader, key: &str) -> Option<String> {
    let Located { value, span } = table.text(key)?;
    if !value.trim().is_empty() {
        return Some(value);
    }
    let help = format!("write {key} = \"auto\", or remove the line");
    table.findings.error(Code::OutOfRange, span, format!("`{key}` is empty"), help);
    None
}

fn read_engines(table: &mut TableReader, voices: &[&str]) -> Vec<EngineConfig> {
    let Some((engines, span)) = table.section("engine") else { return Vec::new() };
    if engines.len() > MAX_ENTRIES {
        let message = format!("there are {} engines, more than {MAX_ENTRIES}", engines.len());
        table.findings.error(Code::TooMuch, span, message, "keep those that you use");
        return Vec::new();
    }
    engines.iter().filter_map(|(name, value)| read_engine(name, value, voices, table)).collect()
}

fn read_engine(
    name: &Spanned<std::borrow::Cow<str>>,
    value: &Spanned<DeValue>,
    voices: &[&str],
    table: &mut TableReader,
) -> Option<EngineConfig> {
    let DeValue::Table(engine) = value.get_ref() else {
        let help = "define an engine under a header of its own, such as [engine.mine]";
        table.findings.error(Code::WrongType, value.span(), "an engine must be a table", help);
        return None;
    };
    let line = table.findings.line(&value.span());
    check_engine_name(name.get_ref(), name.span(), voices, table);
    let mut inner = TableReader::new(engine, value.span(), table.findings);
    report_engine_keys(name.get_ref(), engine, &mut inner);
    let command = read_command(&mut inner);
    let languages = inner.texts("languages").unwrap_or_default().into_iter().map(|language| language.value).collect();
    Some(EngineConfig { name: name.get_ref().to_string(), command: command?, languages, line })
}

fn check_engine_name(name: &str, span: Span, voices: &[&str], table: &mut TableReader) {
    if voices.contains(&name) || VOICE_CHOICES.contains(&name) {
        let message = format!("`{name}` is already the name of a voice");
        table.findings.error(Code::OutOfRange, span, message, "give it another name, such as [engine.mine]");
    } else if !is_id(name) {
        let message = format!("`{}` is not the name of an engine", excerpt(name));
        let help = "use lower-case letters, digits and hyphens, such as [engine.my-voice]";
        table.findings.error(Code::OutOfRange, span, message, help);
    }
}

/// Returns whether a text can be the name of an engine; the same rules apply as for segment ids.
fn is_id(text: &str) -> bool {
    let is_valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= 64 && text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(is_valid)
}

/// Reports unknown keys of an engine. A top-level key here was probably put below a header by mistake.
fn report_engine_keys(name: &str, engine: &DeTable, table: &mut TableReader) {
    let known = ["command", "languages"];
    let section = format!("[engine.{}]", excerpt(name));
    let is_misplaced = |key: &str| KEYS.contains(&key) && !known.contains(&key);
    for key in engine.keys().filter(|key| is_misplaced(key.get_ref())) {
        let message = format!("`{}` is below {section}, so it belongs to the engine", key.get_ref());
        let help = "move it above the first header in brackets";
        table.findings.error(Code::MisplacedKey, key.span(), message, help);
    }
    let misplaced: Vec<&str> =
        engine.keys().map(|key| key.get_ref().as_ref()).filter(|key| is_misplaced(key)).collect();
    table.report_unknown_keys(&[&known[..], &misplaced].concat(), &section);
}

fn read_command(table: &mut TableReader) -> Option<Vec<String>> {
    const HELP: &str = "write the program and its arguments, such as command = [\"my-tts\", \"--voice\", \"calm\"]";
    if !table.has("command") {
        table.findings.error(Code::MissingKey, table.span.clone(), "`command` is missing", HELP);
        return None;
    }
    let words = table.texts("command")?;
    let is_wrong = words.first().is_none_or(|program| program.value.trim().is_empty())
        || words.len() > MAX_ARGUMENTS
        || words.iter().any(|word| word.value.contains('\0'));
    if is_wrong {
        table.findings.error(Code::OutOfRange, table.value_span("command"), "`command` names no program", HELP);
        return None;
    }
    Some(words.into_iter().map(|word| word.value).collect())
}
