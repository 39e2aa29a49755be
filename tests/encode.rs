//! Rendered files, read back by other programs.
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

#[path = "encode/destination.rs"]
mod destination;
#[path = "encode/lossless.rs"]
mod lossless;
#[path = "encode/lossy.rs"]
mod lossy;
#[path = "encode/tags.rs"]
mod tags;
#[path = "encode/wav.rs"]
mod wav;
#[path = "encode/witness.rs"]
mod witness;
