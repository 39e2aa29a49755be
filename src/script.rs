//! Converts a teacher's script to a manifest: words, pauses, bells and chapters, with notes about everything that was not understood.
//!
//! Each reader converts one format to [`ScriptItem`]s, `interpret` finds the marks in their text, and `compose` writes the manifest.

mod block;
mod brackets;
mod compose;
mod error;
mod front_matter;
mod headings;
mod interpret;
mod json;
mod labels;
mod language;
mod lengths;
mod line;
mod markdown;
mod marks;
mod plain;
mod quotes;
mod sections;
mod sentences;
mod ssml;
mod table;
#[cfg(test)]
mod tests;
mod times;
mod tokens;

use std::path::Path;
use std::time::Duration;

use block::ScriptDocument;
pub(crate) use compose::ScriptSummary;
pub(crate) use error::ScriptError;
use lengths::ParsedLength;

/// The maximum size of a script, in bytes.
pub(crate) const MAX_SCRIPT_BYTES: usize = 1 << 20;

/// The format of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ScriptFormat {
    Plain,
    Markdown,
    Ssml,
    Json,
}

/// A manifest converted from a script.
#[derive(Debug)]
pub(crate) struct ConvertedScript {
    /// The text of the manifest.
    pub(crate) manifest: String,
    /// A summary of its content.
    pub(crate) summary: ScriptSummary,
    /// Notes about what was not understood or was decided for the teacher, in the order of the script.
    pub(crate) notes: Vec<ScriptNote>,
    /// The length stated by the script.
    pub(crate) stated_length: Option<StatedLength>,
}

/// The length that a script states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StatedLength {
    pub(crate) shortest: Duration,
    pub(crate) longest: Duration,
}

impl From<ParsedLength> for StatedLength {
    fn from(length: ParsedLength) -> Self {
        Self { shortest: length.shortest, longest: length.longest.unwrap_or(length.shortest) }
    }
}

/// A note about something that the teacher should review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScriptNote {
    /// The line of the script, from 1.
    pub(crate) line: usize,
    pub(crate) message: String,
}

/// Converts the content of a script file to a manifest. `name` is the file name, which determines the format and, if nothing better is
/// found, the title.
///
/// # Errors
/// If it is not text, has no words, or is too long for one session.
pub(crate) fn convert(bytes: &[u8], name: &Path) -> Result<ConvertedScript, ScriptError> {
    let text = decode(bytes)?;
    let format = format(&text, name);
    let mut document = match format {
        ScriptFormat::Json => json::read(&text)?,
        ScriptFormat::Ssml => ssml::read(&text)?,
        ScriptFormat::Markdown => markdown::read(&text),
        ScriptFormat::Plain => plain::read(&text),
    };
    if format == ScriptFormat::Markdown && !is_markdown_name(name) {
        plain::take_title(&mut document);
    }
    headings::find(&mut document.items);
    if document.may_quote {
        sections::separate(&mut document);
        times::enclose_all(&mut document);
    }
    let ScriptDocument { mut metadata, items, mut notes, may_quote } = document;
    let events = interpret::interpret(&items, may_quote, &mut notes);
    if metadata.language.is_none()
        && let Some((tag, name)) = language::recognise(&events)
    {
        let message = format!("the script seems to be in {name}, so the session has language = \"{tag}\"");
        notes.push(ScriptNote { line: 1, message });
        metadata.language = Some(tag.to_owned());
    }
    compose::compose(&metadata, events, notes, name)
}

/// Decodes a text, or describes what the bytes are instead.
fn decode(bytes: &[u8]) -> Result<String, ScriptError> {
    if bytes.len() > MAX_SCRIPT_BYTES {
        return Err(ScriptError::TooLarge);
    }
    let kinds: [(&[u8], &str); 4] = [
        (b"PK\x03\x04", "a word processor document"),
        (b"%PDF", "a PDF"),
        (b"{\\rtf", "a document in Rich Text Format"),
        (b"\xD0\xCF\x11\xE0", "a word processor document"),
    ];
    if let Some((_, kind)) = kinds.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(ScriptError::NotText(kind));
    }
    let utf16 = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map_err(|_| ScriptError::Encoding)
    };
    let text = match bytes {
        [0xFF, 0xFE, ..] => utf16(u16::from_le_bytes)?,
        [0xFE, 0xFF, ..] => utf16(u16::from_be_bytes)?,
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).map_err(|_| ScriptError::Encoding)?,
        _ => String::from_utf8(bytes.to_vec()).map_err(|_| ScriptError::Encoding)?,
    };
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}'], "\n");
    let start: String = text.trim_start().chars().take(20).flat_map(char::to_lowercase).collect();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Err(ScriptError::NotText("a web page"));
    }
    let is_time = |text: &str| text.trim().starts_with(|c: char| c.is_ascii_digit()) && text.contains(':');
    let is_cue = |line: &str| line.split_once(" --> ").is_some_and(|(start, end)| is_time(start) && is_time(end));
    if start.starts_with("webvtt") || text.lines().any(is_cue) {
        return Err(ScriptError::NotText("a file of subtitles"));
    }
    Ok(text)
}

/// Returns whether a file name has an extension of Markdown.
fn is_markdown_name(name: &Path) -> bool {
    let extension = name.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["md", "markdown", "mkd"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Determines the format by the extension, otherwise by the text.
fn format(text: &str, name: &Path) -> ScriptFormat {
    let extension = name.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
    let start = text.trim_start();
    match extension.as_str() {
        "json" => ScriptFormat::Json,
        "ssml" | "xml" => ScriptFormat::Ssml,
        _ if is_markdown_name(name) => ScriptFormat::Markdown,
        _ if json::is_json(start) => ScriptFormat::Json,
        _ if start.starts_with("<speak") || start.starts_with("<?xml") => ScriptFormat::Ssml,
        _ if markdown::is_markdown(text) => ScriptFormat::Markdown,
        _ => ScriptFormat::Plain,
    }
}
