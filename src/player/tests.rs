//! The player in virtual time: a frame passes when the test asks for it.

mod callback;
mod horizon;
mod random;
mod running;
mod soak;
mod transport;
