//! Reproducible mutations of the seeds of the fuzz targets.

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

/// Runs a fuzz target with each of its seeds, then with this number of mutated ones.
pub(crate) fn run_mutated(target: &str, count: usize, words: &[&[u8]], exercise: impl Fn(&[u8])) {
    let (seeds, mut random) = (seeds(target), Random(2026));
    assert!(seeds.len() > 5);
    seeds.iter().for_each(|seed| exercise(seed));
    for _ in 0..count {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        random.mutate(&mut bytes, words);
        exercise(&bytes);
    }
}

/// Returns the seeds of a fuzz target in the order of their names.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read(file).unwrap()).collect()
}
