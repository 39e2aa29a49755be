//! Rendered files, read back by other programs.
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

mod destination;
mod lossless;
mod lossy;
mod tags;
mod wav;
mod witness;
