//! Narrates a session: creates a recording for each line without one, from an engine or the teacher's own recordings, and names it in the
//! manifest.

mod error;
mod folder;
mod lines;
mod manifest_edit;
mod recordings;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub(crate) use super::output::SaveError;
pub(crate) use error::NarrationError;
pub(crate) use folder::{PlacedRecording, RecordingFolder};
pub(crate) use lines::{ScriptLine, script};

use super::job::{Priority, SpeechJob, SpeechProgress};
use super::output::{SPEECH_LOUDNESS, save};
use super::{SpeechEngines, SpeechPlan, VoiceChoice};
use crate::config::EngineConfig;
use crate::io::atomic_file;
use crate::io::clips::{AnalysisCache, ClipTable};
use crate::io::library::ManifestFile;
use crate::manifest::session::ClipPath;
use crate::manifest::{self, Session, suggest};
use crate::timeline::SpeechKey;
use crate::units::Lufs;
use recordings::RecordingSet;

/// Options for a narration.
#[derive(Clone, Debug)]
pub(crate) struct NarrationOptions {
    /// The voice for lines without a recording.
    pub(crate) voice: VoiceChoice,
    /// The listener's own engines.
    pub(crate) engines: Vec<EngineConfig>,
    /// A folder of the teacher's own recordings.
    pub(crate) recordings: Option<PathBuf>,
    /// The folder for the recordings; `None` for the default one.
    pub(crate) output: Option<PathBuf>,
    /// Whether the recordings are named in the manifest.
    pub(crate) edits_manifest: bool,
}

/// An event during a narration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NarrationEvent<'narration> {
    /// The name of a recording matches no line.
    UnknownRecording { name: &'narration str, suggestion: Option<&'narration str> },
    /// Lines are being spoken.
    Speaking(SpeechProgress<'narration>),
}

/// The result of a narration.
#[derive(Debug, Default)]
pub(crate) struct NarrationReport {
    /// The new recordings.
    pub(crate) placed: Vec<PlacedRecording>,
    /// The lines that have no recording and were not requested to be spoken.
    pub(crate) unrecorded: Vec<String>,
    /// The lines that could not be spoken, with the reasons.
    pub(crate) not_spoken: Option<(Vec<String>, String)>,
}

impl NarrationReport {
    /// Returns whether there was nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.placed.is_empty() && self.unrecorded.is_empty() && self.not_spoken.is_none()
    }
}

/// A receiver of narration events. Returning [`ControlFlow::Break`] ends it with [`NarrationError::Interrupted`].
pub(crate) type NarrationObserver<'observer> = &'observer mut dyn FnMut(NarrationEvent) -> ControlFlow<()>;

/// Creates a recording for each line without one.
///
/// # Errors
/// If a recording or the chosen voice can't be used, a file can't be written, or the observer interrupts.
pub(crate) fn narrate(
    manifest: &ManifestFile,
    session: &Session,
    options: &NarrationOptions,
    observer: NarrationObserver,
) -> Result<NarrationReport, NarrationError> {
    let lines = script(session, &manifest.text);
    let recordings = match &options.recordings {
        Some(folder) => find_recordings(folder, &lines, observer)?,
        None => RecordingSet::default(),
    };
    let open: Vec<_> = lines.iter().filter(|line| line.clip.is_none() && !recordings.contains(line)).collect();
    if open.is_empty() && recordings.is_empty() {
        return Ok(NarrationReport::default());
    }
    let plan = plan(session, options, &open)?;
    let folder = RecordingFolder::open(manifest, options.output.as_deref(), options.edits_manifest)?;
    let mut report = NarrationReport::default();
    for (line, recording) in recordings.iter(&lines) {
        report.placed.push(folder.copy(line, recording)?);
    }
    match plan {
        Some(plan) => speak(plan, session, narration_level(session, manifest), &open, &folder, &mut report, observer)?,
        None => report.unrecorded = open.iter().map(|line| line.stem.clone()).collect(),
    }
    if options.edits_manifest && !report.placed.is_empty() {
        name_in_manifest(manifest, &report.placed)?;
    }
    Ok(report)
}

