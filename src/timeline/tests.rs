//! Tests of whole timelines.

mod announcements;
mod beds;
mod horizon;
mod lasts;
mod segment_keys;
