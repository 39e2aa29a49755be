//! Records the lines of a session one after the other.
//!
//! [`Recorder`] is a pure state machine with keys and samples as input and effects as output. `take` analyses a recording and finds the
//! words in it, `meter` shows its level, and `view` lays out the screen.

mod machine;
mod meter;
mod store;
mod take;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use machine::{Recorder, RecorderEffect, RecorderInput, RecorderKey};
pub(crate) use store::{RecordingStore, write as write_recording};
pub(crate) use view::recorder_lines;
