//! Any clip is refused, or decoded to finite samples of the stated length within the limits.

#![no_main]

#[path = "../exercise.rs"]
mod exercise;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|bytes: &[u8]| exercise::clip(bytes));

// Most mutated Ogg files would be skipped at the first checksum.
fuzz_mutator!(|bytes: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let size = fuzzer_mutate(bytes, size, max_size);
    if !seed.is_multiple_of(8) {
        exercise::correct_checksums(&mut bytes[..size]);
    }
    size
});
