#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod clips;
pub(crate) mod session;
