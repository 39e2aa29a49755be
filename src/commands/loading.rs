//! Loads the session of a command, and shows what happens meanwhile.

use std::io::Write;
use std::ops::ControlFlow;

use super::progress::SpeechProgressDisplay;
use super::{Outcome, report};
use crate::error::Failure;
use crate::io::interrupt::Interrupt;
use crate::io::terminal;
use crate::load::{self, LoadError, LoadEvent, LoadOptions, LoadedSession, SpeechTiming};
use crate::speech::{SpeechJob, VoiceError};
use crate::text::escape_controls;

/// What was loaded, or how the command ends without it.
pub(super) type Loaded<T> = ControlFlow<Outcome, T>;

/// A session that is about to play.
pub(super) struct SessionToPlay {
    pub(super) session: LoadedSession,
    /// The lines that are still being spoken.
    pub(super) job: Option<SpeechJob>,
    /// Notices Ctrl-C since an engine was run; the system no longer ends the program.
    pub(super) interrupt: Option<Interrupt>,
}

impl SessionToPlay {
    /// A session that needs no speech.
    pub(super) fn without_speech(session: LoadedSession) -> Self {
        Self { session, job: None, interrupt: None }
    }
}

/// What becomes of lines that have no recording and that no voice speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unspoken {
    /// Their words are shown, as everyone sees anyway.
    Shown,
    /// Their words are shown while it plays, which is said.
    ShownWhilePlaying,
    /// They are silent in a file, which is said.
    Silent,
}

/// Loads a session, and has its lines spoken first.
pub(super) fn load(session: &str, options: &LoadOptions, unspoken: Unspoken) -> Result<Loaded<LoadedSession>, Failure> {
    let mut display = SpeechProgressDisplay::new();
    let loaded = load::load(session, options, &mut |event| observe(&mut display, event, unspoken));
    let interrupt = display.finish();
    finish(loaded, interrupt.as_ref())
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
        observe(&mut display, event, Unspoken::ShownWhilePlaying)
    });
    let interrupt = display.finish();
    let loaded = finish(loaded, interrupt.as_ref())?;
    Ok(loaded.map_continue(|(session, job)| SessionToPlay { session, job, interrupt }))
}

/// Prints the errors of a manifest, if loading it failed for them.
pub(super) fn finish<T>(result: Result<T, LoadError>, interrupt: Option<&Interrupt>) -> Result<Loaded<T>, Failure> {
    match result {
        Err(LoadError::Interrupted) => Ok(ControlFlow::Break(interrupted())),
        Ok(_) if interrupt.is_some_and(Interrupt::is_set) => Ok(ControlFlow::Break(interrupted())),
        Ok(loaded) => Ok(ControlFlow::Continue(loaded)),
        Err(LoadError::Voice(error @ VoiceError::Unknown { .. })) => {
            Err(Failure { is_usage: true, ..Failure::from(error) })
        }
        Err(error) => refused(error).map(ControlFlow::Break),
    }
}

/// Prints the errors of a manifest, or passes on another failure.
pub(super) fn refused(error: LoadError) -> Result<Outcome, Failure> {
    let LoadError::Invalid { text, findings } = error else { return Err(error.into()) };
    report::print(&text, &findings);
    Ok(Outcome::Found)
}

/// Removes what the terminal showed of Ctrl-C, and returns the outcome.
pub(super) fn interrupted() -> Outcome {
    if terminal::can_draw() {
        let _ = write!(std::io::stderr().lock(), "\r\x1b[2K");
    }
    Outcome::Stopped
}

fn observe(display: &mut SpeechProgressDisplay, event: LoadEvent, unspoken: Unspoken) -> ControlFlow<()> {
    match event {
        LoadEvent::Speaking(progress) => return display.update(progress),
        LoadEvent::OtherVoice { wanted, speaks } => {
            let wanted = escape_controls(wanted);
            report::line(&format!(
                "the voice {wanted} is not installed, so {speaks} speaks; `karuna voices` says how to install it"
            ));
        }
        LoadEvent::NotSpoken(sentence) => report::line(&sentence),
        LoadEvent::NoVoice { lines } => {
            if let Some(consequence) = consequence(unspoken, lines) {
                report::line(&format!("{consequence}; `karuna voices` says how to install one"));
            }
        }
    }
    ControlFlow::Continue(())
}

/// Says what becomes of lines that no voice speaks, where that has to be said.
fn consequence(unspoken: Unspoken, lines: usize) -> Option<String> {
    let (have, them, are) = if lines == 1 { ("line has", "it", "it is") } else { ("lines have", "them", "they are") };
    let result = match unspoken {
        Unspoken::Shown => return None,
        Unspoken::ShownWhilePlaying => "only shown",
        Unspoken::Silent => "silent",
    };
    Some(format!("{lines} {have} no recording, and no voice is installed that speaks {them}, so {are} {result}"))
}
