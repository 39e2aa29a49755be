#![forbid(unsafe_code)]

pub mod engine;
pub mod sound;
pub mod io;
pub mod units;
