//! Whatever stands in a clip, it is refused or read: within its length, finite, and within full scale.

#![no_main]

#[path = "../exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise::clip(bytes));
