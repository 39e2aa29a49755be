//! The client that stores the place where a session was left, and its line in the log.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::clients::Client;
use crate::cli::Play;
use crate::commands::report;
use crate::commands::typed::StoredOptions;
use crate::config::Config;
use crate::error::Failure;
use crate::history::{Place, SavedSession, Sitting};
use crate::io::library;
use crate::manifest::duration;
use crate::playback::controls::Control;
use crate::playback::{Event, EventKind};
use crate::player::transport::EndReason;
use crate::text::escape_controls;
use crate::timeline::{Programmes, Timeline};
use crate::units::Frames;

/// What to store about a session.
pub(super) struct SittingOptions {
    /// The name in the library, or the absolute path of the manifest; `None` if there is neither.
    pub(super) identity: Option<String>,
    /// The record for a session that is left early, still without its place.
    pub(super) saved: SavedSession,
    /// The command line that plays it again, without a start position.
    pub(super) command: String,
    /// Whether the place is stored.
    pub(super) remembers: bool,
    /// Whether a line is added to the log.
    pub(super) logs: bool,
}

impl SittingOptions {
    pub(super) fn new(session: &str, arguments: &Play, config: &Config, is_config_ignored: bool) -> Self {
        let identity = library::stable_name(session);
        let (options, settings) = (StoredOptions::of(arguments).words(), StoredOptions::of_config(config).words());
        Self {
            saved: SavedSession::new(identity.as_deref().unwrap_or(session), options, settings),
            identity,
            command: arguments.command(session, is_config_ignored),
            remembers: config.remember.value,
            logs: config.log.value,
        }
    }
}

/// The record of a playing session.
pub(super) struct SittingRecord {
    options: SittingOptions,
    programmes: Option<Programmes>,
    /// The start time, for the log.
    start: String,
    /// The playing time before `playing_since`.
    played: Duration,
    playing_since: Option<Instant>,
    /// The frame of the last event.
    at: Frames,
    end: Option<EndReason>,
    /// The reason why the place could not be stored.
    problem: Option<Failure>,
}

impl SittingRecord {
    pub(super) fn new(options: SittingOptions) -> Self {
        let (start, played, at) = (String::new(), Duration::ZERO, Frames::ZERO);
        Self { options, programmes: None, start, played, playing_since: None, at, end: None, problem: None }
    }

    fn on_event(&mut self, event: &Event) {
        self.at = event.at;
        match &event.kind {
            EventKind::Started { programmes } => {
                self.programmes = Some(programmes.clone());
                self.start = Sitting::now();
                self.playing_since = Some(Instant::now());
            }
            EventKind::TimelinesChanged { programmes } => self.programmes = Some(programmes.clone()),
            EventKind::Paused => self.stop_clock(),
            EventKind::Resumed => self.playing_since = Some(Instant::now()),
            // The system may kill the program before the end, for example when the window is closed.
            EventKind::ExitStarted => self.store_place(),
            EventKind::Ended(reason) => self.end = Some(*reason),
            _ => {}
        }
    }

    fn stop_clock(&mut self) {
        self.played += self.playing_since.take().map_or(Duration::ZERO, |since| since.elapsed());
    }

    fn session(&self) -> Option<&Timeline> {
        self.programmes.as_ref().map(|programmes| &**programmes.session())
    }

    fn store_place(&mut self) {
        if !self.options.remembers || self.options.identity.is_none() {
            return;
        }
        let segment = self.session().and_then(|session| Place::segment_left_at(session, self.at));
        self.options.saved.place = segment.map(Place::of);
        self.problem = self.options.saved.save().err().map(Failure::from);
    }

    /// Stores the place and the log line at the end, and prints how to continue a session that was left early.
    pub(super) fn finish(&mut self) {
        self.stop_clock();
        if self.programmes.is_none() {
            return;
        }
        let is_left_early = self.end != Some(EndReason::Completed);
        if is_left_early {
            self.store_place();
            report::last_line(&escape_controls(&self.hint()));
        } else if let Some(identity) = &self.options.identity {
            SavedSession::forget(identity);
        }
        self.log(is_left_early);
    }

    /// Returns a message on how to continue the session later.
    fn hint(&self) -> String {
        let is_kept = self.options.remembers && self.options.identity.is_some();
        match &self.problem {
            None if is_kept => "to continue later: karuna play --resume".to_owned(),
            None => format!("to continue later: {}", self.command()),
            Some(problem) => {
                format!("the place could not be stored: {}; to continue later: {}", problem.message, self.command())
            }
        }
    }

    /// Returns the command that plays the session from where it was left.
    fn command(&self) -> String {
        let command = &self.options.command;
        let Some(session) = self.session() else { return command.clone() };
        match Place::segment_left_at(session, self.at) {
            None => command.clone(),
            Some(segment) => match &segment.id {
                Some(id) => format!("{command} --from {id}"),
                None => format!("{command} --from {}", start(session, segment.start)),
            },
        }
    }

    fn log(&self, is_left_early: bool) {
        if !self.options.logs {
            return;
        }
        let sitting = Sitting {
            start: self.start.clone(),
            session: self.options.saved.session.clone(),
            title: self.session().map(|session| session.title.clone()).unwrap_or_default(),
            length: whole_seconds(self.played),
            is_left_early,
        };
        if let Err(error) = sitting.append() {
            report::last_line(&escape_controls(&format!(
                "this sitting could not be logged: {}",
                Failure::from(error).message
            )));
        }
    }
}

/// Returns a frame as a time for `--from`, rounded down to milliseconds, so that nothing of the line is lost.
fn start(session: &Timeline, frame: Frames) -> String {
    let milliseconds = u128::from(frame.0) * 1000 / u128::from(session.rate.hertz());
    duration::format(Duration::from_millis(u64::try_from(milliseconds).unwrap_or(u64::MAX)))
}

/// Rounds to whole seconds.
fn whole_seconds(time: Duration) -> Duration {
    Duration::from_secs((time + Duration::from_millis(500)).as_secs())
}

/// Passes events to the record.
pub(super) struct SittingClient(pub(super) Rc<RefCell<SittingRecord>>);

impl Client for SittingClient {
    fn on_event(&mut self, event: &Event) {
        self.0.borrow_mut().on_event(event);
    }

    fn on_control(&mut self, _: Control) {}

    fn print_message(&mut self, _: &str) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sitting_is_logged_in_whole_seconds() {
        for (milliseconds, seconds) in [(0, 0), (499, 0), (1_980, 2), (2_020, 2)] {
            assert_eq!(whole_seconds(Duration::from_millis(milliseconds)), Duration::from_secs(seconds));
        }
    }
}
