//! Sessions, clips and a player for tests in virtual time: no files, no device, no sleeping.

pub(crate) mod clips;
pub(crate) mod day_long_session;
pub(crate) mod mutations;
pub(crate) mod probe_session;
pub(crate) mod session;
pub(crate) mod test_player;

/// Aborts the test if code under `assert_no_alloc` allocates or frees.
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

/// Converts a factor to decibels; minus infinity for zero.
pub(crate) fn decibels(factor: f64) -> f64 {
    20.0 * factor.abs().log10()
}

/// Returns the number of cases of a long property test: `default`, unless `PROPTEST_CASES` is set.
pub(crate) fn cases(default: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

/// Returns the sorted names of the files and folders in a folder.
pub(crate) fn sorted_names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
