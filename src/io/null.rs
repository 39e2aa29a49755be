//! An output that plays into nothing, in real time: for machines without a sound device, and for those who read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::player::AudioCallback;
use crate::units::{Frames, Rate, SILENCE};

/// How long each block is.
const PERIOD: Duration = Duration::from_millis(20);

/// One who comes so late was stopped meanwhile, and makes up for nothing.
const STOPPED: Duration = Duration::from_millis(500);

/// Pulls frames at their pace until it is dropped.
pub struct NullOutput {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl NullOutput {
    /// Begins to pull.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(mut callback: AudioCallback, rate: Rate) -> std::io::Result<Self> {
        let over = Arc::new(AtomicBool::new(false));
        let ending = over.clone();
        let thread = thread::Builder::new().name("null output".to_owned()).spawn(move || {
            let (mut begun, mut pulled) = (Instant::now(), Frames::ZERO);
            let mut block = vec![SILENCE; rate.frames(PERIOD).index().max(1)];
            while !ending.load(Ordering::Relaxed) {
                callback.fill(&mut block);
                pulled += Frames(block.len() as u64);
                let due = begun + Duration::from_secs_f64(pulled.seconds(rate));
                let late = due.elapsed();
                if late > STOPPED {
                    begun += late;
                }
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
        })?;
        Ok(Self { over, thread: Some(thread) })
    }
}

impl Drop for NullOutput {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
