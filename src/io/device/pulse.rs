//! A small client for PulseAudio's protocol, which PipeWire supports as well.
//!
//! cpal's own stream for PulseAudio is not used, because it wakes the server two thousand times per second (`docs/performance.md`).

mod address;
mod client;
mod feeder;
mod location;
mod record;
mod stream;

pub(super) use client::{PulseClient, PulseSink, list_sinks};
pub(super) use location::{OutputPlace, StreamLocations};
pub(super) use record::{PulseMicrophone, PulseRecording, list_microphones};
pub(super) use stream::{PulseStream, StreamParameters};

#[cfg(test)]
pub(super) use location::StreamLocation;
