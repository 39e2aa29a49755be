//! A gentle player for guided meditation, as a library and a program.
//!
//! ```text
//! manifest text ─► Session ─► Timeline ─► frames ─► output
//!    (TOML)       validated   every cue    engine    device · file · null
//!                 with spans  on its frame    ▲
//!                                         transport ◄─ commands (keys, lines, signals)
//! ```
//!
//! Each stage yields a new type and knows nothing of the stages after it. Playing and rendering pull from the same engine.

#![forbid(unsafe_code)]
// Test helpers may take values and fail like the test itself.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::needless_pass_by_value,
        clippy::unused_self,
        clippy::format_collect,
        clippy::unchecked_time_subtraction,
        clippy::useless_vec
    )
)]
// They panic if the stream can't be written.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

pub(crate) mod cli;
pub mod commands;
pub(crate) mod config;
pub(crate) mod dsp;
pub mod engine;
pub mod error;
pub(crate) mod history;
pub mod io;
pub mod load;
pub mod manifest;
pub mod playback;
pub(crate) mod player;
mod present;
pub(crate) mod publish;
mod recorder;
pub mod render;
mod script;
pub mod speech;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod text;
pub mod timeline;
pub mod units;
