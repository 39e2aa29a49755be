//! A small client of the sound server, by PulseAudio's protocol, which PipeWire speaks too.

mod address;
mod client;
mod feeder;
mod location;
mod record;
mod stream;

pub(super) use client::{PulseClient, PulseSink, list_sinks};
pub(super) use location::{OutputPlace, StreamLocations};
pub(super) use record::{PulseMicrophone, PulseRecording, list_microphones};
pub(super) use stream::{PulseStream, StreamContent};

#[cfg(test)]
pub(super) use location::StreamLocation;
