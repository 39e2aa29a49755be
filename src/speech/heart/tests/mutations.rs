//! Runs the fuzz targets of the voice on reproducible mutations of their seeds (see `fuzz/README.md`).

use crate::speech::heart::fuzzing;
use crate::testing::mutations::{Random, seeds};

/// Runs each seed unchanged, then mutated ones.
fn try_out(target: &str, times: usize, words: &[&[u8]], exercise: impl Fn(&[u8])) {
    let (seeds, mut random) = (seeds(target), Random(2026));
    assert!(seeds.len() > 5);
    seeds.iter().for_each(|seed| exercise(seed));
    for _ in 0..times {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        random.mutate(&mut bytes, words);
        exercise(&bytes);
    }
}

#[test]
fn mutated_voice_files_are_used_or_refused() {
    let words: &[&[u8]] = &[
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\0\0\0\0\0\0\0\0",
        b"\x0a",
        b"Gather",
        b"Loop",
        b"PK\x03\x04",
        b"\": -1,",
        b"\"maxlen\": 0",
    ];
    try_out("voice_file", 400, words, fuzzing::voice_file);
}

#[test]
fn mutated_texts_lose_no_word() {
    let words = ["12:30", "$", "%", "](/a/)", "½", "\u{301}", "🙂", "\n", "...", "’s", "St."].map(str::as_bytes);
    try_out("phonemes", 10, &words, |bytes| fuzzing::phonemes(&String::from_utf8_lossy(bytes)));
}
