//! Runs the fuzz targets for a few seconds on reproducible mutations of their seeds (see `fuzz/README.md`). `KARUNA_MUTATIONS` sets another
//! number of them.
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

#[path = "../../fuzz/exercise.rs"]
mod exercise;

use std::fs;
use std::path::Path;

fn seeds(kind: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(kind);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read(file).unwrap()).collect()
}

/// A reproducible random number generator (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }

    /// Changes, duplicates, removes or inserts a few bytes.
    fn mutate(&mut self, bytes: &mut Vec<u8>, words: &[&[u8]]) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let end = (at + 1 + self.below(24)).min(bytes.len());
            match self.below(6) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 if at < bytes.len() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'"', b'\n'][self.below(7)],
                2 => drop(bytes.drain(at..end)),
                3 => bytes.extend_from_within(at..end),
                4 => bytes.truncate(bytes.len() - self.below(bytes.len()) / 4),
                _ => drop(bytes.splice(at..at, words[self.below(words.len())].iter().copied())),
            }
        }
    }
}

/// The usual number of mutated seeds.
const MUTATIONS: usize = 1_500;

/// Runs each seed unchanged, then mutated ones.
fn try_out(kind: &str, words: &[&[u8]], exercise: fn(&[u8])) {
    let times = std::env::var("KARUNA_MUTATIONS").map_or(MUTATIONS, |times| times.parse().unwrap());
    let (seeds, mut random) = (seeds(kind), Random(2026));
    assert!(seeds.len() > 5);
    seeds.iter().for_each(|seed| exercise(seed));
    for _ in 0..times {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        random.mutate(&mut bytes, words);
        exercise(&bytes);
    }
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
    try_out("manifest", words, exercise::manifest);
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
    try_out("clip", words, exercise::clip);
}
