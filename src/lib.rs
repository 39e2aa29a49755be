#![forbid(unsafe_code)]

pub mod engine;
pub mod io;
pub mod units;
