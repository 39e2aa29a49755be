#![allow(dead_code, reason = "the bench of a day uses a part of it")]
//! Sessions, clips and a listener for tests in virtual time.
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

pub(crate) mod clips;
pub(crate) mod day;
pub(crate) mod listener;
pub(crate) mod plain;
pub(crate) mod session;
