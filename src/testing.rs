//! Sessions, clips and a listener for tests in virtual time: no files, no device, no sleeping.

pub(crate) mod clips;
pub(crate) mod day;
pub(crate) mod listener;
pub(crate) mod plain;
pub(crate) mod session;

/// Aborts the test when code under `assert_no_alloc` allocates or frees.
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

/// Converts a factor to decibels; minus infinity for zero.
pub(crate) fn decibels(factor: f64) -> f64 {
    20.0 * factor.abs().log10()
}

/// Returns how many cases a long property test plays: `usual`, unless `PROPTEST_CASES` asks for another number.
pub(crate) fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}
