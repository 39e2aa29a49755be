//! Speech that is made while the session plays. Each time that lines have been spoken, the timelines are built again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::source::PlaybackSource;
use crate::load::{LoadedSession, ProgrammeError};
use crate::speech::{CancelFlag, FinishedLine, SpeechJob};
use crate::timeline::SpeechKey;

/// The shortest time from one version of the timelines to the next.
const MIN_INTERVAL: Duration = Duration::from_millis(100);
/// The same as a multiple of the time that it took to build one.
const INTERVAL_PER_BUILD: u32 = 20;

/// What comes of speech while the session plays.
pub(crate) enum SpeechUpdate {
    /// The session as far as it is known now.
    Version(PlaybackSource),
    /// Lines are not spoken, and only shown.
    Failed(String),
}

/// Speech that is being made, and the latest version that came of it.
pub(crate) struct SpeechQueue {
    cancel: CancelFlag,
    thread: Option<JoinHandle<()>>,
    latest: Option<PlaybackSource>,
}

impl SpeechQueue {
    /// Follows the lines that are being spoken, if there are any.
    pub(crate) fn start(
        job: Option<SpeechJob>,
        session: &LoadedSession,
        source: &PlaybackSource,
        report: impl Fn(SpeechUpdate) + Clone + Send + 'static,
    ) -> Self {
        let cancel = job.as_ref().map(SpeechJob::cancel_flag).unwrap_or_default();
        let thread = job.and_then(|job| {
            let open = job.pending().cloned().collect();
            let mut queued = QueuedSpeech { session: session.clone(), source: source.clone(), open, has_failed: false };
            let (mut without_thread, report_here) = (queued.clone(), report.clone());
            let thread = thread::Builder::new().name("speech-queue".to_owned()).spawn(move || {
                if catch_unwind(AssertUnwindSafe(|| queued.follow(job, &report))).is_err() {
                    queued.give_up(&report);
                }
            });
            if thread.is_err() {
                without_thread.give_up(&report_here);
            }
            thread.ok()
        });
        Self { cancel, thread, latest: None }
    }

    /// Returns a queue for a session all of whose speech is known.
    #[cfg(test)]
    pub(crate) fn idle() -> Self {
        Self { cancel: CancelFlag::default(), thread: None, latest: None }
    }

    /// Takes note of a version that reaches further.
    pub(crate) fn set_latest(&mut self, latest: PlaybackSource) {
        self.latest = Some(latest);
    }

    /// Returns the version to play from now on, if there is one.
    pub(crate) fn latest(&self) -> Option<&PlaybackSource> {
        self.latest.as_ref()
    }

    /// Takes note that the latest version is played.
    pub(crate) fn clear_latest(&mut self) {
        self.latest = None;
    }

    /// Ends the engines that speak, within a tenth of a second.
    pub(crate) fn cancel(&self) {
        self.cancel.cancel();
    }
}

impl Drop for SpeechQueue {
    fn drop(&mut self) {
        self.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A session some of whose lines are still being spoken.
#[derive(Clone)]
struct QueuedSpeech {
    session: LoadedSession,
    source: PlaybackSource,
    /// The lines that the session does not know the speech of.
    open: Vec<SpeechKey>,
    /// It was reported that a version could not be built.
    has_failed: bool,
}

impl QueuedSpeech {
    /// Builds a version each time that lines were spoken, but spends no more than a twentieth of the time on it.
    fn follow(&mut self, mut job: SpeechJob, report: &impl Fn(SpeechUpdate)) {
        let mut due = Instant::now();
        let cancel = job.cancel_flag();
        while let Some(first) = job.next_line() {
            let mut lines = vec![first];
            lines.extend(std::iter::from_fn(|| job.next_line_before(due)));
            if cancel.is_cancelled() {
                return;
            }
            let start = Instant::now();
            self.learn(&lines, report);
            due = Instant::now() + MIN_INTERVAL.max(start.elapsed() * INTERVAL_PER_BUILD);
        }
        // If the listener left, there is nothing to report of the lines that were not spoken.
        if let Some(message) = job.failure_summary()
            && !cancel.is_cancelled()
        {
            report(SpeechUpdate::Failed(message));
        }
    }

    /// Adds lines to the session. If it would become too long with their speech, they are only shown.
    fn learn(&mut self, lines: &[FinishedLine], report: &impl Fn(SpeechUpdate)) {
        let before = self.session.clone();
        lines.iter().for_each(|line| self.session.add_speech(line.key.clone(), line.speech.clone()));
        let version = self.version().or_else(|error| {
            if !std::mem::replace(&mut self.has_failed, true) {
                let message = format!("{error}, so some lines are shown and not spoken");
                report(SpeechUpdate::Failed(message));
            }
            self.session = before;
            lines.iter().for_each(|line| self.session.add_speech(line.key.clone(), None));
            self.version()
        });
        self.open.retain(|open| lines.iter().all(|line| line.key != *open));
        if let Ok(version) = version {
            report(SpeechUpdate::Version(version));
        }
    }

    /// Lets the session go on without the speech that is still missing: there is nobody to follow it.
    fn give_up(&mut self, report: &impl Fn(SpeechUpdate)) {
        for key in std::mem::take(&mut self.open) {
            self.session.add_speech(key, None);
        }
        if let Ok(version) = self.version() {
            report(SpeechUpdate::Version(version));
        }
    }

    fn version(&self) -> Result<PlaybackSource, ProgrammeError> {
        PlaybackSource::new(&self.session, self.source.rate(), self.source.gain.clone())
    }
}
