//! Encoded files, decoded by reference programs.
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

mod destination;
mod lossless;
mod lossy;
mod tags;
mod wav;
mod witness;
