//! Sessions, clips and a listener for tests, all in virtual time: no files, no device, no sleeping.
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod clips;
pub(crate) mod day;
pub(crate) mod listener;
pub(crate) mod plain;
pub(crate) mod session;
