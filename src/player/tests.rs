//! The player in virtual time, frame by frame.

mod callback;
mod horizon;
mod random;
mod running;
mod soak;
mod transport;
