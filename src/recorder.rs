//! Records a session's lines one after the other: what the teacher sees, what each key does, and what is kept of a recording.
//!
//! [`Recorder`] is a pure state machine: keys and samples in, effects out. `take` judges a recording and finds the words in it, `meter` shows
//! its level, and `view` lays out the screen.

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
