//! Loads the session of a command, and shows progress.

use std::io::Write;
use std::ops::ControlFlow;

use super::progress::SpeechProgressDisplay;
use super::{Outcome, report};
use crate::error::Failure;
use crate::io::interrupt::Interrupt;
use crate::io::library::ManifestFile;
use crate::io::terminal;
use crate::load::{self, LoadError, LoadEvent, LoadOptions, LoadedSession, SpeechTiming};
use crate::manifest::{self, Session, Severity};
use crate::speech::{SpeechJob, VoiceError};
use crate::text::escape_controls;

/// A loaded value, or the outcome of the command if loading failed.
pub(super) type Loaded<T> = ControlFlow<Outcome, T>;

/// A session that is ready to play.
pub(super) struct SessionToPlay {
    pub(super) session: LoadedSession,
    /// The lines that are still to be spoken.
    pub(super) job: Option<SpeechJob>,
    /// Set if an engine was run: since then, Ctrl-C no longer ends the program.
    pub(super) interrupt: Option<Interrupt>,
}

impl SessionToPlay {
    /// Creates a session that needs no speech.
    pub(super) fn without_speech(session: LoadedSession) -> Self {
        Self { session, job: None, interrupt: None }
    }
}

/// How a command treats lines without a recording that no voice can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnspokenLines {
    /// Their words are shown. This is not reported, because the output makes it obvious.
    Shown,
    /// Their words are shown during playback, which is reported.
    ShownWhilePlaying,
    /// They are silent in a file, which is reported.
    Silent,
}

/// Loads a session after its lines have been spoken.
pub(super) fn load(
    session: &str,
    options: &LoadOptions,
    unspoken: UnspokenLines,
) -> Result<Loaded<LoadedSession>, Failure> {
    let mut display = SpeechProgressDisplay::new();
    let loaded = load::load(session, options, &mut |event| observe(&mut display, event, unspoken));
    let interrupt = display.finish();
    loaded_or_report(loaded, interrupt.as_ref())
}

/// Loads a session to play it.
pub(super) fn load_to_play(
    session: &str,
    options: &LoadOptions,
    timing: SpeechTiming,
) -> Result<Loaded<SessionToPlay>, Failure> {
    let mut display = match timing {
        SpeechTiming::Now => SpeechProgressDisplay::new(),
        SpeechTiming::WhilePlaying | SpeechTiming::Never => SpeechProgressDisplay::silent(),
    };
    let loaded = load::load_to_play(session, options, timing, &mut |event| {
        observe(&mut display, event, UnspokenLines::ShownWhilePlaying)
    });
    let interrupt = display.finish();
    let loaded = loaded_or_report(loaded, interrupt.as_ref())?;
    Ok(loaded.map_continue(|(session, job)| SessionToPlay { session, job, interrupt }))
}

/// Returns the loaded value, or prints the errors of its manifest.
pub(super) fn loaded_or_report<T>(
    result: Result<T, LoadError>,
    interrupt: Option<&Interrupt>,
) -> Result<Loaded<T>, Failure> {
    match result {
        Err(LoadError::Interrupted) => Ok(ControlFlow::Break(interrupted())),
        Ok(_) if interrupt.is_some_and(Interrupt::is_set) => Ok(ControlFlow::Break(interrupted())),
        Ok(loaded) => Ok(ControlFlow::Continue(loaded)),
        Err(LoadError::Voice(error @ VoiceError::Unknown { .. })) => {
            Err(Failure { is_usage: true, ..Failure::from(error) })
        }
        Err(error) => report_load_error(error).map(ControlFlow::Break),
    }
}

/// Prints the errors of a manifest, or returns any other failure.
fn report_load_error(error: LoadError) -> Result<Outcome, Failure> {
    let LoadError::Invalid { text, findings } = error else { return Err(error.into()) };
    report::print(&text, &findings);
    Ok(Outcome::Failed)
}

/// Returns the session of a manifest, or prints the manifest's errors.
pub(super) fn session_or_report(manifest: &ManifestFile) -> Option<Session> {
    let (session, mut findings) = manifest::read(&manifest.path, &manifest.text);
    if session.is_none() {
        findings.retain(|finding| finding.severity == Severity::Error);
        report::print(&manifest.text, &findings);
    }
    session
}

/// Clears the `^C` echoed by the terminal, and returns the outcome.
pub(super) fn interrupted() -> Outcome {
    if terminal::can_draw() {
        let _ = write!(std::io::stderr().lock(), "\r\x1b[2K");
    }
    Outcome::Stopped
}

fn observe(display: &mut SpeechProgressDisplay, event: LoadEvent, unspoken: UnspokenLines) -> ControlFlow<()> {
    match event {
        LoadEvent::Speaking(progress) => return display.update(progress),
        LoadEvent::NotRecorded { narrator } => {
            report::line(&format!(
                "{} has not recorded this session, so you hear its own recordings",
                escape_controls(narrator)
            ));
        }
        LoadEvent::OtherVoice { requested, speaks } => {
            let requested = escape_controls(requested);
            report::line(&format!(
                "the voice {requested} is not installed, so {speaks} speaks; `karuna voices` says how to install it"
            ));
        }
        LoadEvent::NotSpoken(sentence) => report::line(&sentence),
        LoadEvent::NoVoice { lines } => {
            if let Some(description) = describe_unspoken(unspoken, lines) {
                report::line(&format!("{description}; `karuna voices` says how to install one"));
            }
        }
    }
    ControlFlow::Continue(())
}

/// Describes the lines that no voice speaks, unless that is not reported.
fn describe_unspoken(unspoken: UnspokenLines, lines: usize) -> Option<String> {
    let (have, them, are) = if lines == 1 { ("line has", "it", "it is") } else { ("lines have", "them", "they are") };
    let result = match unspoken {
        UnspokenLines::Shown => return None,
        UnspokenLines::ShownWhilePlaying => "only shown",
        UnspokenLines::Silent => "silent",
    };
    Some(format!("{lines} {have} no recording, and no voice is installed that speaks {them}, so {are} {result}"))
}
