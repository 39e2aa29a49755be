//! `karuna narrate`: creates a recording for each line without one, from a speech engine or a folder of recordings.

use std::ops::ControlFlow;

use super::loading::{interrupted, session_or_report};
use super::progress::SpeechProgressDisplay;
use super::{Outcome, print_line, report, settings};
use crate::cli::Narrate;
use crate::config::Config;
use crate::error::Failure;
use crate::io::library::{self, ManifestFile};
use crate::speech::VoiceChoice;
use crate::speech::narration::{self, NarratedLine, NarrationError, NarrationEvent, NarrationOptions, NarrationReport};
use crate::text::{self, escape_controls};

pub(super) fn run(arguments: &Narrate, config: &Config) -> Result<Outcome, Failure> {
    let manifest = library::open(&arguments.session)?;
    let Some(session) = session_or_report(&manifest) else { return Ok(Outcome::Failed) };
    let options = options(arguments, config)?;
    if options.voice == VoiceChoice::None && options.recordings.is_none() {
        return print_script(&narration::lines_with_words(&session, &manifest.text));
    }
    let mut progress = SpeechProgressDisplay::new();
    let narrated = narration::narrate(&manifest, &session, &options, &mut |event| match event {
        NarrationEvent::Speaking(speech) => progress.update(speech),
        NarrationEvent::UnknownRecording { name, suggestion } => {
            let suggestion = suggestion.map(|stem| format!("; did you mean {stem}?")).unwrap_or_default();
            report::line(&format!("there is no line {}{suggestion}", escape_controls(name)));
            ControlFlow::Continue(())
        }
    });
    drop(progress);
    match narrated {
        Ok(narrated) => print_report(&manifest, &narrated, arguments.write),
        Err(NarrationError::Interrupted) => Ok(interrupted()),
        Err(error) => Err(error.into()),
    }
}

/// Returns the options of the narration. A folder of recordings replaces speech, unless an engine is given as well.
fn options(arguments: &Narrate, config: &Config) -> Result<NarrationOptions, Failure> {
    let usual_voice = if arguments.from.is_some() { Some("none") } else { None };
    Ok(NarrationOptions {
        voice: settings::voice(arguments.voice.as_deref().or(usual_voice), config)?,
        engines: config.engines.clone(),
        recordings: arguments.from.clone(),
        output: arguments.output.clone(),
        edits_manifest: arguments.write,
    })
}

/// Prints the lines without a recording, as a script for the teacher.
fn print_script(lines: &[NarratedLine]) -> Result<Outcome, Failure> {
    let unrecorded: Vec<_> = lines.iter().filter(|line| line.clip.is_none()).collect();
    if unrecorded.is_empty() {
        report::line("every line has a recording");
    }
    for line in unrecorded {
        print_line(&format!("{}\n    {}\n", line.stem, text::single_line(&line.words)))?;
    }
    Ok(Outcome::Done)
}

/// Prints the path of each recording, and the line of the manifest that names it.
fn print_report(
    manifest: &ManifestFile,
    narrated: &NarrationReport,
    is_manifest_edited: bool,
) -> Result<Outcome, Failure> {
    if narrated.is_empty() {
        let name = escape_controls(&manifest.name);
        report::line(&format!("there is nothing to do: every line of {name} has a recording"));
    }
    if !narrated.unrecorded.is_empty() {
        report::line(&format!(
            "no recording was found for {}; these lines were not changed",
            narrated.unrecorded.join(", ")
        ));
    }
    if let Some((lines, reason)) = &narrated.not_spoken {
        report::line(&format!("{reason}, so there is no recording of {}", lines.join(", ")));
    }
    for recording in &narrated.placed {
        let alternative = if recording.line.is_alternative { ", instead" } else { "" };
        print_line(&format!(
            "{}  (line {}: {}{alternative})",
            text::display_path(&recording.path),
            recording.line.line_number,
            recording.line.name
        ))?;
        if let Some(clip) = recording.clip.as_ref().filter(|_| !is_manifest_edited) {
            print_line(&format!("    clip = {}", toml_edit::Value::from(clip.as_str()).to_string().trim()))?;
        }
    }
    if narrated.placed.iter().any(|recording| recording.clip.is_none()) {
        report::line(
            "the manifest can't refer to files in that folder; move the recordings into the manifest's own folder",
        );
    }
    if is_manifest_edited && !narrated.placed.is_empty() {
        print_line(&format!("added them to {}", text::display_path(&manifest.path)))?;
    }
    Ok(if narrated.not_spoken.is_none() { Outcome::Done } else { Outcome::Failed })
}
