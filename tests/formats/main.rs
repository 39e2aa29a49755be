//! Audio files of every supported format: decoding, encoding, damaged and hostile input.

#![allow(
    clippy::unwrap_used,
    clippy::trivially_copy_pass_by_ref,
    clippy::needless_pass_by_value,
    clippy::duration_suboptimal_units,
    reason = "test helpers may take values and fail like the test itself"
)]

mod clips;
mod decode;
mod encode;
mod hostile;
mod mutations;
mod recordings;
