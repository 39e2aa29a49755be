//! A small client of the sound server, by PulseAudio's protocol, which PipeWire speaks too.

mod address;
mod client;
mod stream;

pub(super) use client::{OutputPlace, PulseClient, PulseSink, StreamLocations, list_sinks};
pub(super) use stream::PulseStream;

#[cfg(test)]
pub(super) use client::StreamLocation;
