//! The real binary: its commands, pseudo-terminals, and playback into a recorded null sink.

#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::duration_suboptimal_units,
    reason = "test helpers may take values and fail like the test itself"
)]

mod choosing;
mod commands;
mod config;
#[cfg(target_os = "linux")]
mod desktop;
mod heart;
mod hostile_text;
mod narrate;
mod new;
mod null_sink;
mod outputs;
mod publish;
mod publish_page;
mod shells;
mod sitting;
mod speech;
mod support;
mod terminal;
mod voices;
mod wishes;
