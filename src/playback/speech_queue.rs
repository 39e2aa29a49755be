//! Speech that is made during playback. Whenever lines have been spoken, the timelines are rebuilt.
//!
//! A line that is not spoken yet has the length of a line that is only shown. The first such line is the horizon of the timeline. The
//! callback changes to a new version between two requests of the device, and the feeder when it reaches the horizon. If a line is late,
//! the playhead waits in silence. The gentler passage and the closing have no horizon: their lines are shown if they are not ready.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::source::PlaybackSource;
use crate::load::{LoadedSession, ProgrammeError};
use crate::speech::{CancelFlag, FinishedLine, SpeechJob};
use crate::timeline::SpeechKey;

/// The minimum time between two versions of the timelines.
const MIN_INTERVAL: Duration = Duration::from_millis(100);
/// The minimum time between two versions, as a multiple of the time that building one took.
const INTERVAL_PER_BUILD: u32 = 20;

/// A result of the speech queue.
pub(crate) enum SpeechUpdate {
    /// A new version of the session.
    Version(PlaybackSource),
    /// Lines could not be spoken, and are only shown.
    Failed(String),
}

/// The speech being made, and the latest version of the timelines.
pub(crate) struct SpeechQueue {
    cancel: CancelFlag,
    thread: Option<JoinHandle<()>>,
    latest: Option<PlaybackSource>,
}

impl SpeechQueue {
    /// Starts receiving spoken lines, if any are still to be spoken.
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

    /// Creates an empty queue for a session whose speech is complete.
    #[cfg(test)]
    pub(crate) fn idle() -> Self {
        Self { cancel: CancelFlag::default(), thread: None, latest: None }
    }

    /// Stores a new version.
    pub(crate) fn set_latest(&mut self, latest: PlaybackSource) {
        self.latest = Some(latest);
    }

    /// Returns the version to switch to, if there is one.
    pub(crate) fn latest(&self) -> Option<&PlaybackSource> {
        self.latest.as_ref()
    }

    /// Records that the latest version is being played.
    pub(crate) fn clear_latest(&mut self) {
        self.latest = None;
    }

    /// Stops the speech engines, within a tenth of a second.
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

/// A session with lines that are still being spoken.
#[derive(Clone)]
struct QueuedSpeech {
    session: LoadedSession,
    source: PlaybackSource,
    /// The lines whose speech is still missing.
    open: Vec<SpeechKey>,
    /// Whether it was reported that a version could not be built.
    has_failed: bool,
}

impl QueuedSpeech {
    /// Builds a version whenever lines have been spoken, but spends at most a twentieth of the time on it.
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
            self.add_lines(&lines, report);
            due = Instant::now() + MIN_INTERVAL.max(start.elapsed() * INTERVAL_PER_BUILD);
        }
        // If the listener has left, unspoken lines are not reported.
        if let Some(message) = job.failure_summary()
            && !cancel.is_cancelled()
        {
            report(SpeechUpdate::Failed(message));
        }
    }

    /// Adds lines to the session. If their speech would make it too long, they are only shown.
    fn add_lines(&mut self, lines: &[FinishedLine], report: &impl Fn(SpeechUpdate)) {
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

    /// Completes the session without the missing speech, because no more is coming.
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
