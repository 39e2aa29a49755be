//! The program in a terminal, as a listener sits before it: the real binary in pseudo-terminals, played into nothing.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

#[path = "terminal/around.rs"]
mod around;
#[path = "terminal/drawing.rs"]
mod drawing;
#[path = "terminal/keys.rs"]
mod keys;
#[path = "terminal/panic.rs"]
mod panic;
#[path = "terminal/window.rs"]
mod window;
