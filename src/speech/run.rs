//! Runs an engine: its text on standard input, a time limit, and an end for all that it started.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use wait_timeout::ChildExt;

use super::engine::Invocation;

/// How often it is looked whether the speech is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// How an engine's run came out.
#[derive(Debug)]
pub(super) enum Ran {
    /// It ended well. What it wrote has still to be looked at.
    Well,
    /// It ended otherwise.
    Failed(ExitStatus),
    /// It did not come to an end in time.
    TooLong,
    /// Nobody wants it any more.
    Unwanted,
}

/// Runs an engine to its end, or to the time limit. The text is a file: no engine can keep us waiting by not reading it.
pub(super) fn run(invocation: &Invocation, text: &str, limit: Duration, wanted: &dyn Fn() -> bool) -> io::Result<Ran> {
    let mut input = tempfile::tempfile()?;
    input.write_all(text.as_bytes())?;
    input.write_all(b"\n")?;
    input.rewind()?;
    let mut engine = Running(spawn(invocation, input)?);
    let deadline = Instant::now() + limit;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if let Some(status) = engine.0.wait_timeout(left.min(LOOK))? {
            return Ok(if status.success() { Ran::Well } else { Ran::Failed(status) });
        }
        if left.is_zero() {
            return Ok(Ran::TooLong);
        }
        if !wanted() {
            return Ok(Ran::Unwanted);
        }
    }
}

fn spawn(invocation: &Invocation, input: File) -> io::Result<Child> {
    let mut command = Command::new(&invocation.program);
    command.args(&invocation.arguments).stdin(input).stdout(Stdio::null()).stderr(Stdio::null());
    for (name, value) in &invocation.environment {
        command.env(name, value);
    }
    // A group of its own, so that whatever it started ends with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
}

/// A child that is ended when it is let go, if it has not ended by itself.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        #[cfg(unix)]
        if let Some(group) = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
