//! Reads a list of steps.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::JsonReader;
use crate::script::block::{BlockKind, EventContent, ScriptItem, ScriptPause, TextBlock};
use crate::script::error::ScriptError;
use crate::script::lengths::ParsedLength;
use crate::script::line::one_line;

/// A step, such as a pause.
struct Step {
    values: Map<String, Value>,
    line: usize,
}

impl Step {
    /// Returns a text, which is empty if the step does not have it.
    fn text(&self, key: &str) -> &str {
        self.values.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn flag(&self, key: &str) -> Option<bool> {
        self.values.get(key).and_then(Value::as_bool)
    }
}

impl<'text> JsonReader<'text> {
    pub(super) fn read_steps(&mut self, text: &'text str) -> Result<(), ScriptError> {
        let steps: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| ScriptError::UnknownJson)?;
        let mut has_known_step = steps.is_empty();
        for step in steps {
            let line = self.line(step.get());
            let Ok(Value::Object(values)) = serde_json::from_str::<Value>(step.get()) else {
                self.document.note(line, "this step is not understood, and is left out");
                continue;
            };
            has_known_step |= self.read_step(&Step { values, line });
        }
        if has_known_step { Ok(()) } else { Err(ScriptError::UnknownJson) }
    }

    /// Reads one step. Returns whether its type is known.
    fn read_step(&mut self, step: &Step) -> bool {
        match step.text("type") {
            "heading" => self.read_heading(step),
            "speech" => self.push_text(step.text("text"), step.line),
            "pause" => self.read_pause(step),
            "sound" => self.read_sound(step),
            "aside" | "direction" => self.read_direction(step),
            "" if step.values.get("text").is_some_and(Value::is_string) => self.read_words(step),
            other => {
                let message = format!("a step of type {other:?} is not understood; it is a comment in the manifest");
                self.document.note(step.line, message);
                self.read_direction(step);
                return false;
            }
        }
        true
    }

    fn read_heading(&mut self, step: &Step) {
        let level = step.values.get("level").and_then(Value::as_u64).map_or(1, |level| level.clamp(1, 6) as u8);
        let text = step.text("text");
        let heading = TextBlock::new(BlockKind::Heading(level), step.line, one_line(text));
        self.document.items.push(ScriptItem::Block(heading));
        if step.flag("readAloud") == Some(true) {
            self.push_text(text, step.line);
        }
    }

    fn read_pause(&mut self, step: &Step) {
        let seconds = step.values.get("duration").and_then(Value::as_f64);
        let mut length = seconds.and_then(|seconds| ParsedLength::seconds(seconds, None, true));
        if let Some(length) = length.as_mut().filter(|_| step.flag("canExtend") == Some(false)) {
            length.longest = Some(length.shortest);
        }
        let waits = step.flag("waitForUserInput") == Some(true);
        if waits || length.is_none_or(|length| !length.shortest.is_zero()) {
            self.emit(step.line, EventContent::Pause(ScriptPause { length, waits }));
        }
    }

    fn read_sound(&mut self, step: &Step) {
        // Digits in the name of a sound are not a number of strikes.
        let id = step.text("soundId").replace(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-'), " ");
        self.add_sound(&[step.text("description"), step.text("text"), &id].join(" "), step.line);
    }

    fn read_direction(&mut self, step: &Step) {
        self.emit(step.line, EventContent::Direction(one_line(step.text("text"))));
    }

    /// Reads a step without a type: spoken text, and the pause after it.
    fn read_words(&mut self, step: &Step) {
        self.push_text(step.text("text"), step.line);
        if let Some(length) = pause_after(&step.values) {
            self.emit(step.line, EventContent::Pause(ScriptPause { length: Some(length), waits: false }));
        }
    }
}

/// Returns the pause after the text of a step without a type: `pauseAfter`, `pause_seconds`, `pauseMs`.
fn pause_after(step: &Map<String, Value>) -> Option<ParsedLength> {
    let (key, value) = step.iter().find(|(key, value)| key.to_lowercase().starts_with("pause") && value.is_number())?;
    let key = key.to_lowercase();
    let unit = if key.ends_with("ms") || key.ends_with("milliseconds") { 0.001 } else { 1.0 };
    ParsedLength::seconds(value.as_f64()? * unit, None, true).filter(|length| !length.shortest.is_zero())
}
