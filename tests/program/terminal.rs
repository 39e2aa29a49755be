//! The program in a terminal, as a listener sits before it: the real binary in pseudo-terminals, played into nothing.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

mod around;
mod drawing;
mod keys;
mod panic;
mod record;
mod window;
