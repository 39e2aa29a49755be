//! Speaks lines in the background, in order, on all cores.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::choice::SpeechPlan;
use super::engine::CancelFlag;
use super::synthesizer::{SpeechError, SpeechResult};
use crate::io::clips::LineSpeech;
use crate::io::priority;
use crate::timeline::SpeechKey;

/// The maximum interval between progress reports during a wait.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// The priority of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Priority {
    /// For a caller that waits for all lines.
    Normal,
    /// During playback. The threads have a low priority, so that they do not disturb the sound.
    Background,
}

/// The progress of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpeechProgress<'job> {
    /// The name of the engine; with several, that of the first line.
    pub engine: &'job str,
    /// The number of lines spoken so far.
    pub finished: usize,
    /// The number of lines for the engines; the others were cached.
    pub total: usize,
}

/// A finished line.
pub(crate) struct FinishedLine {
    pub(crate) key: SpeechKey,
    /// `None` if it could not be spoken.
    pub(crate) speech: Option<LineSpeech>,
}

/// Lines being spoken by engines. Dropping the job stops the engines.
pub(crate) struct SpeechJob {
    lines: Vec<SpeechKey>,
    /// `None` while a line is pending.
    results: Vec<Option<SpeechResult>>,
    engine: String,
    /// The number of lines that were not cached.
    total: usize,
    cancel: CancelFlag,
    finished: Receiver<(usize, SpeechResult)>,
    worker: Option<JoinHandle<()>>,
}

impl SpeechJob {
    /// Starts to speak the lines of a plan that are not cached. If there are any, reports progress once before the first engine runs.
    pub(crate) fn start(plan: SpeechPlan, priority: Priority, report: impl FnOnce(SpeechProgress)) -> Self {
        let results: Vec<_> = plan.lines.iter().map(|(key, synthesizer)| synthesizer.recall(&key.text)).collect();
        let pending: Vec<usize> = (0..results.len()).filter(|index| results[*index].is_none()).collect();
        let first = pending.first().or(Some(&0)).and_then(|index| plan.lines.get(*index));
        let (sender, finished) = mpsc::channel();
        let mut job = Self {
            lines: plan.lines.iter().map(|(key, _)| key.clone()).collect(),
            results,
            engine: first.map(|(_, synthesizer)| synthesizer.engine_name().to_owned()).unwrap_or_default(),
            total: pending.len(),
            cancel: CancelFlag::default(),
            finished,
            worker: None,
        };
        if job.total > 0 {
            report(job.progress());
            let cancel = job.cancel.clone();
            let work = move || {
                if priority == Priority::Background {
                    // The engines inherit the priority.
                    priority::lower();
                }
                speak(&plan, &pending, &cancel, &sender);
            };
            // If the thread can't be started, the channel is closed, and every pending line counts as failed.
            job.worker = thread::Builder::new().name("speech".to_owned()).spawn(work).ok();
        }
        job
    }

