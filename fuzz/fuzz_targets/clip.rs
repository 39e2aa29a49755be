//! Any clip is refused, or decoded to finite samples of the stated length within the limits.

#![no_main]

#[path = "../exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise::clip(bytes));
