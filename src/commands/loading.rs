//! Loads the session of a command, and shows what happens meanwhile.

use std::io::Write;
use std::ops::ControlFlow;

use super::progress::SpeechProgressDisplay;
use super::{Outcome, report};
use crate::cli::ShapeArguments;
use crate::error::Failure;
use crate::io::interrupt::Interrupt;
use crate::io::terminal;
use crate::load::{self, LoadError, LoadEvent, LoadOptions, LoadedSession, SpeechTiming};
use crate::speech::SpeechJob;
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

/// Loads a session, and has its lines spoken first.
pub(super) fn load(session: &str, shape: &ShapeArguments) -> Result<Loaded<LoadedSession>, Failure> {
    let mut display = SpeechProgressDisplay::new();
    let loaded = load::load(session, &options(shape), &mut |event| observe(&mut display, event));
    let interrupt = display.finish();
    finish(loaded, interrupt.as_ref())
}

/// Loads a session to play it.
pub(super) fn load_to_play(
    session: &str,
    shape: &ShapeArguments,
    timing: SpeechTiming,
) -> Result<Loaded<SessionToPlay>, Failure> {
    let mut display = match timing {
        SpeechTiming::Now => SpeechProgressDisplay::new(),
        SpeechTiming::WhilePlaying => SpeechProgressDisplay::silent(),
    };
    let loaded = load::load_to_play(session, &options(shape), timing, &mut |event| observe(&mut display, event));
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
        Err(LoadError::Invalid { text, findings }) => {
            report::print(&text, &findings);
            Ok(ControlFlow::Break(Outcome::Found))
        }
        Err(error) => Err(error.into()),
    }
}

/// Removes what the terminal showed of Ctrl-C, and returns the outcome.
pub(super) fn interrupted() -> Outcome {
    if terminal::can_draw() {
        let _ = write!(std::io::stderr().lock(), "\r\x1b[2K");
    }
    Outcome::Stopped
}

fn options(shape: &ShapeArguments) -> LoadOptions {
    LoadOptions { shape: shape.shape(), voice: shape.voice.clone() }
}

fn observe(display: &mut SpeechProgressDisplay, event: LoadEvent) -> ControlFlow<()> {
    match event {
        LoadEvent::Speaking(progress) => return display.update(progress),
        LoadEvent::NotSpoken(sentence) => report::line(&sentence),
        LoadEvent::UnknownTag { tag, suggestion } => {
            let suggestion = suggestion.map(|tag| format!("; did you mean `{}`?", escape_controls(tag)));
            report::line(&format!(
                "no line of this session has the tag `{}`, so nothing is left out for it{}",
                escape_controls(tag),
                suggestion.unwrap_or_default()
            ));
        }
    }
    ControlFlow::Continue(())
}
