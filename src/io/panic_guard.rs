//! Turns panics in libraries that read untrusted files into errors.
//!
//! Decoders and inference are third-party code that processes untrusted files. Most of their panics in a debug build are arithmetic
//! overflows, which wrap around in a release build. In either case the program continues, with silence instead of the missing frames.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a closure and returns its result, or `None` if it panicked. The panic is not printed. Data modified by the closure must not be used
/// after a panic.
pub(crate) fn catch_panic<T>(closure: impl FnOnce() -> T) -> Option<T> {
    static SET_HOOK: Once = Once::new();
    SET_HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_GUARDED.get() {
                previous(panic);
            }
        }));
    });
    let was_guarded = IS_GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(closure));
    IS_GUARDED.set(was_guarded);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_returns_none() {
        assert_eq!(catch_panic(|| 3), Some(3));
        assert_eq!(catch_panic(|| -> u8 { panic!("a decoder met something odd") }), None);
        assert_eq!(catch_panic(|| 4), Some(4));
    }
}
