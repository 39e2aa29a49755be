//! Any file of a voice is used or refused.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| karuna::speech::heart::fuzzing::voice_file(bytes));
