//! Metadata of a script: YAML front matter, and lines such as `Duration: 10 minutes` at its beginning.

use std::time::Duration;

use super::block::{BlockKind, ScriptDocument, ScriptItem, ScriptMetadata};
use super::brackets::unbracketed;
use super::headings;
use super::lengths::{self, ParsedLength};
use super::line::one_line;
use super::marks::{self, MarkPlace};
use super::tokens::{MarkToken, tokens};

/// A bare number is in minutes up to this, otherwise in seconds: larger numbers would be improbably long in minutes.
const MAX_BARE_MINUTES: f64 = 110.0;

/// The keys of metadata that a manifest has no key for.
const OTHER_KEYS: [&str; 31] = [
    "theme",
    "focus",
    "voice",
    "music",
    "level",
    "audience",
    "date",
    "version",
    "category",
    "style",
    "tone",
    "mood",
    "pace",
    "background",
    "setting",
    "format",
    "type",
    "goal",
    "intention",
    "word count",
    "words",
    "script",
    "tags",
    "posture",
    "materials",
    "thema",
    "stimmung",
    "categoría",
    "objetivo",
    "tono",
    "thème",
];

/// Splits YAML front matter from a text. Returns the metadata, and the byte at which the script starts.
pub(super) fn split(text: &str, document: &mut ScriptDocument) -> usize {
    let is_fence = |line: &str| line.trim_end() == "---";
    let start = text.len() - text.trim_start_matches('\n').len();
    let mut position = start;
    let mut lines = text[start..].split_inclusive('\n');
    if !lines.next().is_some_and(|line| {
        position += line.len();
        is_fence(line)
    }) {
        return 0;
    }
    let first = position;
    for line in lines {
        let end = position;
        position += line.len();
        if is_fence(line) || line.trim_end() == "..." {
            let first_line = text[..first].matches('\n').count() + 1;
            read(&text[first..end], first_line, document);
            return position;
        }
        // The first line was a horizontal rule.
        if !line.trim().is_empty() && !line.starts_with([' ', '\t', '-', '#']) && !line.contains(':') {
            return 0;
        }
    }
    0
}

fn read(yaml: &str, first_line: usize, document: &mut ScriptDocument) {
    for (number, line) in yaml.lines().enumerate() {
        let remark = one_line(line.trim_start_matches(['#', ' ']));
        if remark.is_empty() {
            continue;
        }
        let is_key = !line.starts_with([' ', '\t', '-', '#']);
        let (key, value) = line.split_once(':').unwrap_or_default();
        let value = value.trim().trim_matches(['"', '\'']);
        if !is_key || !set(document, key, value, first_line + number) {
            document.metadata.remarks.push(remark);
        }
    }
}

/// Takes the metadata lines from the beginning of a script.
pub(super) fn take_header(document: &mut ScriptDocument) {
    let items = std::mem::take(&mut document.items);
    let mut is_header = true;
    for item in items {
        if let ScriptItem::Block(block) = &item
            && is_header
            && matches!(block.kind, BlockKind::Heading(_))
            && key_and_value(&block.text).is_some_and(|(key, value)| set(document, &key, value, block.line))
        {
            continue;
        }
        if let ScriptItem::Block(block) = &item
            && block.is_prose()
            && is_header
        {
            let lines: Vec<&str> = block.text.lines().filter(|line| !line.trim().is_empty()).collect();
            if let Some(length) = bare_length(&block.text).filter(|_| document.metadata.stated_length.is_none()) {
                document.metadata.stated_length = Some(length.into());
                document.metadata.remarks.push(one_line(&block.text));
                continue;
            }
            if !lines.is_empty() && lines.iter().all(|line| key_and_value(line).is_some()) {
                for (number, line) in lines.iter().enumerate() {
                    take_line(document, line, block.line + number);
                }
                continue;
            }
            is_header = headings::is_command(block.text.trim());
        }
        document.items.push(item);
    }
}

/// Returns the duration in brackets that a script states below its title: "(Approx. 10 minutes)".
fn bare_length(text: &str) -> Option<ParsedLength> {
    const MIN_LENGTH: Duration = Duration::from_mins(2);
    const MAX_TOKENS: usize = 5;
    let tokens = tokens(unbracketed(text.trim())?);
    let (length, _) = lengths::find(&tokens)?;
    let is_length = |token: &MarkToken| match token {
        MarkToken::Word(word) => !["pause", "silence", "rest", "hold", "wait"].contains(&word.as_str()),
        _ => true,
    };
    (tokens.len() <= MAX_TOKENS && tokens.iter().all(is_length) && length.is_exact && length.shortest >= MIN_LENGTH)
        .then_some(length)
}

fn take_line(document: &mut ScriptDocument, line: &str, number: usize) {
    let Some((key, value)) = key_and_value(line) else { return };
    if !set(document, &key, value, number) {
        document.metadata.remarks.push(one_line(line));
    }
}

