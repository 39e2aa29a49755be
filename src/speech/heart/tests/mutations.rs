//! Runs the fuzz targets of the voice on reproducible mutations of their seeds (see `fuzz/README.md`).

use crate::speech::heart::fuzzing;
use crate::testing::mutations::run_mutated;

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
    run_mutated("voice_file", 400, words, fuzzing::voice_file);
}

#[test]
fn mutated_texts_lose_no_word() {
    let words = ["12:30", "$", "%", "](/a/)", "½", "\u{301}", "🙂", "\n", "...", "’s", "St."].map(str::as_bytes);
    run_mutated("phonemes", 10, &words, |bytes| fuzzing::phonemes(&String::from_utf8_lossy(bytes)));
}
