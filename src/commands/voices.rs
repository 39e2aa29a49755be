//! `karuna voices`: lists, tries, installs and removes voices.

use std::path::Path;

use serde::Serialize;

use super::Outcome;
use crate::cli::{Play, Voices, VoicesAction};
use crate::config::{Config, EngineConfig};
use crate::error::{Failure, reason};
use crate::io::temporary::TemporaryFolder;
use crate::playback::OutputChoice;
use crate::speech::heart::PackageTrust;
use crate::speech::installation;
use crate::speech::{VoiceChoice, VoiceSummary};
use crate::text::{display_path, escape_controls};

/// A voice in the JSON output.
#[derive(Serialize)]
struct VoiceEntry {
    name: String,
    language: String,
    kind: &'static str,
    installed: bool,
    install: String,
}

pub(super) fn run(arguments: &Voices, config: &Config) -> Result<Outcome, Failure> {
    match (&arguments.action, arguments.say.as_deref()) {
        (Some(VoicesAction::Add { file, unverified }), _) => add(file, *unverified),
        (Some(VoicesAction::Remove { name }), _) => remove(name),
        (None, Some([text, name @ ..])) => say(text, name.first().map(String::as_str), config),
        (None, _) => list(arguments.json, &config.engines),
    }
}

fn list(json: bool, own: &[EngineConfig]) -> Result<Outcome, Failure> {
    let entries: Vec<_> = VoiceSummary::all(own).into_iter().map(VoiceEntry::from).collect();
    if json {
        super::print_json(&entries)?;
        return Ok(Outcome::Done);
    }
    let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    for VoiceEntry { name, language, kind, installed, install } in entries {
        let state = if installed { "installed".to_owned() } else { format!("not installed: {install}") };
        super::print_line(&format!("{name:width$}  {language:<3}  {kind:<8}  {state}"))?;
    }
    Ok(Outcome::Done)
}

/// Speaks a text in the same way as a line of a session.
fn say(text: &str, name: Option<&str>, config: &Config) -> Result<Outcome, Failure> {
    let voice = name.unwrap_or(&config.voice.value);
    VoiceChoice::parse(voice, &config.engines).map_err(|error| {
        Failure::new(format!("{error}, not `{}`", escape_controls(voice)), "`karuna voices` lists them")
    })?;
    let line = toml::Value::String(text.to_owned());
    let manifest = format!("format = 1\ntitle = \"Voice\"\n[[segment]]\nsay = {line}\n");
    let unwritable = |error: std::io::Error| {
        Failure::new(
            format!("a temporary file can't be written: {}", reason(&error)),
            "check that the disk has free space, and that TMPDIR names a folder that you can write to",
        )
    };
    let folder = TemporaryFolder::of_system().map_err(unwritable)?;
    let file = folder.path().join("voice.toml");
    std::fs::write(&file, manifest).map_err(unwritable)?;
    let mut arguments = Play::quiet(&file.to_string_lossy(), OutputChoice::default());
    arguments.shape.voice = Some(voice.to_owned());
    let engines = config.engines.clone();
    super::play::play_without_history(&arguments, &Config { engines, ..Config::default() })
}

fn add(file: &Path, unverified: bool) -> Result<Outcome, Failure> {
    let trust = if unverified { PackageTrust::Any } else { PackageTrust::Known };
    let folder = installation::add(file, trust)?;
    super::print_line(&format!("installed heart in {}", display_path(&folder)))?;
    Ok(Outcome::Done)
}

fn remove(name: &str) -> Result<Outcome, Failure> {
    let folder = installation::remove(name)?;
    super::print_line(&format!("removed {} from {}", escape_controls(name), display_path(&folder)))?;
    Ok(Outcome::Done)
}

impl From<VoiceSummary> for VoiceEntry {
    fn from(voice: VoiceSummary) -> Self {
        Self {
            name: voice.name,
            language: voice.languages,
            kind: if voice.is_built_in { "built-in" } else { "program" },
            installed: voice.is_installed,
            install: voice.install_hint,
        }
    }
}
