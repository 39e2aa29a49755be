//! Engine, player and transport in virtual time: no files, no device, no sleeping.

mod callback;
mod engine;
mod fit;
mod horizon;
mod player;
mod support;
mod transport;
mod transport_random;
