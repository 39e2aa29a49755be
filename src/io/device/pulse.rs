//! A small client of the sound server, by PulseAudio's protocol, which PipeWire speaks too.

mod client;
mod stream;

pub(super) use client::{PulseClient, StreamLocation, is_running};
pub(super) use stream::PulseStream;
