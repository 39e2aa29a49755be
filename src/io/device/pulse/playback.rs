//! A stream of the sound server's that plays. Its thread waits for the server's requests and answers each at once.
//!
//! Of what is held in all, a quarter lies in the sink, and the server asks whenever the sink has taken that much: it wakes up no more
//! often, and an answer may be late by two more quarters. The server divides it so by a least request of a quarter
//! (`fix_playback_buffer_attr` of PulseAudio 16). cpal asks for a half, which leaves the sink nothing, so that it wakes up every half a
//! millisecond.

use std::ffi::CString;
use std::io::{BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use pulseaudio::protocol::{
    ChannelMap, Command, CommandTag, CreatePlaybackStreamReply, DESCRIPTOR_SIZE, Descriptor, DescriptorFlags,
    PlaybackStreamParams, Prop, Props, ProtocolError, SampleFormat, SampleSpec, TagStructReader, encode_descriptor,
    read_descriptor, stream::BufferAttr, stream::StreamFlags,
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::{Client, NAME};
use crate::io::device::DeviceEvent;
use crate::io::device::tap::{Buffer, CallbackSlot, CallbackSource};
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// Of a frame: two samples of 32 bits.
const FRAME_BYTES: usize = 8;
/// So many bytes are filled and sent at once, at most.
const PORTION: usize = 2048 * FRAME_BYTES;
/// The channel of commands, which is no stream's.
const COMMANDS: u32 = u32::MAX;
/// No command that matters here is longer.
const COMMAND_BYTES: usize = 512;
/// Four numbers of 32 bits and one of 64, each after its tag.
const HELD_BYTES: usize = 4 * 5 + 9;
/// So much is answered at once: a server that asks for seconds must not take all that was rendered ahead faster than it is rendered.
const AT_ONCE: usize = 9600 * FRAME_BYTES;
/// After so long, as much again of what is left.
const PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
/// Without waiting.
const NO_PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// A stream that plays, until it is dropped. Dropping it never waits.
pub(in crate::io::device) struct Playback {
    socket: UnixStream,
}

impl Playback {
    /// Plays the callback into a sink, or into the server's default one, which is left to the server to change. The server holds
    /// about `held` frames. Its end is told.
    pub(in crate::io::device) fn open(
        sink: Option<CString>,
        rate: Rate,
        held: Frames,
        callback: Option<AudioCallback>,
        told: Sender<DeviceEvent>,
    ) -> Result<(Self, CallbackSlot), ProtocolError> {
        Self::start(Client::connect()?, params(sink, rate, held), callback, told)
    }

    fn start(
        mut client: Client,
        params: PlaybackStreamParams,
        callback: Option<AudioCallback>,
        told: Sender<DeviceEvent>,
    ) -> Result<(Self, CallbackSlot), ProtocolError> {
        let rate = Rate::new(params.sample_spec.sample_rate)
            .ok_or_else(|| ProtocolError::Invalid("a rate that is none".to_owned()))?;
        let reply: CreatePlaybackStreamReply = client.ask(&Command::CreatePlaybackStream(params))?;
        let (tap, mut valve) = CallbackSource::new(buffer(rate, &reply.buffer_attr, reply.stream_latency));
        if let Some(callback) = callback {
            valve.put(callback);
        }
        let socket = client.connection()?;
        socket.set_read_timeout(None)?;
        socket.set_write_timeout(None)?;
        let feeder = Feeder {
            version: client.version,
            socket: client.socket,
            channel: reply.channel,
            rate,
            tap,
            portion: vec![0; DESCRIPTOR_SIZE + PORTION],
        };
        thread::Builder::new().name("sound".to_owned()).spawn(move || {
            let _ = feeder.run(reply.requested_bytes as usize);
            let _ = told.send(DeviceEvent::Lost);
        })?;
        Ok((Self { socket }, valve))
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

fn params(sink: Option<CString>, rate: Rate, held: Frames) -> PlaybackStreamParams {
    let bytes = |frames: u64| u32::try_from(frames * FRAME_BYTES as u64).unwrap_or(u32::MAX);
    let mut props = Props::new();
    props.set(Prop::MediaName, NAME);
    PlaybackStreamParams {
        sink_name: sink,
        sample_spec: SampleSpec { format: SampleFormat::Float32Le, channels: 2, sample_rate: rate.hertz() },
        channel_map: ChannelMap::stereo(),
        buffer_attr: BufferAttr {
            target_length: bytes(held.0),
            minimum_request_length: bytes(held.0 / 4),
            ..BufferAttr::default()
        },
        flags: StreamFlags { adjust_latency: true, ..StreamFlags::default() },
        props,
        ..PlaybackStreamParams::default()
    }
}

/// What the server made of it: a sink that can't be quick holds more.
fn buffer(rate: Rate, granted: &BufferAttr, sink_microseconds: u64) -> Buffer {
    let frames = |bytes: u32| Frames(u64::from(bytes) / FRAME_BYTES as u64);
    let sink = rate.frames(Duration::from_micros(sink_microseconds));
    Buffer {
        rate,
        period: sink.max(frames(granted.minimum_request_length)),
        whole: sink + frames(granted.target_length),
    }
}

/// What the server says of the stream.
enum Heard {
    /// It has room for so many bytes.
    Request(usize),
    /// It had nothing to play.
    Underflow,
    /// It holds another amount from now on.
    Holds(Buffer),
    /// It has ended the stream.
    Killed,
    /// Something else.
    Nothing,
}

/// The thread's part.
struct Feeder {
    socket: BufReader<UnixStream>,
    version: u16,
    channel: u32,
    rate: Rate,
    tap: CallbackSource,
    /// A descriptor, and room for samples.
    portion: Vec<u8>,
}

impl Feeder {
    /// Answers requests, the first of which is known, until the stream ends.
    fn run(mut self, mut requested: usize) -> Result<(), ProtocolError> {
        loop {
            let now = requested.min(AT_ONCE);
            self.feed(now)?;
            requested -= now;
            let mut patience = if requested > 0 { PAUSE } else { NO_PAUSE };
            // All that has come is heard before more is given: the server may have run dry since it asked.
            while requested == 0 || self.speaks(patience)? {
                patience = NO_PAUSE;
                match self.hear()? {
                    Heard::Request(bytes) => requested += bytes,
                    Heard::Underflow => self.tap.ran_dry(),
                    Heard::Holds(buffer) => self.tap.holds(buffer),
                    Heard::Killed => return Ok(()),
                    Heard::Nothing => {}
                }
            }
        }
    }

    /// Whether the server says something within this time.
    fn speaks(&self, patience: Timespec) -> Result<bool, ProtocolError> {
        if !self.socket.buffer().is_empty() {
            return Ok(true);
        }
        let mut polled = [PollFd::new(self.socket.get_ref(), PollFlags::IN)];
        match poll(&mut polled, Some(&patience)) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(std::io::Error::from(error).into()),
        }
    }

    /// Waits for what the server says next.
    fn hear(&mut self) -> Result<Heard, ProtocolError> {
        let descriptor = read_descriptor(&mut self.socket)?;
        let mut command = [0; COMMAND_BYTES];
        let known = (descriptor.length as usize).min(COMMAND_BYTES);
        self.socket.read_exact(&mut command[..known])?;
        self.skip(descriptor.length as usize - known)?;
        if descriptor.channel != COMMANDS {
            return Ok(Heard::Nothing);
        }
        let command = &command[..known];
        let mut bytes = command;
        let mut reader = TagStructReader::new(&mut bytes, self.version);
        let (tag, _): (CommandTag, u32) = (reader.read_enum()?, reader.read_u32()?);
        let mut is_own = || reader.read_u32().is_ok_and(|channel| channel == self.channel);
        Ok(match tag {
            CommandTag::Request if is_own() => Heard::Request(reader.read_u32()? as usize),
            CommandTag::Underflow if is_own() => Heard::Underflow,
            CommandTag::PlaybackStreamKilled if is_own() => Heard::Killed,
            CommandTag::PlaybackStreamMoved | CommandTag::PlaybackBufferAttrChanged if is_own() => {
                Heard::Holds(self.held(command)?)
            }
            _ => Heard::Nothing,
        })
    }

    /// What is held where the sound has moved, or the server has thought better of it. Both say it at their end; before it stands a
    /// name that is passed over, as to read it would allocate.
    fn held(&self, command: &[u8]) -> Result<Buffer, ProtocolError> {
        let mut bytes = &command[command.len().saturating_sub(HELD_BYTES)..];
        let mut reader = TagStructReader::new(&mut bytes, self.version);
        let attributes = BufferAttr {
            max_length: reader.read_u32()?,
            target_length: reader.read_u32()?,
            pre_buffering: reader.read_u32()?,
            minimum_request_length: reader.read_u32()?,
            ..BufferAttr::default()
        };
        Ok(buffer(self.rate, &attributes, reader.read_usec()?))
    }

    /// Passes over what no one wants to know.
    fn skip(&mut self, mut count: usize) -> Result<(), ProtocolError> {
        let mut unwanted = [0; COMMAND_BYTES];
        while count > 0 {
            let next = count.min(unwanted.len());
            self.socket.read_exact(&mut unwanted[..next])?;
            count -= next;
        }
        Ok(())
    }

    fn feed(&mut self, requested: usize) -> Result<(), ProtocolError> {
        let mut left = requested - requested % FRAME_BYTES;
        while left > 0 {
            let count = left.min(PORTION);
            let descriptor = Descriptor {
                length: u32::try_from(count).unwrap_or_default(),
                channel: self.channel,
                offset: 0,
                flags: DescriptorFlags::empty(),
            };
            let (head, samples) = self.portion[..DESCRIPTOR_SIZE + count].split_at_mut(DESCRIPTOR_SIZE);
            if let Ok(head) = head.try_into() {
                encode_descriptor(head, &descriptor);
            }
            for (bytes, sample) in samples.chunks_exact_mut(size_of::<f32>()).zip(&mut self.tap) {
                bytes.copy_from_slice(&sample.to_le_bytes());
            }
            self.socket.get_mut().write_all(&self.portion[..DESCRIPTOR_SIZE + count])?;
            left -= count;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
