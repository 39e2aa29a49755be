//! Spoken segments: words, recordings, tags, and what is said instead.

use toml::de::DeValue;

use super::bounds::{GAIN_DB, MAX_LINE_BYTES, MAX_TAG_BYTES};
use super::codes::Code;
use super::findings::Findings;
use super::session::{ClipPath, NarrationSpec, SpokenLine};
use super::span::Located;
use super::table::Table;
use crate::units::Decibels;

/// The narration of a segment that has `say` or `clip`.
pub(super) fn narration(table: &mut Table) -> Option<NarrationSpec> {
    let gain = table.number("gain", GAIN_DB, " dB").map_or(Decibels::UNITY, Decibels);
    let tags = tags(table);
    let instead = instead(table, &tags);
    let line = line(table)?;
    if let SpokenLine::Recorded { say: None, clip } = &line
        && !table.has("say")
    {
        let help = "write what is spoken as `say`, for those who read along";
        table.findings.warning(Code::ClipWithoutWords, clip.span.clone(), "this clip has no words", help);
    }
    Some(NarrationSpec { line, gain, tags, instead })
}

/// Words and recording of a table.
fn line(table: &mut Table) -> Option<SpokenLine> {
    let say = table.text("say").and_then(|say| words(say, table.findings));
    if !table.has("clip") {
        return say.map(SpokenLine::Words);
    }
    match table.text("clip").and_then(|path| clip(path, table.findings)) {
        Some(clip) => Some(SpokenLine::Recorded { say, clip }),
        // What is wrong with the clip is among the errors; the words are still looked at.
        None => say.map(SpokenLine::Words),
    }
}

fn words(say: Located<String>, findings: &mut Findings) -> Option<Located<String>> {
    if say.value.trim().is_empty() {
        findings.error(Code::OutOfRange, say.span, "`say` holds no words", "write what is spoken, or use a silence");
        return None;
    }
    if say.value.len() > MAX_LINE_BYTES {
        findings.error(Code::TooMuch, say.span, "`say` is longer than 20000 bytes", "divide it into several segments");
        return None;
    }
    Some(say)
}

/// The path of a clip, as far as its spelling goes.
pub(super) fn clip(text: Located<String>, findings: &mut Findings) -> Option<Located<ClipPath>> {
    let found = ClipPath::new(&text.value);
    if found.is_none() {
        let help = "name a file beside the manifest, as in \"hand.ogg\" or \"recordings/hand.ogg\"; a path may not lead out of its folder";
        findings.error(Code::BadClipPath, text.span.clone(), "a clip can't be named so", help);
    }
    found.map(|value| Located { value, span: text.span })
}

fn tags(table: &mut Table) -> Vec<String> {
    let mut tags = Vec::new();
    for tag in table.texts("tags").unwrap_or_default() {
        let name = tag.value.trim();
        if name.is_empty() || name.len() > MAX_TAG_BYTES || name.chars().any(char::is_control) {
            let help = "a tag is a word or a few, such as \"touch\" or \"breath\"";
            table.findings.error(Code::OutOfRange, tag.span, "this tag can't be used", help);
        } else {
            tags.push(name.to_owned());
        }
    }
    tags
}

fn instead(table: &mut Table, tags: &[String]) -> Option<SpokenLine> {
    let value = table.get("instead")?;
    let DeValue::Table(inner) = value.get_ref() else {
        let help = "write it as instead = { say = \"…\", clip = \"…\" }";
        table.findings.error(Code::WrongType, value.span(), "`instead` is not a line", help);
        return None;
    };
    if tags.is_empty() && !table.has("tags") {
        let help = "say with `tags` what a listener may want to avoid here, as in tags = [\"touch\"]";
        table.findings.warning(Code::InsteadWithoutTags, value.span(), "nothing leads to this `instead`", help);
    }
    let mut inner = Table::new(inner, value.span(), table.findings);
    inner.refuse_unknown(&["say", "clip"], "`instead`");
    if !inner.has("say") && !inner.has("clip") {
        let help = "give it `say`, `clip` or both, or leave `instead` out: the time is then held in silence";
        if !inner.may_mean("say") && !inner.may_mean("clip") {
            inner.findings.error(Code::MissingKey, value.span(), "`instead` says nothing", help);
        }
        return None;
    }
    line(&mut inner)
}
