//! Tests of whole timelines.

mod announcements;
mod beds;
mod horizon;
mod lasts;
mod open_silence;
mod segment_keys;
mod words;
