//! Loads sessions: a manifest, its clips and its speech become a [`LoadedSession`], which can be shown, played or rendered.
//!
//! Every command accepts the sessions that `check` accepts, and no others. Loading finds the clips, decodes the first packet of each clip
//! whose analysis is neither bundled nor cached, and builds all programmes. `load/tests.rs` compares `check`, loading and rendering on
//! random sessions.

mod announcements;
mod check;
mod clips;
mod error;
mod inputs;
mod lines;
mod session;
#[cfg(test)]
mod tests;
mod voice_gain;
mod voices;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) use check::{CheckReport, check};
pub(crate) use error::{LoadError, LoudnessError, ProgrammeError};
pub(crate) use inputs::OutputIsInputError;
pub(crate) use inputs::SessionInputs;
pub use session::LoadedSession;
pub(crate) use voice_gain::GainEvent;

use crate::config::EngineConfig;
use crate::io::clips::{AnalysisCache, ClipError, ClipTable};
use crate::io::library::{self, ManifestFile, ManifestOrigin};
use crate::manifest::session::{ClipPath, TAGS};
use crate::manifest::{self, Findings, Session, Severity, suggest};
use crate::speech::{Priority, SpeechEngines, SpeechJob, SpeechPlan, SpeechProgress, VoiceChoice, VoiceError};
use crate::timeline::{Shape, SpeechKey};

/// The longest wait for speech before playback starts without the rest.
const FIRST_SPEECH_TIMEOUT: Duration = Duration::from_millis(300);

/// Options for loading a session.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The shape of the session.
    pub shape: Shape,
    /// Further tags to avoid, which the session need not have, unlike those of the shape.
    pub avoid_where_present: Vec<String>,
    /// The voice for lines without a recording.
    pub voice: VoiceChoice,
    /// The listener's own speech engines.
    pub engines: Vec<EngineConfig>,
}

impl LoadOptions {
    /// Returns the shape with all tags to avoid.
    fn full_shape(&self) -> Shape {
        let mut shape = self.shape.clone();
        shape.avoid.extend(self.avoid_where_present.iter().cloned());
        shape
    }
}

/// An event during loading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadEvent<'load> {
    /// Lines without a recording are not spoken, because there is no voice for them.
    NoVoice {
        /// The number of lines.
        lines: usize,
    },
    /// The chosen narrator has not recorded this session, so its own recordings are played.
    NotRecorded {
        /// The narrator's name.
        narrator: &'load str,
    },
    /// A requested voice is not installed, and another one speaks.
    OtherVoice {
        /// The voice requested by the session or one of its lines.
        requested: &'load str,
        /// The engine that speaks.
        speaks: &'load str,
    },
    /// Progress of the speech. Sent before the first engine is started, and then at least every 50 ms.
    Speaking(SpeechProgress<'load>),
    /// Some lines could not be spoken and are shown. The sentence says why.
    NotSpoken(String),
}

/// A receiver of loading events. Returning [`ControlFlow::Break`] ends it with [`LoadError::Interrupted`].
pub(crate) type LoadObserver<'observer> = &'observer mut dyn FnMut(LoadEvent) -> ControlFlow<()>;

/// When lines without a recording are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpeechTiming {
    /// Before the session is loaded.
    Now,
    /// For a short time before the session is loaded; the rest during playback.
    WhilePlaying,
    /// Never: only their voices are determined.
    Never,
}

/// Loads a session by its path or its name in the library, after speaking every line that has no recording.
///
/// # Errors
/// If the manifest has errors, a clip can't be used, the chosen voice is missing, or the observer interrupts.
pub fn load(session: &str, options: &LoadOptions, observer: LoadObserver) -> Result<LoadedSession, LoadError> {
    let manifest = library::open(session)?;
    load_manifest(manifest, options, SpeechTiming::Now, observer).map(|(session, _)| session)
}

