//! A small client of the sound server, by PulseAudio's protocol, which PipeWire speaks too.

mod address;
mod client;
mod stream;

pub(super) use client::{PulseClient, PulseSink, StreamLocation, list_sinks};
pub(super) use stream::PulseStream;
