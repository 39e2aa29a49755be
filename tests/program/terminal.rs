//! The real binary in pseudo-terminals, playing into the null output.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

mod drawing;
mod job_control;
mod keys;
mod panic;
mod record;
mod window;
