//! Any text becomes phonemes, without a word being lost.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| karuna::speech::heart::fuzzing::phonemes(&String::from_utf8_lossy(bytes)));
