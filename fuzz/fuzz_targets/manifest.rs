//! Any manifest is read in finite time, with findings at valid positions and consistent timelines.

#![no_main]

#[path = "../exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise::manifest(bytes));