/// Like [`load`], but also returns the lines that are still being spoken.
pub(crate) fn load_to_play(
    session: &str,
    options: &LoadOptions,
    timing: SpeechTiming,
    observer: LoadObserver,
) -> Result<(LoadedSession, Option<SpeechJob>), LoadError> {
    load_manifest(library::open(session)?, options, timing, observer)
}

/// Loads a session without speaking its lines. Their voices are determined nevertheless.
pub(crate) fn load_unspoken(session: &str, options: &LoadOptions) -> Result<LoadedSession, LoadError> {
    let observer = &mut |_: LoadEvent| ControlFlow::Continue(());
    load_manifest(library::open(session)?, options, SpeechTiming::Never, observer).map(|(session, _)| session)
}

/// Loads a session as written, with its lines shown.
pub(crate) fn load_silent(manifest: ManifestFile) -> Result<LoadedSession, LoadError> {
    let options = LoadOptions { voice: VoiceChoice::None, ..LoadOptions::default() };
    let observer = &mut |_: LoadEvent| ControlFlow::Continue(());
    load_manifest(manifest, &options, SpeechTiming::Now, observer).map(|(session, _)| session)
}

/// Loads a session that was generated by the program.
pub(crate) fn load_text(name: &str, text: String) -> Result<LoadedSession, LoadError> {
    load_silent(ManifestFile {
        name: name.to_owned(),
        path: PathBuf::from(name),
        text,
        origin: ManifestOrigin::Bundled,
    })
}

fn load_manifest(
    manifest: ManifestFile,
    options: &LoadOptions,
    timing: SpeechTiming,
    observer: LoadObserver,
) -> Result<(LoadedSession, Option<SpeechJob>), LoadError> {
    let (session, mut clips) = read_manifest(&manifest, &options.voice, timing, observer)?;
    check_tags(&session, &options.shape.avoid)?;
    let shape = options.full_shape();
    let engines = SpeechEngines::with_configured(&options.engines);
    announcements::add_recordings(&session, &manifest.origin, (&engines, &options.voice), &mut clips);
    let lines = match timing {
        SpeechTiming::Now | SpeechTiming::Never => lines::unrecorded(&session, &shape, &clips),
        SpeechTiming::WhilePlaying => lines::in_order_of_need(&session, &shape, &clips),
    };
    let plan = plan_speech(&engines, &options.voice, lines, observer)?;
    let speakers = plan.iter().flat_map(SpeechPlan::engine_names).map(str::to_owned).collect();
    let job = speak(plan, timing, &mut clips, observer)?;
    let mut facts = clips.facts(&clips::bells_and_beds(&session));
    job.iter().flat_map(SpeechJob::pending).for_each(|key| facts.mark_speech_pending(key.clone()));
    Ok((LoadedSession { manifest, session, clips: Arc::new(clips), facts, shape, speakers }, job))
}

/// Reads a manifest, and finds its clips.
fn read_manifest(
    manifest: &ManifestFile,
    voice: &VoiceChoice,
    timing: SpeechTiming,
    observer: LoadObserver,
) -> Result<(Session, ClipTable), LoadError> {
    let invalid = |findings| LoadError::invalid(manifest.text.clone(), findings);
    let (session, findings) = manifest::read_for_playback(&manifest.path, &manifest.text);
    let Some(session) = session else { return Err(invalid(findings)) };
    let (mut clips, mut errors) =
        ClipTable::probe(&manifest.origin, &clips::all(&session), AnalysisCache::for_listener());
    use_narrator(&session, &manifest.origin, voice, (&mut clips, &mut errors), observer)?;
    let mut findings = Findings::new(&manifest.path, &manifest.text);
    clips::report_errors(&session, &errors, &mut findings);
    // Playback builds every programme itself, and must start at once.
    if timing != SpeechTiming::WhilePlaying && !findings.has_error() {
        check::check_timelines(&session, &clips, &mut findings);
    }
    let findings = findings.into_sorted(&session.allow);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(invalid(findings));
    }
    Ok((session, clips))
}

