//! Speech for lines without a recording, by an engine that the listener has.
//!
//! ```text
//! lines ─► SpeechPlan ─► SpeechJob ─► Synthesizer ─► SpeechEngine ─► output
//!          an engine     speaks in    caches         a program       checked,
//!          for each      background   each line                      trimmed, levelled
//! ```

mod choice;
mod engine;
mod external;
mod job;
pub(crate) mod narration;
mod output;
mod readable;
mod synthesizer;

pub(crate) use choice::SpeechPlan;
pub use choice::{VoiceChoice, VoiceError};
pub(crate) use engine::CancelFlag;
pub use job::SpeechProgress;
pub(crate) use job::{Priority, SpeechJob};