    /// Returns the progress of the job.
    pub(crate) fn progress(&self) -> SpeechProgress<'_> {
        SpeechProgress { engine: &self.engine, finished: self.total - self.pending().count(), total: self.total }
    }

    /// Waits until every line is finished, or until the deadline. Reports progress at least every 50 ms, and stops waiting if the report
    /// breaks.
    pub(crate) fn wait(
        &mut self,
        deadline: Option<Instant>,
        mut report: impl FnMut(SpeechProgress) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        while !self.is_done() && deadline.is_none_or(|deadline| Instant::now() < deadline) {
            let interval = Instant::now() + PROGRESS_INTERVAL;
            self.next_line_before(deadline.map_or(interval, |deadline| deadline.min(interval)));
            report(self.progress())?;
        }
        ControlFlow::Continue(())
    }

    /// Returns the lines with speech so far.
    pub(crate) fn spoken_lines(&self) -> impl Iterator<Item = (&SpeechKey, &LineSpeech)> {
        self.lines.iter().zip(&self.results).filter_map(|(key, result)| Some((key, result.as_ref()?.as_ref().ok()?)))
    }

    /// Returns the lines that are still being spoken.
    pub(crate) fn pending(&self) -> impl Iterator<Item = &SpeechKey> {
        self.lines.iter().zip(&self.results).filter(|(_, result)| result.is_none()).map(|(key, _)| key)
    }

    /// Returns whether no line is pending.
    pub(crate) fn is_done(&self) -> bool {
        self.results.iter().all(Option::is_some)
    }

    /// Returns the flag that stops the job from another thread.
    pub(crate) fn cancel_flag(&self) -> CancelFlag {
        self.cancel.clone()
    }

    /// Waits for the next finished line; `None` once all are finished.
    pub(crate) fn next_line(&mut self) -> Option<FinishedLine> {
        let result = self.finished.recv().ok().or_else(|| self.next_lost_line());
        result.map(|result| self.accept(result))
    }

    /// Waits for the next finished line, until the deadline.
    pub(crate) fn next_line_before(&mut self, deadline: Instant) -> Option<FinishedLine> {
        let result = match self.finished.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(result) => Some(result),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => self.next_lost_line(),
        };
        result.map(|result| self.accept(result))
    }

    /// Returns the first of the errors that best explain why lines are not spoken.
    pub(crate) fn main_error(&self) -> Option<&SpeechError> {
        self.errors().min_by_key(|error| match error {
            SpeechError::Engine { .. } | SpeechError::WorkerLost { .. } => 0,
            SpeechError::NotAttempted { .. } => 1,
            SpeechError::Unspeakable => 2,
        })
    }

    /// Returns a sentence about the lines that could not be spoken; `None` if all could be.
    pub(crate) fn failure_summary(&self) -> Option<String> {
        let is_failure = |error: &&SpeechError| !matches!(error, SpeechError::Unspeakable);
        let (failed, total) = (self.errors().filter(is_failure).count(), self.lines.len());
        let error = self.main_error().filter(is_failure)?;
        Some(match (failed, total) {
            (1, 1) => format!("{error}, so the line is shown, not spoken"),
            _ if failed == total => format!("{error}, so the lines are shown, not spoken"),
            _ => format!("{error}, so {failed} of {total} lines are shown, not spoken"),
        })
    }

    fn errors(&self) -> impl Iterator<Item = &SpeechError> {
        self.results.iter().flatten().filter_map(|result| result.as_ref().err())
    }

    /// After the worker has ended, returns the next line that it left pending, as failed.
    fn next_lost_line(&self) -> Option<(usize, SpeechResult)> {
        let index = self.results.iter().position(Option::is_none)?;
        Some((index, Err(SpeechError::WorkerLost { engine: self.engine.clone() })))
    }

    fn accept(&mut self, (index, result): (usize, SpeechResult)) -> FinishedLine {
        let speech = result.as_ref().ok().cloned();
        self.results[index] = Some(result);
        FinishedLine { key: self.lines[index].clone(), speech }
    }
}

impl Drop for SpeechJob {
    fn drop(&mut self) {
        self.cancel.cancel();
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

/// Speaks the pending lines of a plan, and sends each result immediately.
fn speak(plan: &SpeechPlan, pending: &[usize], cancel: &CancelFlag, sender: &Sender<(usize, SpeechResult)>) {
    let next = AtomicUsize::new(0);
    let work = || {
        while !cancel.is_cancelled() {
            let Some(index) = pending.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
            let (key, synthesizer) = &plan.lines[*index];
            let _ = sender.send((*index, synthesizer.speak(&key.text, cancel)));
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from).min(pending.len());
    thread::scope(|scope| {
        for _ in 1..cores {
            // If no further threads can be started, this one speaks all lines.
            let _ = thread::Builder::new().name("speech".to_owned()).spawn_scoped(scope, work);
        }
        work();
    });
    if let Some((_, synthesizer)) = plan.lines.first() {
        synthesizer.trim_cache();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::WordTimes;

    fn key(text: &str) -> SpeechKey {
        SpeechKey { voice: None, language: "en".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_line_left_pending_by_the_worker_counts_as_failed() {
        let (sender, finished) = mpsc::channel();
        let mut job = SpeechJob {
            lines: ["One.", "Two.", "Three."].map(key).to_vec(),
            results: vec![None, None, None],
            engine: "flite".to_owned(),
            total: 3,
            cancel: CancelFlag::default(),
            finished,
            worker: None,
        };
        sender.send((1, Ok(LineSpeech::new(Vec::new(), WordTimes::default())))).unwrap();
        let line = job.next_line_before(Instant::now());
        assert!(line.is_some_and(|line| line.key == key("Two.") && line.speech.is_some()));
        assert!(job.next_line_before(Instant::now()).is_none(), "the others may still come");
        drop(sender);
        let mut lost = || job.next_line().map(|line| (line.key.text, line.speech.is_some()));
        assert_eq!(lost(), Some(("One.".to_owned(), false)));
        assert_eq!(lost(), Some(("Three.".to_owned(), false)));
        assert_eq!(lost(), None);
        assert_eq!(job.pending().count(), 0);
        let summary = job.failure_summary().unwrap();
        assert_eq!(summary, "flite could not be run, so 2 of 3 lines are shown, not spoken");
    }
}