fn find_recordings(
    folder: &Path,
    lines: &[ScriptLine],
    observer: NarrationObserver,
) -> Result<RecordingSet, NarrationError> {
    RecordingSet::find(folder, lines, &mut |name| {
        let suggestion = suggest::nearest(name, lines.iter().map(|line| line.stem.as_str()));
        let _ = observer(NarrationEvent::UnknownRecording { name, suggestion });
    })
}

/// Finds the engines for lines without a recording; `None` if these are left unchanged.
fn plan(
    session: &Session,
    options: &NarrationOptions,
    open: &[&ScriptLine],
) -> Result<Option<SpeechPlan>, NarrationError> {
    if options.voice == VoiceChoice::None || open.is_empty() {
        return Ok(None);
    }
    let keys = open.iter().map(|line| speech_key(session, line)).collect();
    SpeechPlan::new(&SpeechEngines::with_own(&options.engines), &options.voice, keys)?
        .map(Some)
        .ok_or(NarrationError::NoEngine)
}

fn speech_key(session: &Session, line: &ScriptLine) -> SpeechKey {
    SpeechKey::of_session(session, line.voice.as_deref(), &line.words)
}

/// Speaks lines, each into its own file.
fn speak(
    plan: SpeechPlan,
    session: &Session,
    loudness: Lufs,
    open: &[&ScriptLine],
    folder: &RecordingFolder,
    report: &mut NarrationReport,
    observer: NarrationObserver,
) -> Result<(), NarrationError> {
    let mut observe = |progress: SpeechProgress| observer(NarrationEvent::Speaking(progress));
    let mut job = SpeechJob::start(plan, Priority::Awaited, |progress| {
        let _ = observe(progress);
    });
    if job.wait(None, observe).is_break() {
        return Err(NarrationError::Interrupted);
    }
    let spoken: HashMap<_, _> = job.spoken_lines().collect();
    let mut failed = Vec::new();
    for line in open {
        let Some(speech) = spoken.get(&speech_key(session, line)) else {
            failed.push(line.stem.clone());
            continue;
        };
        let save = |path: &Path| {
            save(&speech.clip, path, loudness)
                .map_err(|source| NarrationError::Save { line: line.stem.clone(), source })
        };
        report.placed.push(folder.put(line, "flac", save)?);
    }
    let reason = job.main_error().map(ToString::to_string).unwrap_or_default();
    report.not_spoken = Some((failed, reason)).filter(|(failed, _)| !failed.is_empty());
    Ok(())
}

/// Returns the loudness of the session's existing recordings, so that the speech matches them; −21 LUFS without any.
fn narration_level(session: &Session, manifest: &ManifestFile) -> Lufs {
    let clips = session.lines().filter_map(|(line, _)| line.clip());
    let paths: Vec<ClipPath> = clips.map(|clip| clip.value.clone()).collect();
    let (clips, _) = ClipTable::probe(&manifest.origin, &paths, AnalysisCache::for_listener());
    clips.pooled_loudness(&paths).unwrap_or(SPEECH_LOUDNESS)
}

/// Adds a `clip` for each recording to the present manifest, which may have changed while the lines were recorded.
pub(crate) fn name_in_manifest(manifest: &ManifestFile, placed: &[PlacedRecording]) -> Result<(), NarrationError> {
    let manifest = manifest.reread().map_err(NarrationError::Reread)?;
    let not_edited = || NarrationError::Edit { manifest: manifest.path.clone() };
    let session = manifest::read(&manifest.path, &manifest.text).0.ok_or_else(not_edited)?;
    let lines = script(&session, &manifest.text);
    let mut clips = Vec::new();
    for one in placed {
        let Some(clip) = one.clip.as_deref() else { continue };
        let gone = || NarrationError::LineGone { line: one.line.name.clone(), recording: one.path.clone() };
        clips.push((one.line.find_in(&lines).ok_or_else(gone)?, clip));
    }
    let text = manifest_edit::insert_clips(&manifest.text, &clips)
        .filter(|text| manifest::read(&manifest.path, text).0.is_some())
        .ok_or_else(not_edited)?;
    Ok(atomic_file::write(&manifest.path, text.as_bytes())?)
}

#[cfg(test)]
mod tests;