/// Finds a voice for each line. Reports lines without one, and a voice that is replaced by another.
fn plan_speech(
    engines: &SpeechEngines,
    voice: &VoiceChoice,
    lines: Vec<SpeechKey>,
    observer: LoadObserver,
) -> Result<Option<SpeechPlan>, LoadError> {
    let unrecorded = lines.len();
    let plan = SpeechPlan::new(engines, voice, lines)?;
    let unspoken = unrecorded - plan.iter().flat_map(SpeechPlan::engine_names).count();
    if unspoken > 0 && matches!(voice, VoiceChoice::Auto | VoiceChoice::Narrator(_)) {
        notify(observer, LoadEvent::NoVoice { lines: unspoken })?;
    }
    if let Some((requested, speaks)) = plan.as_ref().and_then(SpeechPlan::replaced_voice)
        && !matches!(voice, VoiceChoice::Engine(_))
    {
        notify(observer, LoadEvent::OtherVoice { requested, speaks })?;
    }
    Ok(plan)
}

/// Replaces the recordings of the manifest by those of the chosen narrator. A narrator of the program who has not recorded this session
/// leaves its own recordings; another name without recordings may be a mistake.
fn use_narrator(
    session: &Session,
    origin: &ManifestOrigin,
    voice: &VoiceChoice,
    (clips, errors): (&mut ClipTable, &mut Vec<(ClipPath, ClipError)>),
    observer: LoadObserver,
) -> Result<(), LoadError> {
    let Some(narrator) = voice.narrator() else { return Ok(()) };
    let has_any = clips.use_narrator(origin, narrator, &clips::narration(session), errors);
    match voice {
        VoiceChoice::Narrator(name) if !has_any && library::is_bundled_narrator(name) => {
            notify(observer, LoadEvent::NotRecorded { narrator: name })
        }
        VoiceChoice::Narrator(name) if !has_any => Err(VoiceError::Unknown { name: name.clone() }.into()),
        _ => Ok(()),
    }
}

/// Refuses a tag that the session does not have, because the listener relies on avoiding it.
fn check_tags(session: &Session, avoided: &[String]) -> Result<(), LoadError> {
    let own: BTreeSet<&str> = session.tags().collect();
    let known = || TAGS.iter().copied().chain(own.iter().copied());
    match avoided.iter().find(|avoided| !known().any(|tag| tag.eq_ignore_ascii_case(avoided))) {
        None => Ok(()),
        Some(tag) => Err(LoadError::UnknownTag {
            tag: tag.clone(),
            suggestion: suggest::nearest(tag, known()).map(str::to_owned),
            tags: own.into_iter().map(str::to_owned).collect(),
        }),
    }
}

/// Speaks lines, and adds the speech to the clips. Returns the job if it is not finished.
fn speak(
    plan: Option<SpeechPlan>,
    timing: SpeechTiming,
    clips: &mut ClipTable,
    observer: LoadObserver,
) -> Result<Option<SpeechJob>, LoadError> {
    let (priority, deadline) = match timing {
        SpeechTiming::Now => (Priority::Normal, None),
        SpeechTiming::WhilePlaying => (Priority::Background, Some(Instant::now() + FIRST_SPEECH_TIMEOUT)),
        SpeechTiming::Never => return Ok(None),
    };
    let Some(plan) = plan else { return Ok(None) };
    let mut report = |progress: SpeechProgress| observer(LoadEvent::Speaking(progress));
    let mut job = SpeechJob::start(plan, priority, |progress| {
        let _ = report(progress);
    });
    if job.wait(deadline, report).is_break() {
        return Err(LoadError::Interrupted);
    }
    for (key, speech) in job.spoken_lines() {
        clips.add_speech(key.clone(), speech.clone());
    }
    if !job.is_done() {
        return Ok(Some(job));
    }
    if let Some(sentence) = job.failure_summary() {
        notify(observer, LoadEvent::NotSpoken(sentence))?;
    }
    Ok(None)
}

fn notify(observer: LoadObserver, event: LoadEvent) -> Result<(), LoadError> {
    match observer(event) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(LoadError::Interrupted),
    }
}
