//! Opens outputs on background threads, so that the event loop never waits for a sound system.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::error::OpenOutputError;
use super::output::{OpenReason, OpenRequest, OpeningId, Output, OutputSystem};
use super::watchdog::START_TIMEOUT;

/// The interval at which a new output is checked for its first request.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The result of an opening.
pub(crate) struct OpeningResult {
    pub(crate) opening: OpeningId,
    pub(crate) output: Result<Box<dyn Output>, OpenOutputError>,
}

/// Opens an output in the background. A result is always reported, even if the thread can't be started or panics.
pub(crate) fn open_in_background(
    system: &Arc<dyn OutputSystem>,
    request: OpenRequest,
    report: impl Fn(OpeningResult) + Clone + Send + 'static,
) {
    spawn(thread::Builder::new().name("device-open".to_owned()), system, request, report);
}

fn spawn(
    builder: thread::Builder,
    system: &Arc<dyn OutputSystem>,
    request: OpenRequest,
    report: impl Fn(OpeningResult) + Clone + Send + 'static,
) {
    let opening = request.opening;
    let (system, report_opened) = (system.clone(), report.clone());
    let open = move || {
        let output = catch_unwind(AssertUnwindSafe(|| open(&*system, request)));
        report_opened(OpeningResult { opening, output: output.unwrap_or(Err(OpenOutputError::Panicked)) });
    };
    if let Err(error) = builder.spawn(open) {
        report(OpeningResult { opening, output: Err(OpenOutputError::Thread(error)) });
    }
}

fn open(system: &dyn OutputSystem, request: OpenRequest) -> Result<Box<dyn Output>, OpenOutputError> {
    let reason = request.reason;
    let output = system.open(request)?;
    if reason == OpenReason::Search {
        wait_for_first_block(&*output)?;
    }
    Ok(output)
}

/// A suspended sink accepts a stream but never asks for sound.
fn wait_for_first_block(output: &dyn Output) -> Result<(), OpenOutputError> {
    let deadline = Instant::now() + START_TIMEOUT;
    while output.heartbeat() == 0 {
        if Instant::now() > deadline {
            return Err(OpenOutputError::Asleep);
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::playback::output::BufferSize;

    /// A sound system with a bug.
    struct Faulty;

    impl OutputSystem for Faulty {
        fn open(&self, _: OpenRequest) -> Result<Box<dyn Output>, OpenOutputError> {
            panic!("this is part of a test")
        }
    }

    fn result(builder: thread::Builder) -> Option<OpenOutputError> {
        let (sender, results) = mpsc::channel();
        let system: Arc<dyn OutputSystem> = Arc::new(Faulty);
        let opening = OpeningId(7);
        let request =
            OpenRequest { opening, reason: OpenReason::Search, buffer: BufferSize::default(), callback: None };
        spawn(builder, &system, request, move |result| sender.send(result).unwrap());
        let result = results.recv().unwrap();
        assert_eq!(result.opening, opening);
        result.output.err()
    }

    #[test]
    fn a_panic_is_reported_as_an_error() {
        assert!(matches!(result(thread::Builder::new()), Some(OpenOutputError::Panicked)));
    }

    #[test]
    fn a_thread_that_cannot_be_started_is_reported_as_an_error() {
        let too_large = thread::Builder::new().stack_size(1 << 60);
        assert!(matches!(result(too_large), Some(OpenOutputError::Thread(_))));
    }
}
