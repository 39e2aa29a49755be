//! The progress of long tasks, drawn on standard error if it is a terminal.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::report;
use crate::io::interrupt::Interrupt;
use crate::io::terminal;
use crate::speech::SpeechProgress;

/// The delay before a wait is explained.
const FEEDBACK_DELAY: Duration = Duration::from_millis(300);

/// Returns a progress bar for a number of items, such as "lines".
pub(super) fn item_bar(count: u64, items: &str) -> ProgressBar {
    bar(count, &format!("{{wide_bar}} {{pos}}/{{len}} {items}, {{eta}} left"))
}

/// Returns a progress bar in percent.
pub(super) fn percent_bar(length: u64) -> ProgressBar {
    bar(length, "{wide_bar} {percent:>3}%, {eta} left")
}

fn bar(length: u64, template: &str) -> ProgressBar {
    if !terminal::can_draw() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style.progress_chars("━━╌"))
}

/// Shows the progress of a speech engine, and detects Ctrl-C. Clears the screen when dropped.
pub(super) struct SpeechProgressDisplay {
    /// Set once an engine is running. Until then, Ctrl-C ends the program by itself.
    interrupt: Option<Interrupt>,
    started: Instant,
    /// Shown after [`FEEDBACK_DELAY`].
    bar: Option<ProgressBar>,
    is_silent: bool,
}

impl SpeechProgressDisplay {
    pub(super) fn new() -> Self {
        Self { interrupt: None, started: Instant::now(), bar: None, is_silent: false }
    }

    /// Creates a display that shows nothing and only detects Ctrl-C.
    pub(super) fn silent() -> Self {
        let mut display = Self::new();
        display.is_silent = true;
        display
    }

    /// Shows progress. Returns `Break` after Ctrl-C.
    pub(super) fn update(&mut self, progress: SpeechProgress) -> ControlFlow<()> {
        if self.interrupt.is_none() {
            self.started = Instant::now();
        }
        let is_interrupted = self.interrupt.get_or_insert_with(Interrupt::watch).is_set();
        if !self.is_silent && self.started.elapsed() >= FEEDBACK_DELAY {
            self.bar.get_or_insert_with(|| explain(progress)).set_position(progress.finished as u64);
        }
        if is_interrupted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Clears the screen, and returns the Ctrl-C detection if an engine was run.
    pub(super) fn finish(mut self) -> Option<Interrupt> {
        self.interrupt.take()
    }
}

impl Drop for SpeechProgressDisplay {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Explains the wait, and starts the bar.
fn explain(progress: SpeechProgress) -> ProgressBar {
    let SpeechProgress { engine, total, .. } = progress;
    let lines = if total == 1 { "a line is".to_owned() } else { format!("{total} lines are") };
    report::line(&format!("one moment: {lines} being spoken by {engine} for the first time"));
    item_bar(total as u64, "lines")
}
