//! Turns a [`Session`](crate::manifest::Session) and a listener's options into a [`Timeline`], which holds every segment and
//! every cue with its exact frames. Nothing is decoded here, and no clock is read.
//!
//! Segments are half-open frame ranges that follow one another without gap or overlap. Cues are the sounds; they may overlap.

mod build;
mod cue;
mod cursor;
mod error;
mod facts;
mod fit;
mod gains;
mod interval_bells;
mod length_range;
mod model;
mod plan;
mod programme;
mod segment;
mod shape;
mod word_times;

pub(crate) use build::build_all;
pub use build::{build, length_range};
pub(crate) use cue::{Cue, CueSource};
pub(crate) use error::TimelineError;
pub use facts::{ClipFacts, ClipKey, SessionFacts, SpeechKey};
pub use length_range::LengthRange;
pub(crate) use model::Horizon;
pub use model::Timeline;
pub use programme::{Programme, ProgrammeKind, Programmes};
pub use segment::{Segment, SegmentKey, SegmentKind};
pub use shape::{LengthChoice, LevelChange, Shape};
pub(crate) use word_times::WordTimes;

#[cfg(test)]
mod tests;
