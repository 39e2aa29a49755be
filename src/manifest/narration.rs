//! Reads spoken segments: their words, recordings and tags.

use toml::de::DeValue;

use super::bounds::{GAIN_DB, LASTS, MAX_LINE_BYTES, MAX_TAG_BYTES, MAX_VOICE_BYTES};
use super::codes::Code;
use super::findings::Findings;
use super::session::{ClipPath, NarrationSpec, SpokenLine};
use super::span::Located;
use super::table_reader::TableReader;
use crate::units::Decibels;

/// Reads a segment that has `say` or `clip`.
pub(super) fn read_narration(table: &mut TableReader) -> Option<NarrationSpec> {
    let gain = table.number("gain", GAIN_DB, " dB").map_or(Decibels::UNITY, Decibels);
    let lasts = table.duration("lasts", LASTS);
    let voice = read_voice(table);
    let tags = read_tags(table);
    let (instead, instead_chapter) = read_instead(table, !tags.is_empty() || table.has("tags"));
    let line = read_spoken_line(table)?;
    Some(NarrationSpec { line, gain, lasts, voice, tags, instead, instead_chapter })
}

/// Reads `say` and `clip`, and reports a clip without words.
pub(super) fn read_spoken_line(table: &mut TableReader) -> Option<SpokenLine> {
    let line = read_line(table)?;
    if let SpokenLine::Recorded { say: None, clip } = &line
        && !table.has("say")
    {
        let help = "add the words as `say`, for captions and the transcript";
        table.findings.warning(Code::ClipWithoutWords, clip.span.clone(), "this clip has no words", help);
    }
    Some(line)
}

/// Reads `say` and `clip`.
fn read_line(table: &mut TableReader) -> Option<SpokenLine> {
    let say = table.text("say").and_then(|say| check_words(say, table.findings));
    if !table.has("clip") {
        return say.map(SpokenLine::Words);
    }
    match table.text("clip").and_then(|path| parse_clip_path(&path, table.findings)) {
        Some(clip) => Some(SpokenLine::Recorded { say, clip }),
        // The error of the clip has been reported; the words can still be checked.
        None => say.map(SpokenLine::Words),
    }
}

fn check_words(say: Located<String>, findings: &mut Findings) -> Option<Located<String>> {
    if say.value.trim().is_empty() {
        let help = "write the words, or use a silence instead";
        findings.error(Code::OutOfRange, say.span, "`say` is empty", help);
        return None;
    }
    if say.value.len() > MAX_LINE_BYTES {
        let message = format!("`say` is longer than {MAX_LINE_BYTES} bytes");
        findings.error(Code::TooMuch, say.span, message, "split it into several segments");
        return None;
    }
    Some(say)
}

/// Parses the path of a clip. Whether the file exists is checked later, when it is opened.
pub(super) fn parse_clip_path(text: &Located<String>, findings: &mut Findings) -> Option<Located<ClipPath>> {
    let path = ClipPath::new(&text.value);
    if path.is_none() {
        let help = "use a path below the manifest's folder with / between its parts, such as \"hand.ogg\" or \"recordings/hand.ogg\"";
        findings.error(Code::BadClipPath, text.span.clone(), "this path can't be used for a clip", help);
    }
    path.map(|value| Located { value, span: text.span.clone() })
}

/// Reads the name of a voice. Whether it is installed depends on the listener's computer.
pub(super) fn read_voice(table: &mut TableReader) -> Option<String> {
    let name = table.text("voice")?;
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_name = name.value.len() <= MAX_VOICE_BYTES
        && name.value.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && name.value.bytes().all(is_inner);
    if !is_name {
        let help = "write the name of a voice that `karuna voices` lists, such as \"heart\"";
        table.findings.error(Code::OutOfRange, name.span, "this can't be the name of a voice", help);
        return None;
    }
    Some(name.value)
}

fn read_tags(table: &mut TableReader) -> Vec<String> {
    let mut tags = Vec::new();
    for tag in table.texts("tags").unwrap_or_default() {
        let name = tag.value.trim();
        if name.is_empty() || name.len() > MAX_TAG_BYTES || name.chars().any(char::is_control) {
            let help = "write one word or a few, such as \"touch\" or \"breath\"";
            table.findings.error(Code::OutOfRange, tag.span, "this can't be used as a tag", help);
        } else {
            tags.push(name.to_owned());
        }
    }
    tags
}

/// Reads the line of `instead` and the title of its chapter.
fn read_instead(table: &mut TableReader, has_tags: bool) -> (Option<SpokenLine>, Option<String>) {
    let Some(value) = table.get("instead") else { return (None, None) };
    let DeValue::Table(inner) = value.get_ref() else {
        let help = "write it in braces: instead = { say = \"…\", clip = \"…\" }";
        table.findings.error(Code::WrongType, value.span(), "`instead` must be a table", help);
        return (None, None);
    };
    if !has_tags {
        let message = "this `instead` is never used, because the segment has no tags";
        let help = "add what a listener may want to avoid here, such as tags = [\"touch\"]";
        table.findings.warning(Code::InsteadWithoutTags, value.span(), message, help);
    }
    let mut inner = TableReader::new(inner, value.span(), table.findings);
    inner.report_unknown_keys(&["say", "clip", "chapter"], "`instead`");
    let chapter = inner.text("chapter").map(|chapter| chapter.value);
    if inner.has("say") || inner.has("clip") {
        return (read_line(&mut inner), chapter);
    }
    let help = "add `say`, `clip` or both, or remove `instead` to have silence of the same length";
    if !["say", "clip", "chapter"].into_iter().any(|key| inner.has(key) || inner.is_reported_elsewhere(key)) {
        inner.findings.error(Code::MissingKey, value.span(), "`instead` is empty", help);
    }
    (None, chapter)
}
