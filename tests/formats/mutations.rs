//! Runs the fuzz targets for a few seconds on reproducible mutations of their seeds (see `fuzz/README.md`). `KARUNA_MUTATIONS` sets another
//! number of them.
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

#[path = "../../fuzz/exercise.rs"]
mod exercise;

#[path = "../../src/testing/mutations.rs"]
mod mutate;

use mutate::run_mutated;

/// The default number of mutated seeds.
const MUTATIONS: usize = 1_500;

fn run_default_or_requested(target: &str, words: &[&[u8]], exercise: fn(&[u8])) {
    let count = std::env::var("KARUNA_MUTATIONS").map_or(MUTATIONS, |count| count.parse().unwrap());
    run_mutated(target, count, words, exercise);
}

#[test]
fn mutated_manifests_are_read_or_refused() {
    let words: &[&[u8]] = &[
        b"\"",
        b"\"\"\"",
        b"[[segment]]\n",
        b"[",
        b"]",
        b"{",
        b"}",
        b"=",
        b"#",
        b",",
        b"\\",
        "“".as_bytes(),
        b"say = \"x\"\n",
        b"silence = \"9m\"\n",
        b"nan",
        b"1e308",
        b"99999999999999999999",
        b"id = \"hand\"\n",
        b"\0",
        "\u{feff}\u{a0}".as_bytes(),
        b"\x1b[2J",
    ];
    run_default_or_requested("manifest", words, exercise::manifest);
}

#[test]
fn mutated_clips_are_read_or_refused() {
    let words: &[&[u8]] = &[
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"\x7f\xff\xff\xff",
        b"\xff\xfb\x90\x44",
        b"OggS",
        b"fLaC",
        b"RIFF",
        b"data",
        b"ID3\x04",
        b"moov",
        b"\x80\0\0\0",
    ];
    run_default_or_requested("clip", words, |bytes| {
        exercise::clip(bytes);
        let mut corrected = bytes.to_vec();
        exercise::correct_checksums(&mut corrected);
        if corrected != bytes {
            exercise::clip(&corrected);
        }
    });
}
