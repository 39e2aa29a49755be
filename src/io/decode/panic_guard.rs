//! A file that drives a decoder into a panic is damaged, and no more than that.
//!
//! The decoders are other people's, and are fed by strangers. What they panic on in a debug build is mostly arithmetic that a
//! release build lets wrap around; either way the program goes on, with silence where nothing could be decoded.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// What the work yields; `None` where it panicked, after which nothing that it changed is to be used again.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                before(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_nothing_more_than_no_result() {
        assert_eq!(guarded(|| 3), Some(3));
        assert_eq!(guarded(|| -> u8 { panic!("a decoder met something odd") }), None);
        assert_eq!(guarded(|| 4), Some(4));
    }
}
