//! Whatever stands in a manifest, reading it ends, says where, and gives timelines that hold together.

#![no_main]

#[path = "../exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise::manifest(bytes));
