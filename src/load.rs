//! Loads sessions: a manifest, its clips and its speech become a [`LoadedSession`], which can be shown, played or rendered.

mod check;
mod clips;
mod error;
mod lines;
mod session;
mod voice_gain;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) use check::check;
pub use error::{LoadError, LoudnessError, ProgrammeError};
pub use session::LoadedSession;
pub(crate) use voice_gain::GainEvent;

use crate::io::clips::{AnalysisCache, ClipTable};
use crate::io::library::{self, ManifestFile, ManifestOrigin};
use crate::manifest::session::TAGS;
use crate::manifest::{self, Findings, Session, Severity, suggest};
use crate::speech::{Priority, SpeechEngines, SpeechJob, SpeechPlan, SpeechProgress, VoiceChoice};
use crate::timeline::Shape;

/// How long playback waits for speech before it starts without the rest.
const FIRST_SPEECH_TIMEOUT: Duration = Duration::from_millis(300);

/// How a session is to be loaded.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// What makes the session fit the listener.
    pub shape: Shape,
    /// Who speaks lines without a recording.
    pub voice: VoiceChoice,
}

/// Something that happens while a session is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadEvent<'load> {
    /// The listener avoids a tag that no line has. It may be misspelt.
    UnknownTag {
        /// The tag.
        tag: &'load str,
        /// A similar tag, if there is one.
        suggestion: Option<&'load str>,
    },
    /// Lines are being spoken. Occurs before the first engine is started, and then at least every 50 ms.
    Speaking(SpeechProgress<'load>),
    /// Lines are shown because they could not be spoken: a sentence that says why.
    NotSpoken(String),
}

/// Receives the events of loading. Answering [`ControlFlow::Break`] ends it with [`LoadError::Interrupted`].
pub(crate) type LoadObserver<'observer> = &'observer mut dyn FnMut(LoadEvent) -> ControlFlow<()>;

/// When the lines without a recording are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpeechTiming {
    /// Before the session is loaded.
    Now,
    /// As far as that takes a moment only; the rest while the session is playing.
    WhilePlaying,
}

/// Loads a session by its path, or by its name in the library. Every line that has no recording is spoken first.
///
/// # Errors
/// If the manifest has errors, a clip can't be used, the chosen voice is missing, or the observer breaks off.
pub fn load(session: &str, options: &LoadOptions, observer: LoadObserver) -> Result<LoadedSession, LoadError> {
    let manifest = library::open(session)?;
    load_manifest(manifest, options, SpeechTiming::Now, observer).map(|(session, _)| session)
}

/// As [`load`], with the lines that are still being spoken.
pub(crate) fn load_to_play(
    session: &str,
    options: &LoadOptions,
    timing: SpeechTiming,
    observer: LoadObserver,
) -> Result<(LoadedSession, Option<SpeechJob>), LoadError> {
    load_manifest(library::open(session)?, options, timing, observer)
}

/// Loads a session as it was written, its lines shown.
pub(crate) fn load_silent(manifest: ManifestFile) -> Result<LoadedSession, LoadError> {
    let options = LoadOptions { voice: VoiceChoice::None, ..LoadOptions::default() };
    let observer = &mut |_: LoadEvent| ControlFlow::Continue(());
    load_manifest(manifest, &options, SpeechTiming::Now, observer).map(|(session, _)| session)
}

/// Loads a session that the program wrote itself.
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
    let (session, findings) = manifest::read_for_playback(&manifest.path, &manifest.text);
    let Some(session) = session else { return Err(LoadError::invalid(manifest.text, findings)) };
    let (mut clips, errors) = ClipTable::probe(&manifest.origin, &clips::all(&session), AnalysisCache::for_listener());
    let mut findings = Findings::new(&manifest.path, &manifest.text);
    clips::report_errors(&session, &errors, &mut findings);
    let findings = findings.into_sorted(&session.allow);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(LoadError::invalid(manifest.text, findings));
    }
    report_unknown_tags(&session, &options.shape.avoid, observer)?;
    let job = speak(&session, options, timing, &mut clips, observer)?;
    let mut facts = clips.facts(&clips::bells(&session), clips::bed(&session));
    job.iter().flat_map(SpeechJob::pending).for_each(|key| facts.mark_speech_pending(key.clone()));
    let shape = options.shape.clone();
    Ok((LoadedSession { manifest, session, clips: Arc::new(clips), facts, shape }, job))
}

/// Reports the tags that a listener avoids in vain: they count on being spared.
fn report_unknown_tags(session: &Session, avoided: &[String], observer: LoadObserver) -> Result<(), LoadError> {
    let tags: Vec<&str> = TAGS.iter().copied().chain(session.tags()).collect();
    for tag in avoided.iter().filter(|avoided| !tags.iter().any(|tag| tag.eq_ignore_ascii_case(avoided))) {
        let suggestion = suggest::nearest(tag, tags.iter().copied());
        notify(observer, LoadEvent::UnknownTag { tag, suggestion })?;
    }
    Ok(())
}

/// Has the lines without a recording spoken, and adds the speech to the clips. Returns the job if it is not done.
fn speak(
    session: &Session,
    options: &LoadOptions,
    timing: SpeechTiming,
    clips: &mut ClipTable,
    observer: LoadObserver,
) -> Result<Option<SpeechJob>, LoadError> {
    let (lines, priority, deadline) = match timing {
        SpeechTiming::Now => (lines::unrecorded(session, &options.shape), Priority::Awaited, None),
        SpeechTiming::WhilePlaying => {
            let lines = lines::in_order_of_need(session, &options.shape);
            (lines, Priority::Ahead, Some(Instant::now() + FIRST_SPEECH_TIMEOUT))
        }
    };
    let Some(plan) = SpeechPlan::new(&SpeechEngines::known(), &options.voice, lines)? else { return Ok(None) };
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
