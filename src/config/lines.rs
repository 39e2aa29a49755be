//! Formats the settings as lines of a configuration file with their sources.

use std::fmt::Display;

use super::engine::EngineConfig;
use super::setting::Setting;
use super::settings::{Config, LevelChanges};
use crate::manifest::duration;
use crate::text::{escape_controls, width};
use crate::timeline::LevelChange;

impl Config {
    /// Returns a line for each setting, followed by its source.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            line("avoid", &list(&self.avoid.value), &self.avoid),
            line("volume", &number(self.volume.value.0), &self.volume),
            line("levels", &levels(self.levels.value), &self.levels),
            line("voice", &text(&self.voice.value), &self.voice),
            line("output", &text(&self.output.value), &self.output),
            line("settle", &text(&duration::format(self.settle.value)), &self.settle),
        ];
        let flags =
            [("captions", &self.captions), ("plain", &self.plain), ("remember", &self.remember), ("log", &self.log)];
        lines.extend(flags.map(|(key, flag)| line(key, &flag.value.to_string(), flag)));
        lines.push(line("wake-lead", &text(&self.wake_lead.value), &self.wake_lead));
        lines.extend(self.engines.iter().flat_map(engine));
        lines
    }
}

/// The column in which the sources start.
const SOURCE_COLUMN: usize = 32;

fn line<T>(key: &str, value: &str, setting: &Setting<T>) -> String {
    with_source(&format!("{key} = {value}"), setting.source)
}

fn with_source(line: &str, source: impl Display) -> String {
    let padding = " ".repeat(SOURCE_COLUMN.saturating_sub(width(line)));
    format!("{line}{padding}  # {source}")
}

fn engine(engine: &EngineConfig) -> Vec<String> {
    let header = with_source(&format!("[engine.{}]", escape_controls(&engine.name)), format!("line {}", engine.line));
    vec![header, format!("command = {}", list(&engine.command)), format!("languages = {}", list(&engine.languages))]
}

fn levels(levels: LevelChanges) -> String {
    let changes = [("voice", levels.voice), ("bell", levels.bell), ("bed", levels.bed)];
    let given = changes.into_iter().filter_map(|(name, change)| Some(format!("{name} = {}", level(change?))));
    let given: Vec<_> = given.collect();
    if given.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", given.join(", ")) }
}

fn level(change: LevelChange) -> String {
    match change {
        LevelChange::By(gain) => number(gain.0),
        LevelChange::Off => text("off"),
    }
}

/// Adding zero turns -0.0 into 0.0.
fn number(number: f64) -> String {
    format!("{}", number + 0.0)
}

fn text(text: &str) -> String {
    escape_controls(&toml::Value::from(text).to_string())
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|item| text(item)).collect::<Vec<_>>().join(", "))
}
