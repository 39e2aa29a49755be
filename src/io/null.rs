//! The null output, which discards sound in real time: for machines without a sound device, and for listeners who read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::player::AudioCallback;
use crate::units::{Frames, Rate, SILENCE};

/// The length of a block.
const PERIOD: Duration = Duration::from_millis(20);

/// The delay from which the output counts as suspended, and does not catch up.
const SUSPENDED: Duration = Duration::from_millis(500);

/// Pulls frames in real time until it is dropped.
pub(crate) struct NullOutput {
    shutdown: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl NullOutput {
    /// Starts to pull frames.
    ///
    /// # Errors
    /// If the thread can't be started.
    pub(crate) fn start(callback: AudioCallback, rate: Rate) -> std::io::Result<Self> {
        let shutdown = Arc::new(AtomicBool::new(false));
        let is_shut_down = shutdown.clone();
        let thread = thread::Builder::new()
            .name("null output".to_owned())
            .spawn(move || run(callback, rate, || is_shut_down.load(Ordering::Relaxed)))?;
        Ok(Self { shutdown, thread: Some(thread) })
    }

    /// Returns whether it still pulls frames. If not, its thread has panicked, and the playhead would stop permanently.
    #[must_use]
    pub(crate) fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

fn run(mut callback: AudioCallback, rate: Rate, is_shut_down: impl Fn() -> bool) {
    let (mut started, mut pulled) = (Instant::now(), Frames::ZERO);
    let mut block = vec![SILENCE; rate.frames(PERIOD).index().max(1)];
    while !is_shut_down() {
        callback.fill(&mut block);
        pulled += Frames(block.len() as u64);
        let due = started + Duration::from_secs_f64(pulled.seconds(rate));
        let late = due.elapsed();
        if late > SUSPENDED {
            started += late;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
}

impl Drop for NullOutput {
    fn drop(&mut self) {
        self.shutdown.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
