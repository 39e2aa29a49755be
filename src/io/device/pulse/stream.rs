//! A playback stream of the sound server. Its thread waits for the server's requests and answers each at once.
//!
//! A quarter of the whole latency is in the sink, and the server asks whenever the sink has taken that much: it wakes up no more often, and
//! an answer may be late by two more quarters. The server divides the latency so when the minimum request is a quarter of it
//! (`fix_playback_buffer_attr` in PulseAudio 16). cpal asks for a half, which leaves no latency to the sink, so that it wakes up every
//! half millisecond.

use std::ffi::CString;
use std::io::{BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use pulseaudio::protocol::{
    ChannelMap, Command, CommandTag, CreatePlaybackStreamReply, DESCRIPTOR_SIZE, Descriptor, DescriptorFlags,
    PlaybackStreamParams, Prop, Props, ProtocolError, SampleFormat, SampleSpec, TagStructReader, encode_descriptor,
    read_descriptor, stream::BufferAttr, stream::StreamFlags,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::client::{CLIENT_NAME, PulseClient};
use crate::io::device::buffer::DeviceBuffer;
use crate::io::device::callback_source::{CallbackSlot, CallbackSource};
use crate::io::device::event::DeviceEvent;
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// Two samples of 32 bits.
const FRAME_BYTES: usize = 8;
/// The maximum number of bytes that are filled and sent at once.
const CHUNK_BYTES: usize = 2048 * FRAME_BYTES;
/// The channel of commands, which belongs to no stream.
const COMMAND_CHANNEL: u32 = u32::MAX;
/// No command that matters here is longer.
const MAX_COMMAND_BYTES: usize = 512;
/// Four numbers of 32 bits and one of 64, each after its tag.
const BUFFER_REPLY_BYTES: usize = 4 * 5 + 9;
/// How much of a request is answered at once. A server that asks for seconds must not take what was rendered ahead faster than it is
/// rendered.
const MAX_ANSWER_BYTES: usize = 9600 * FRAME_BYTES;
/// How long to wait before the next part of a long request is answered.
const ANSWER_PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
const NO_PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// A stream that plays until it is dropped. Dropping it never waits.
pub(in crate::io::device) struct PulseStream {
    socket: UnixStream,
}

impl PulseStream {
    /// Plays into a sink, or into the default sink, which the server may change. The server holds about `buffer` frames.
    pub(in crate::io::device) fn open(
        sink: Option<CString>,
        rate: Rate,
        buffer: Frames,
        callback: Option<AudioCallback>,
        on_event: impl Fn(DeviceEvent) + Send + 'static,
    ) -> Result<(Self, CallbackSlot), ProtocolError> {
        Self::start(PulseClient::connect()?, stream_params(sink, rate, buffer), callback, on_event)
    }

    fn start(
        mut client: PulseClient,
        params: PlaybackStreamParams,
        callback: Option<AudioCallback>,
        on_event: impl Fn(DeviceEvent) + Send + 'static,
    ) -> Result<(Self, CallbackSlot), ProtocolError> {
        let invalid = |reason: String| ProtocolError::Invalid(reason);
        let hertz = params.sample_spec.sample_rate;
        let rate = Rate::new(hertz).ok_or_else(|| invalid(format!("a rate of {hertz} Hz")))?;
        let reply: CreatePlaybackStreamReply = client.request(&Command::CreatePlaybackStream(params))?;
        let buffer = granted_buffer(rate, &reply.buffer_attr, reply.stream_latency);
        let (source, mut slot) = CallbackSource::new(rate, buffer).map_err(|error| invalid(error.to_string()))?;
        if let Some(callback) = callback {
            slot.insert(callback);
        }
        let socket = client.connection()?;
        socket.set_read_timeout(None)?;
        socket.set_write_timeout(None)?;
        let feeder = StreamFeeder {
            version: client.version,
            socket: client.socket,
            channel: reply.channel,
            rate,
            source,
            chunk: vec![0; DESCRIPTOR_SIZE + CHUNK_BYTES],
        };
        thread::Builder::new().name("audio output".to_owned()).spawn(move || {
            let _report = ReportLoss(on_event);
            let _ = feeder.run(reply.requested_bytes as usize);
        })?;
        Ok((Self { socket }, slot))
    }
}

impl Drop for PulseStream {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

/// Reports the loss of the device when the thread ends, in whatever way.
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

/// The buffer that the server has granted. A sink that can't wake up quickly holds more than was requested.
fn granted_buffer(rate: Rate, granted: &BufferAttr, sink_microseconds: u64) -> DeviceBuffer {
    let frames = |bytes: u32| Frames(u64::from(bytes) / FRAME_BYTES as u64);
    let sink = rate.frames(Duration::from_micros(sink_microseconds));
    DeviceBuffer {
        rate,
        period: sink.max(frames(granted.minimum_request_length)),
        capacity: sink + frames(granted.target_length),
    }
}

/// What the server says of the stream.
enum ServerMessage {
    /// The stream has room for this many bytes.
    Request(usize),
    /// The stream had nothing to play.
    Underflow,
    /// The stream has another buffer from now on.
    BufferChanged(DeviceBuffer),
    /// The server has ended the stream.
    Killed,
    /// Something that does not matter here.
    Other,
}

/// The thread's part of a stream.
struct StreamFeeder {
    socket: BufReader<UnixStream>,
    version: u16,
    channel: u32,
    rate: Rate,
    source: CallbackSource,
    /// A descriptor, and room for samples.
    chunk: Vec<u8>,
}

impl StreamFeeder {
    /// Answers requests until the stream ends. The first request came with the stream itself.
    fn run(mut self, mut requested: usize) -> Result<(), ProtocolError> {
        loop {
            let now = requested.min(MAX_ANSWER_BYTES);
            self.send_samples(now)?;
            requested -= now;
            let mut pause = if requested > 0 { ANSWER_PAUSE } else { NO_PAUSE };
            // Every message that has come is read before more is sent: the server may have run dry since it asked.
            while requested == 0 || self.has_message_within(pause)? {
                pause = NO_PAUSE;
                match self.read_message()? {
                    ServerMessage::Request(bytes) => requested += bytes,
                    ServerMessage::Underflow => self.source.report_underrun(),
                    ServerMessage::BufferChanged(buffer) => self.source.set_buffer(buffer),
                    ServerMessage::Killed => return Ok(()),
                    ServerMessage::Other => {}
                }
            }
        }
    }

    fn has_message_within(&self, timeout: Timespec) -> Result<bool, ProtocolError> {
        if !self.socket.buffer().is_empty() {
            return Ok(true);
        }
        let mut polled = [PollFd::new(self.socket.get_ref(), PollFlags::IN)];
        match poll(&mut polled, Some(&timeout)) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(std::io::Error::from(error).into()),
        }
    }

    /// Waits for the next message of the server.
    fn read_message(&mut self) -> Result<ServerMessage, ProtocolError> {
        let descriptor = read_descriptor(&mut self.socket)?;
        let mut command = [0; MAX_COMMAND_BYTES];
        let length = (descriptor.length as usize).min(MAX_COMMAND_BYTES);
        self.socket.read_exact(&mut command[..length])?;
        self.skip(descriptor.length as usize - length)?;
        if descriptor.channel != COMMAND_CHANNEL {
            return Ok(ServerMessage::Other);
        }
        let command = &command[..length];
        let mut bytes = command;
        let mut reader = TagStructReader::new(&mut bytes, self.version);
        let (tag, _): (CommandTag, u32) = (reader.read_enum()?, reader.read_u32()?);
        let mut is_own = || reader.read_u32().is_ok_and(|channel| channel == self.channel);
        Ok(match tag {
            CommandTag::Request if is_own() => ServerMessage::Request(reader.read_u32()? as usize),
            CommandTag::Underflow if is_own() => ServerMessage::Underflow,
            CommandTag::PlaybackStreamKilled if is_own() => ServerMessage::Killed,
            CommandTag::PlaybackStreamMoved | CommandTag::PlaybackBufferAttrChanged if is_own() => {
                ServerMessage::BufferChanged(self.changed_buffer(command)?)
            }
            _ => ServerMessage::Other,
        })
    }

    /// The buffer after a move, or after the server has changed it. Both messages end with it; the name before it is passed over, because
    /// reading that would allocate.
    fn changed_buffer(&self, command: &[u8]) -> Result<DeviceBuffer, ProtocolError> {
        let mut bytes = &command[command.len().saturating_sub(BUFFER_REPLY_BYTES)..];
        let mut reader = TagStructReader::new(&mut bytes, self.version);
        let attributes = BufferAttr {
            max_length: reader.read_u32()?,
            target_length: reader.read_u32()?,
            pre_buffering: reader.read_u32()?,
            minimum_request_length: reader.read_u32()?,
            ..BufferAttr::default()
        };
        Ok(granted_buffer(self.rate, &attributes, reader.read_usec()?))
    }

    /// Reads past the rest of a message.
    fn skip(&mut self, mut count: usize) -> Result<(), ProtocolError> {
        let mut skipped = [0; MAX_COMMAND_BYTES];
        while count > 0 {
            let next = count.min(skipped.len());
            self.socket.read_exact(&mut skipped[..next])?;
            count -= next;
        }
        Ok(())
    }

    fn send_samples(&mut self, bytes: usize) -> Result<(), ProtocolError> {
        let mut remaining = bytes - bytes % FRAME_BYTES;
        while remaining > 0 {
            let count = remaining.min(CHUNK_BYTES);
            let descriptor = Descriptor {
                length: u32::try_from(count).unwrap_or_default(),
                channel: self.channel,
                offset: 0,
                flags: DescriptorFlags::empty(),
            };
            let (head, samples) = self.chunk[..DESCRIPTOR_SIZE + count].split_at_mut(DESCRIPTOR_SIZE);
            if let Ok(head) = head.try_into() {
                encode_descriptor(head, &descriptor);
            }
            for (bytes, sample) in samples.chunks_exact_mut(size_of::<f32>()).zip(&mut self.source) {
                bytes.copy_from_slice(&sample.to_le_bytes());
            }
            self.socket.get_mut().write_all(&self.chunk[..DESCRIPTOR_SIZE + count])?;
            remaining -= count;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
