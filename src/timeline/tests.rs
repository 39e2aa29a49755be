//! Tests of whole timelines.

mod horizon;
mod segment_keys;
