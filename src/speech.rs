//! Speech for lines without a recording, by the engines available to the listener.
//!
//! A line is identified by its voice, language and text (`timeline::SpeechKey`). The key of its speech in the cache
//! contains everything that affects the sound. An engine that knows when each word is heard also returns
//! `timeline::WordTimes`, for captions that follow the voice. Otherwise, the times of phrases are estimated.
//!
//! ```text
//! lines ─► SpeechPlan ─► SpeechJob ─► Synthesizer ─► SpeechEngine ─► output
//!          an engine     speaks in    caches         a program       checked,
//!          for each      background   each line                      trimmed, levelled
//! ```

mod built_in;
mod choice;
mod engine;
mod engines;
mod external;
pub mod heart;
pub(crate) mod installation;
mod job;
pub(crate) mod narration;
mod output;
mod readable;
mod synthesizer;
#[cfg(test)]
mod tests;

pub(crate) use choice::SpeechPlan;
pub(crate) use choice::VoiceChoice;
pub(crate) use engine::CancelFlag;
pub(crate) use engines::VoiceError;
pub(crate) use engines::{SpeechEngines, VoiceSummary};
pub(crate) use job::SpeechProgress;
pub(crate) use job::{FinishedLine, Priority, SpeechJob};
