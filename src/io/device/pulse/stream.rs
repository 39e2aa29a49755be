//! A playback stream of the sound server.
//!
//! A quarter of the latency is in the sink, and the server sends a request whenever the sink has taken that much: it wakes up no more often
//! than that, and an answer may be late by two more quarters. The server divides the latency in this way if the minimum request is a quarter
//! of it (`fix_playback_buffer_attr` in PulseAudio 16). cpal requests a half, which leaves no latency to the sink, so that it wakes up every
//! half millisecond.

use std::ffi::CString;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use pulseaudio::protocol::{
    ChannelMap, Command, CreatePlaybackStreamReply, PlaybackStreamParams, Prop, Props, ProtocolError, SampleFormat,
    SampleSpec, stream::BufferAttr, stream::StreamFlags,
};

use super::client::{CLIENT_NAME, PulseClient};
use super::feeder::{CorkSwitch, FRAME_BYTES, StreamFeeder, chunk_buffer, granted_buffer};
use crate::io::device::buffer::DeviceBuffer;
use crate::io::device::callback_slot::CallbackSlot;
use crate::io::device::callback_source::CallbackSource;
use crate::io::device::event::DeviceEvent;
use crate::io::device::wake::WakeRequests;
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// The maximum quantum of PipeWire with its defaults. If the sink is already running, the first cycle takes this much, however short the
/// requested latency is.
const MAX_QUANTUM: Duration = Duration::from_micros(42_667);

/// A stream that plays until it is dropped. Dropping it never blocks.
pub(in crate::io::device) struct PulseStream {
    socket: UnixStream,
    switch: Arc<CorkSwitch>,
}

/// The parameters of a stream.
pub(in crate::io::device) struct StreamParameters {
    /// The rate of the session.
    pub(in crate::io::device) rate: Rate,
    /// The approximate amount that the server buffers.
    pub(in crate::io::device) buffer: Frames,
    /// The callback to play from the first frame on; without it, silence.
    pub(in crate::io::device) callback: Option<AudioCallback>,
    /// Whether it takes over from another stream of this program, so that it plays where the listener has moved that one.
    pub(in crate::io::device) takes_over: bool,
    /// Whether the device is woken and kept awake.
    pub(in crate::io::device) wake: WakeRequests,
}

impl PulseStream {
    /// Plays on a sink, or on the default sink, which the server may change.
    pub(in crate::io::device) fn open(
        sink: Option<CString>,
        parameters: StreamParameters,
        on_event: impl Fn(DeviceEvent) + Send + 'static,
    ) -> Result<(Self, CallbackSlot), ProtocolError> {
        Self::start(PulseClient::connect()?, sink, parameters, on_event)
    }

    fn start(
        mut client: PulseClient,
        sink: Option<CString>,
        parameters: StreamParameters,
        on_event: impl Fn(DeviceEvent) + Send + 'static,
    ) -> Result<(Self, CallbackSlot), ProtocolError> {
        let StreamParameters { rate, buffer, callback, takes_over, wake } = parameters;
        let chosen = if takes_over { client.chosen_sink(sink.as_deref()) } else { None };
        let sink = chosen.or(sink);
        let params = stream_params(sink, rate, buffer);
        let reply: CreatePlaybackStreamReply = client.request(&Command::CreatePlaybackStream(params))?;
        // If the sink has disappeared meanwhile, the stream ends with it, which is detected later.
        let sink = client.sink_properties(reply.sink_index).unwrap_or_default();
        wake.set_wireless(sink.is_wireless);
        let buffer = granted_buffer(rate, &reply.buffer_attr, reply.stream_latency);
        let surplus = if sink.is_pipewire { rate.frames(MAX_QUANTUM) } else { Frames::ZERO };
        let prefilled = DeviceBuffer { capacity: buffer.capacity + surplus, ..buffer };
        let (source, mut slot) =
            CallbackSource::new(rate, prefilled, wake).map_err(|error| ProtocolError::Invalid(error.to_string()))?;
        if let Some(callback) = callback {
            slot.insert(callback);
        }
        let switch = Arc::new(CorkSwitch::new()?);
        let socket = client.connection()?;
        socket.set_read_timeout(None)?;
        socket.set_write_timeout(None)?;
        let feeder = StreamFeeder {
            version: client.version,
            sequence: client.next_sequence(),
            socket: client.socket,
            channel: reply.channel,
            rate,
            source,
            buffer,
            switch: switch.clone(),
            is_corked: false,
            chunk: chunk_buffer(),
        };
        let prefill = reply.requested_bytes as usize + surplus.index() * FRAME_BYTES;
        thread::Builder::new().name("audio output".to_owned()).spawn(move || {
            let _report = ReportLoss(on_event);
            let _ = feeder.run(prefill);
        })?;
        Ok((Self { socket, switch }, slot))
    }

    /// Corks the stream as soon as it is silent, or uncorks it.
    pub(in crate::io::device) fn set_corked(&self, is_corked: bool) {
        self.switch.set(is_corked);
    }
}

impl Drop for PulseStream {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

/// Reports the loss of the device when the thread ends for any reason.
struct ReportLoss<F: Fn(DeviceEvent)>(F);

impl<F: Fn(DeviceEvent)> Drop for ReportLoss<F> {
    fn drop(&mut self) {
        (self.0)(DeviceEvent::Lost);
    }
}

fn stream_params(sink: Option<CString>, rate: Rate, buffer: Frames) -> PlaybackStreamParams {
    let bytes = |frames: u64| u32::try_from(frames * FRAME_BYTES as u64).unwrap_or(u32::MAX);
    let mut props = Props::new();
    props.set(Prop::MediaName, CLIENT_NAME);
    PlaybackStreamParams {
        sink_name: sink,
        sample_spec: SampleSpec { format: SampleFormat::Float32Le, channels: 2, sample_rate: rate.hertz() },
        channel_map: ChannelMap::stereo(),
        buffer_attr: BufferAttr {
            target_length: bytes(buffer.0),
            minimum_request_length: bytes(buffer.0 / 4),
            ..BufferAttr::default()
        },
        flags: StreamFlags { adjust_latency: true, ..StreamFlags::default() },
        props,
        ..PlaybackStreamParams::default()
    }
}

#[cfg(test)]
mod tests;