/// Splits a line such as `Duration: 10 minutes`.
pub(super) fn key_and_value(line: &str) -> Option<(String, &str)> {
    let line = unbracketed(line.trim()).unwrap_or(line.trim());
    let (key, value) = line.trim_start_matches(['-', '•']).split_once(':')?;
    let key = key.trim().trim_matches(['*', '_']).trim().to_lowercase();
    let is_mark = !marks::read(line, MarkPlace::Bare).events.is_empty();
    let is_known = MetadataKey::parse(&key).is_some() || OTHER_KEYS.contains(&key.as_str());
    (is_known && !is_mark && !value.trim().is_empty()).then(|| (key, value.trim().trim_start_matches(['*', ' '])))
}

/// The metadata that has keys in a manifest.
#[derive(Clone, Copy)]
enum MetadataKey {
    Title,
    Length,
    Seconds,
    Minutes,
    Language,
    Teacher,
    Summary,
    License,
}

impl MetadataKey {
    fn parse(key: &str) -> Option<Self> {
        Some(match key.trim().to_lowercase().replace('_', " ").as_str() {
            "title" | "name" | "titel" | "titre" | "título" | "titolo" => Self::Title,
            "duration"
            | "length"
            | "time"
            | "running time"
            | "total time"
            | "estimated duration"
            | "estimated time"
            | "target"
            | "target length"
            | "target duration"
            | "approximate length"
            | "approximate duration"
            | "dauer"
            | "länge"
            | "durée"
            | "duración"
            | "durata"
            | "duração"
            | "duur" => Self::Length,
            "target seconds" | "duration seconds" | "seconds" => Self::Seconds,
            "target minutes" | "duration minutes" | "minutes" => Self::Minutes,
            "language" | "lang" | "locale" | "sprache" | "langue" | "idioma" | "lingua" => Self::Language,
            "teacher" | "author" | "by" | "written by" | "guided by" | "creator" | "autor" | "autorin" | "auteur"
            | "autora" | "autore" => Self::Teacher,
            "summary" | "description" | "purpose" | "subtitle" => Self::Summary,
            "license" | "licence" | "copyright" => Self::License,
            _ => return None,
        })
    }
}

/// Sets the value of a key. Returns whether it was understood.
fn set(document: &mut ScriptDocument, key: &str, value: &str, line: usize) -> bool {
    let Some(known) = MetadataKey::parse(key) else { return false };
    let text = one_line(value);
    if text.is_empty() {
        return false;
    }
    let metadata = &mut document.metadata;
    match known {
        MetadataKey::Title => metadata.title = Some(text),
        MetadataKey::Teacher => metadata.teacher = Some(text),
        MetadataKey::Summary => metadata.summary = Some(text),
        MetadataKey::License => metadata.license = Some(text),
        MetadataKey::Length => return set_length(metadata, read_length(&text)),
        MetadataKey::Seconds => return set_length(metadata, read_number(&text, 1.0)),
        MetadataKey::Minutes => return set_length(metadata, read_number(&text, 60.0)),
        MetadataKey::Language => return set_language(document, &text, line),
    }
    true
}

fn set_length(metadata: &mut ScriptMetadata, length: Option<ParsedLength>) -> bool {
    metadata.stated_length = length.map(Into::into).or(metadata.stated_length);
    length.is_some()
}

fn set_language(document: &mut ScriptDocument, text: &str, line: usize) -> bool {
    let Some(tag) = language_tag(text) else {
        document.note(line, format!("{text:?} is not a known language; write its tag, such as language = \"de\""));
        return false;
    };
    document.metadata.language = Some(tag);
    true
}

/// Reads a bare number of units.
fn read_number(text: &str, unit_seconds: f64) -> Option<ParsedLength> {
    let number: f64 = text.parse().ok()?;
    ParsedLength::seconds(number * unit_seconds, None, true)
}

fn read_length(text: &str) -> Option<ParsedLength> {
    let tokens = tokens(text);
    if let [MarkToken::Number(number)] = tokens.as_slice() {
        let seconds = if *number <= MAX_BARE_MINUTES { number * 60.0 } else { *number };
        return ParsedLength::seconds(seconds, None, true);
    }
    lengths::find(&tokens).map(|(length, _)| length).filter(|length| length.is_exact && !length.shortest.is_zero())
}

/// Returns the tag of a language given as a tag or by its English name.
pub(super) fn language_tag(text: &str) -> Option<String> {
    const NAMES: [(&str, &str); 16] = [
        ("english", "en"),
        ("german", "de"),
        ("deutsch", "de"),
        ("french", "fr"),
        ("français", "fr"),
        ("spanish", "es"),
        ("español", "es"),
        ("italian", "it"),
        ("portuguese", "pt"),
        ("dutch", "nl"),
        ("polish", "pl"),
        ("swedish", "sv"),
        ("hindi", "hi"),
        ("japanese", "ja"),
        ("chinese", "zh"),
        ("tibetan", "bo"),
    ];
    let text = text.trim().replace('_', "-");
    if let Some((_, tag)) = NAMES.iter().find(|(name, _)| *name == text.to_lowercase()) {
        return Some((*tag).to_owned());
    }
    let mut parts = text.split('-');
    let is_language = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let is_subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_language && parts.all(is_subtag)).then_some(text)
}
