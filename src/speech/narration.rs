//! Narrates a session: creates a recording for each line without one, from an engine or the teacher's own recordings, and adds it to the
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
pub(crate) use lines::{NarratedLine, lines_with_words};

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
    /// The configured engines.
    pub(crate) engines: Vec<EngineConfig>,
    /// A folder of the teacher's own recordings.
    pub(crate) recordings: Option<PathBuf>,
    /// The folder for the recordings; `None` for the default one.
    pub(crate) output: Option<PathBuf>,
    /// Whether the recordings are added to the manifest.
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
    let lines = lines_with_words(session, &manifest.text);
    let recordings = match &options.recordings {
        Some(folder) => find_recordings(folder, &lines, observer)?,
        None => RecordingSet::default(),
    };
    let unrecorded: Vec<_> = lines.iter().filter(|line| line.clip.is_none() && !recordings.contains(line)).collect();
    if unrecorded.is_empty() && recordings.is_empty() {
        return Ok(NarrationReport::default());
    }
    let plan = plan(session, options, &unrecorded)?;
    let folder = RecordingFolder::open(manifest, options.output.as_deref(), options.edits_manifest)?;
    let mut report = NarrationReport::default();
    for (line, recording) in recordings.iter(&lines) {
        report.placed.push(folder.copy(line, recording)?);
    }
    match plan {
        Some(plan) => {
            speak(plan, session, narration_level(session, manifest), &unrecorded, &folder, &mut report, observer)?;
        }
        None => report.unrecorded = unrecorded.iter().map(|line| line.stem.clone()).collect(),
    }
    if options.edits_manifest && !report.placed.is_empty() {
        add_clips_to_manifest(manifest, &report.placed)?;
    }
    Ok(report)
}

fn find_recordings(
    folder: &Path,
    lines: &[NarratedLine],
    observer: NarrationObserver,
) -> Result<RecordingSet, NarrationError> {
    RecordingSet::find(folder, lines, &mut |name| {
        let suggestion = suggest::nearest(name, lines.iter().map(|line| line.stem.as_str()));
        let _ = observer(NarrationEvent::UnknownRecording { name, suggestion });
    })
}

/// Finds the engines for the lines without a recording; `None` if these lines are not spoken.
fn plan(
    session: &Session,
    options: &NarrationOptions,
    unrecorded: &[&NarratedLine],
) -> Result<Option<SpeechPlan>, NarrationError> {
    if options.voice == VoiceChoice::None || unrecorded.is_empty() {
        return Ok(None);
    }
    let keys = unrecorded.iter().map(|line| speech_key(session, line)).collect();
    SpeechPlan::new(&SpeechEngines::with_configured(&options.engines), &options.voice, keys)?
        .map(Some)
        .ok_or(NarrationError::NoEngine)
}

fn speech_key(session: &Session, line: &NarratedLine) -> SpeechKey {
    SpeechKey::of_session(session, line.voice.as_deref(), &line.words)
}

/// Speaks lines, each into its own file.
fn speak(
    plan: SpeechPlan,
    session: &Session,
    loudness: Lufs,
    unrecorded: &[&NarratedLine],
    folder: &RecordingFolder,
    report: &mut NarrationReport,
    observer: NarrationObserver,
) -> Result<(), NarrationError> {
    let mut observe = |progress: SpeechProgress| observer(NarrationEvent::Speaking(progress));
    let mut job = SpeechJob::start(plan, Priority::Normal, |progress| {
        let _ = observe(progress);
    });
    if job.wait(None, observe).is_break() {
        return Err(NarrationError::Interrupted);
    }
    let spoken: HashMap<_, _> = job.spoken_lines().collect();
    let mut failed = Vec::new();
    for line in unrecorded {
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

/// Adds a `clip` for each recording to the manifest as it is now: it may have changed while the lines were recorded.
pub(crate) fn add_clips_to_manifest(manifest: &ManifestFile, placed: &[PlacedRecording]) -> Result<(), NarrationError> {
    let manifest = manifest.reread().map_err(NarrationError::Reread)?;
    let not_edited = || NarrationError::Edit { manifest: manifest.path.clone() };
    let session = manifest::read(&manifest.path, &manifest.text).0.ok_or_else(not_edited)?;
    let lines = lines_with_words(&session, &manifest.text);
    let mut clips = Vec::new();
    for recording in placed {
        let Some(clip) = recording.clip.as_deref() else { continue };
        let gone = || NarrationError::LineGone { line: recording.line.name.clone(), recording: recording.path.clone() };
        clips.push((recording.line.find_in(&lines).ok_or_else(gone)?, clip));
    }
    let text = manifest_edit::insert_clips(&manifest.text, &clips)
        .filter(|text| manifest::read(&manifest.path, text).0.is_some())
        .ok_or_else(not_edited)?;
    Ok(atomic_file::write(&manifest.path, text.as_bytes())?)
}

#[cfg(test)]
mod tests;
