//! Runs an engine's program with the text on standard input and limits for its time and output, and kills everything that it started.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait_timeout::ChildExt;

use super::process_group::ProcessGroup;
use super::programs::Invocation;
use crate::speech::engine::{CancelFlag, EngineError};
use crate::speech::output;
use crate::speech::readable::count_words;

/// The interval at which the limits and the cancel flag are checked. A program writes at most some 50 MB in this time.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The timeout of a program, without the time for its words.
const BASE_TIMEOUT: Duration = Duration::from_secs(10);
/// The part of the timeout for each word, about half of its speaking time.
const TIMEOUT_PER_WORD: Duration = Duration::from_millis(230);

/// The resource limits of a program for one line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) time: Duration,
    /// The maximum size of its output file in bytes.
    pub(super) output: u64,
}

impl Limits {
    /// Returns the limits for speaking a text.
    pub(super) fn for_text(text: &str) -> Self {
        let words = u32::try_from(count_words(text)).unwrap_or(u32::MAX);
        let time = BASE_TIMEOUT + TIMEOUT_PER_WORD.saturating_mul(words);
        Self { time, output: output::max_file_size(text) }
    }
}

/// Runs a program until it exits, reaches a limit or is cancelled. `output` is the file that it was told to write.
///
/// The text is passed as a file, so a program that does not read it can't block the caller.
pub(super) fn run(
    invocation: &Invocation,
    text: &str,
    output: &Path,
    limits: Limits,
    cancel: &CancelFlag,
) -> Result<(), EngineError> {
    let mut input = tempfile::tempfile()?;
    input.write_all(text.as_bytes())?;
    input.write_all(b"\n")?;
    input.rewind()?;
    let mut process = spawn(invocation, input, output)?;
    limit_files(&process.child, limits.output);
    let deadline = Instant::now() + limits.time;
    loop {
        let remaining = deadline.saturating_duration_since(Instant::now());
        let status = process.child.wait_timeout(remaining.min(POLL_INTERVAL))?;
        if fs::metadata(output).is_ok_and(|file| file.len() > limits.output) {
            return Err(EngineError::TooMuchOutput);
        }
        if let Some(status) = status {
            return match status.code() {
                Some(0) => Ok(()),
                Some(code) => Err(EngineError::ExitCode(code)),
                None => Err(EngineError::Killed),
            };
        }
        if remaining.is_zero() {
            return Err(EngineError::Timeout(limits.time));
        }
        if cancel.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
    }
}

fn spawn(invocation: &Invocation, input: File, output: &Path) -> io::Result<ProcessGroup> {
    let mut command = Command::new(&invocation.program);
    let stdout = if invocation.writes_to_stdout { File::create_new(output)?.into() } else { Stdio::null() };
    command.args(&invocation.arguments).stdin(input).stdout(stdout).stderr(Stdio::null());
    for (name, value) in &invocation.environment {
        command.env(name, value);
    }
    ProcessGroup::start(&mut command)
}

/// The minimum of this limit: four times the shared memory of PulseAudio's client library.
#[cfg(target_os = "linux")]
const MIN_FILE_LIMIT: u64 = 256 << 20;

/// Limits the size of every file that a program writes, because only its output file is checked, and only at intervals.
#[cfg(target_os = "linux")]
fn limit_files(process: &std::process::Child, output: u64) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    // The checks at intervals find too much output, so this limit is higher. It is also higher than the shared memory of a sound
    // server's client, which espeak-ng always creates.
    let bytes = output.saturating_mul(2).max(MIN_FILE_LIMIT);
    let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
    let _ = prlimit(i32::try_from(process.id()).ok().and_then(Pid::from_raw), Resource::Fsize, limit);
}

#[cfg(not(target_os = "linux"))]
fn limit_files(_: &std::process::Child, _: u64) {}
