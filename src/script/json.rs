//! Reads scripts in JSON: an array of steps, or segments with phrases.

mod steps;

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::block::{BlockKind, EventContent, ScriptDocument, ScriptEvent, ScriptItem, ScriptPause, TextBlock};
use super::error::ScriptError;
use super::front_matter;
use super::lengths::ParsedLength;
use super::line::one_line;
use super::marks::{self, MarkPlace};

/// The keys of an object that may contain its steps.
const STEP_KEYS: [&str; 4] = ["steps", "script", "meditation", "items"];

/// Returns whether a text is JSON rather than a script that starts with a bracket.
pub(super) fn is_json(text: &str) -> bool {
    text.starts_with(['[', '{']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

#[derive(Deserialize)]
struct PhraseScript<'text> {
    #[serde(borrow)]
    segments: Vec<&'text RawValue>,
}

#[derive(Deserialize)]
struct PhraseSegment<'text> {
    id: Option<Value>,
    #[serde(borrow)]
    phrases: Vec<&'text RawValue>,
    pause_after_ms: Option<f64>,
}

pub(super) fn read(text: &str) -> Result<ScriptDocument, ScriptError> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| ScriptError::Json { line: error.line(), reason: reason(&error) })?;
    let mut reader = JsonReader { text, document: ScriptDocument::default(), sounds: Vec::new() };
    match &value {
        Value::Array(_) => reader.read_steps(text)?,
        Value::Object(object) if object.contains_key("segments") => reader.read_phrases(object)?,
        Value::Object(object) => {
            let key = STEP_KEYS.into_iter().find(|key| object.get(*key).is_some_and(Value::is_array));
            let key = key.ok_or(ScriptError::UnknownJson)?;
            let raw: std::collections::HashMap<&str, &RawValue> =
                serde_json::from_str(text).map_err(|_| ScriptError::UnknownJson)?;
            reader.read_metadata(object);
            reader.read_steps(raw.get(key).ok_or(ScriptError::UnknownJson)?.get())?;
        }
        _ => return Err(ScriptError::UnknownJson),
    }
    Ok(reader.document)
}

/// Returns the message of an error without its position, which is shown before it.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

struct JsonReader<'text> {
    text: &'text str,
    document: ScriptDocument,
    /// Bells at the edges of segments.
    sounds: Vec<AnchoredSound>,
}

/// A sound attached to a segment.
struct AnchoredSound {
    segment: Option<String>,
    boundary: String,
    events: Vec<EventContent>,
}

