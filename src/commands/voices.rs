//! `karuna voices`: who can speak here; hears, installs and removes a voice.

use std::path::Path;

use serde::Serialize;

use super::Outcome;
use crate::cli::{Play, Voices, VoicesAction};
use crate::error::{Failure, reason};
use crate::playback::OutputChoice;
use crate::speech::VoiceSummary;
use crate::speech::heart::PackageTrust;
use crate::speech::installation;
use crate::text::{display_path, escape_controls};

/// A voice in the JSON document.
#[derive(Serialize)]
struct VoiceEntry {
    name: String,
    language: &'static str,
    kind: &'static str,
    installed: bool,
    install: String,
}

pub(super) fn run(arguments: &Voices) -> Result<Outcome, Failure> {
    match (&arguments.action, arguments.say.as_deref()) {
        (Some(VoicesAction::Add { file, unverified }), _) => add(file, *unverified),
        (Some(VoicesAction::Remove { name }), _) => remove(name),
        (None, Some([text, name @ ..])) => say(text, name.first().map(String::as_str)),
        (None, _) => list(arguments.json),
    }
}

fn list(json: bool) -> Result<Outcome, Failure> {
    let entries: Vec<_> = VoiceSummary::all().into_iter().map(VoiceEntry::from).collect();
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

/// Speaks a text through the same path as a session's line.
fn say(text: &str, name: Option<&str>) -> Result<Outcome, Failure> {
    let voice = name.unwrap_or("auto").parse().map_err(|error: String| {
        Failure::new(
            format!("{error}, not `{}`", escape_controls(name.unwrap_or_default())),
            "`karuna voices` lists them",
        )
    })?;
    let line = toml::Value::String(text.to_owned());
    let manifest = format!("format = 1\ntitle = \"Voice\"\n[[segment]]\nsay = {line}\n");
    let unwritable = |error: std::io::Error| {
        Failure::new(
            format!("a temporary file can't be written: {}", reason(&error)),
            "check that the disk has room, and that TMPDIR names a folder that you may write to",
        )
    };
    let file = tempfile::Builder::new().prefix("karuna-").suffix(".toml").tempfile().map_err(unwritable)?;
    std::fs::write(file.path(), manifest).map_err(unwritable)?;
    let mut arguments = Play::quiet(&file.path().to_string_lossy(), OutputChoice::default());
    arguments.shape.voice = voice;
    super::play::run(&arguments)
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
            language: if voice.is_english_only { "en" } else { "mul" },
            kind: if voice.is_built_in { "built-in" } else { "program" },
            installed: voice.is_installed,
            install: voice.install_hint,
        }
    }
}