impl JsonReader<'_> {
    /// Returns the line number of a part of the text.
    fn line(&self, part: &str) -> usize {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        self.text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1)
    }

    /// Returns the line number of a key's first occurrence.
    fn line_of_key(&self, key: &str) -> usize {
        let position = self.text.find(&format!("\"{key}\"")).unwrap_or(0);
        self.text[..position].matches('\n').count() + 1
    }

    fn emit(&mut self, line: usize, content: EventContent) {
        self.document.items.push(ScriptItem::Event(ScriptEvent { line, content }));
    }

    fn read_metadata(&mut self, object: &Map<String, Value>) {
        let text = |key: &str| object.get(key).and_then(Value::as_str).map(one_line).filter(|text| !text.is_empty());
        let metadata = &mut self.document.metadata;
        metadata.title = text("title");
        metadata.language = text("language").and_then(|language| front_matter::language_tag(&language));
        metadata.teacher = text("teacher").or_else(|| text("author"));
        metadata.summary = text("summary").or_else(|| text("description"));
        let seconds = object.get("target_seconds").and_then(Value::as_f64);
        metadata.stated_length = seconds.and_then(|seconds| ParsedLength::seconds(seconds, None, true)).map(Into::into);
        for key in ["scene", "theme", "voice"] {
            metadata.remarks.extend(text(key).map(|text| format!("{key}: {text}")));
        }
    }

    /// Converts a sound to a bell, or to a direction.
    fn add_sound(&mut self, description: &str, line: usize) {
        let events = bells(description);
        if events.is_empty() {
            let text = one_line(description);
            self.document.note(line, format!("the sound {text:?} is not understood; it is a comment in the manifest"));
            self.emit(line, EventContent::Direction(format!("sound: {text}")));
        }
        for event in events {
            self.emit(line, event);
        }
    }

    /// Reads segments of phrases, whose pauses are given in milliseconds between words.
    fn read_phrases(&mut self, object: &Map<String, Value>) -> Result<(), ScriptError> {
        let script: PhraseScript = serde_json::from_str(self.text).map_err(|_| ScriptError::UnknownJson)?;
        self.read_metadata(object);
        let lead = object.get("session").and_then(|session| session.get("lead_in_ms")).and_then(Value::as_f64);
        self.document.metadata.settle = lead.and_then(milliseconds);
        self.read_sounds(object);
        for segment in script.segments {
            let line = self.line(segment.get());
            let Ok(segment) = serde_json::from_str::<PhraseSegment>(segment.get()) else {
                self.document.note(line, "this segment is not understood, and is left out");
                continue;
            };
            let id = segment.id.as_ref().map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
            self.place_sounds(id.as_deref(), "segment_start", line);
            for phrase in &segment.phrases {
                self.read_phrase(phrase.get());
            }
            self.place_sounds(id.as_deref(), "speech_end", line);
            self.add_pause(segment.pause_after_ms, line);
            self.place_sounds(id.as_deref(), "pause_end", line);
        }
        self.place_sounds(None, "session_end", self.text.matches('\n').count() + 1);
        Ok(())
    }

    fn read_phrase(&mut self, phrase: &str) {
        let line = self.line(phrase);
        let Ok(phrase) = serde_json::from_str::<Value>(phrase) else { return };
        match phrase.get("text").and_then(Value::as_str).or(phrase.as_str()) {
            Some(text) => self.push_text(text, line),
            None => self.document.note(line, "this phrase has no text, and is left out"),
        }
        self.add_pause(phrase.get("pause_after_ms").and_then(Value::as_f64), line);
    }

    fn add_pause(&mut self, length: Option<f64>, line: usize) {
        if let Some(length) = length.and_then(milliseconds) {
            self.emit(
                line,
                EventContent::Pause(ScriptPause { length: Some(ParsedLength::exact(length)), waits: false }),
            );
        }
    }

    /// Collects the bells among the sounds, and notes sounds that a manifest can't contain.
    fn read_sounds(&mut self, object: &Map<String, Value>) {
        let is_enabled = |value: &Value| value.get("enabled").and_then(Value::as_bool).unwrap_or(true);
        if object.get("music").is_some_and(is_enabled) {
            self.document.note(
                self.line_of_key("music"),
                "the music is left out; a bed can take its place: [bed] with sound = \"drone\"",
            );
        }
        let Some(sfx) = object.get("sfx").filter(|sfx| is_enabled(sfx)) else { return };
        if sfx.get("ambience").is_some_and(is_enabled) {
            let message = "the ambience is left out; a bed can take its place: [bed] with sound = \"rain\" or \"sea\"";
            self.document.note(self.line_of_key("ambience"), message);
        }
        let shots = sfx.get("one_shots").and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |shot: &Value, key: &str| shot.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        for shot in &shots {
            let same = text(shot, "same_as");
            let prompt = match shots.iter().find(|other| !same.is_empty() && text(other, "id") == same) {
                Some(other) => text(other, "prompt"),
                None => text(shot, "prompt"),
            };
            let events = bells(&prompt);
            if events.is_empty() {
                let message = format!("the sound {:?} is not understood, and is left out", one_line(&prompt));
                self.document.note(self.line_of_key("one_shots"), message);
            }
            let anchor = shot.get("anchor").cloned().unwrap_or_default();
            let segment = anchor.get("segment_id").and_then(Value::as_str).map(str::to_owned);
            let boundary = text(&anchor, "boundary");
            if boundary == "session_start" {
                let line = self.line_of_key("one_shots");
                events.into_iter().for_each(|event| self.emit(line, event));
            } else {
                self.sounds.push(AnchoredSound { segment, boundary, events });
            }
        }
    }

    fn place_sounds(&mut self, segment: Option<&str>, boundary: &str, line: usize) {
        let fits = |sound: &AnchoredSound| sound.boundary == boundary && sound.segment.as_deref() == segment;
        let events: Vec<_> =
            self.sounds.iter().filter(|sound| fits(sound)).flat_map(|sound| sound.events.clone()).collect();
        for event in events {
            self.emit(line, event);
        }
    }

    /// Adds spoken text. Line breaks in it separate paragraphs, or count as spaces.
    fn push_text(&mut self, text: &str, line: usize) {
        for paragraph in text.split("\n\n") {
            let mut pending = String::new();
            for part in paragraph.lines() {
                if marks::read(part.trim(), MarkPlace::Bare).events.is_empty() {
                    pending.push_str(part.trim());
                    pending.push(' ');
                } else {
                    self.push_block(&std::mem::take(&mut pending), line);
                    self.push_block(part, line);
                }
            }
            self.push_block(&pending, line);
        }
    }

    fn push_block(&mut self, text: &str, line: usize) {
        if !text.trim().is_empty() {
            self.document.items.push(ScriptItem::Block(TextBlock::new(BlockKind::Paragraph, line, text.trim())));
        }
    }
}

/// Returns the bells named by the description of a sound.
fn bells(description: &str) -> Vec<EventContent> {
    let words = description.replace(['_', '-', '.'], " ");
    let mark = marks::read(&format!("sound: {words}"), MarkPlace::Bracket);
    mark.events.into_iter().filter(|event| matches!(event, EventContent::Bell(_))).collect()
}

fn milliseconds(length: f64) -> Option<Duration> {
    let is_in_range = length.is_finite() && (1.0..=86_400_000.0).contains(&length);
    is_in_range.then(|| Duration::from_millis(length.round() as u64))
}
