//! The thread of a stream, which answers the server's requests immediately.

use std::io::{BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pulseaudio::protocol::{
    Command, CommandTag, DESCRIPTOR_SIZE, Descriptor, DescriptorFlags, ProtocolError, TagStructReader,
    encode_command_message, encode_descriptor, read_descriptor,
    stream::{BufferAttr, CorkStreamParams},
};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::io::Errno;

use crate::io::device::buffer::DeviceBuffer;
use crate::io::device::callback_source::CallbackSource;
use crate::units::{Frames, Rate};

/// The size of a frame: two 32-bit samples.
pub(super) const FRAME_BYTES: usize = 8;
/// The maximum number of bytes that are filled and sent at once.
pub(super) const CHUNK_BYTES: usize = 2048 * FRAME_BYTES;
/// The channel of commands, which belongs to no stream.
const COMMAND_CHANNEL: u32 = u32::MAX;
/// The maximum length of a relevant command.
const MAX_COMMAND_BYTES: usize = 512;
/// The length of a descriptor: four 32-bit numbers and one of 64 bits, each after its tag.
const BUFFER_REPLY_BYTES: usize = 4 * 5 + 9;
/// The capacity for a command to cork the stream.
const CORK_BYTES: usize = 64;
/// The maximum part of a request that is answered at once. If a server requests seconds, it must not empty the ring faster than it is
/// filled.
pub(super) const MAX_ANSWER_BYTES: usize = 12_000 * FRAME_BYTES;
/// The interval between the parts of a long request.
const ANSWER_PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
const NO_PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// Corks the stream from any thread, so that the server requests nothing and the sink may sleep.
pub(super) struct CorkSwitch {
    is_corked: AtomicBool,
    /// Wakes the thread of the stream.
    event: OwnedFd,
}

impl CorkSwitch {
    pub(super) fn new() -> std::io::Result<Self> {
        let event = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Self { is_corked: AtomicBool::new(false), event })
    }

    /// Requests that the stream be corked as soon as it is silent, or uncorked.
    pub(super) fn set(&self, is_corked: bool) {
        self.is_corked.store(is_corked, Ordering::Release);
        let _ = rustix::io::write(&self.event, &1_u64.to_ne_bytes());
    }

    fn is_corked(&self) -> bool {
        self.is_corked.load(Ordering::Acquire)
    }

    fn clear_event(&self) {
        let _ = rustix::io::read(&self.event, &mut [0; 8]);
    }
}

/// Returns the buffer granted by the server. A sink that can't wake up quickly gets more than was requested.
pub(super) fn granted_buffer(rate: Rate, granted: &BufferAttr, sink_microseconds: u64) -> DeviceBuffer {
    let frames = |bytes: u32| Frames(u64::from(bytes) / FRAME_BYTES as u64);
    let sink = rate.frames(Duration::from_micros(sink_microseconds));
    DeviceBuffer {
        rate,
        period: sink.max(frames(granted.minimum_request_length)),
        capacity: sink + frames(granted.target_length),
    }
}

/// Why the thread was woken.
enum Wakeup {
    /// The server has sent something.
    Message,
    /// Corking or uncorking was requested.
    Cork,
    /// The timeout has passed.
    Timeout,
}

/// A message of the server about the stream.
enum ServerMessage {
    /// The stream has room for this many bytes.
    Request(usize),
    /// The stream had an underrun.
    Underflow,
    /// The stream has a new buffer.
    BufferChanged(DeviceBuffer),
    /// The server has ended the stream.
    Killed,
    /// An irrelevant message.
    Other,
}

/// The thread's part of a stream.
pub(super) struct StreamFeeder {
    pub(super) socket: BufReader<UnixStream>,
    pub(super) version: u16,
    pub(super) channel: u32,
    /// The number of the next command.
    pub(super) sequence: u32,
    pub(super) rate: Rate,
    pub(super) source: CallbackSource,
    /// The buffer of the device after the prefill has been played.
    pub(super) buffer: DeviceBuffer,
    pub(super) switch: Arc<CorkSwitch>,
    /// Whether the server has been told to cork the stream.
    pub(super) is_corked: bool,
    /// The capacity for a descriptor and samples.
    pub(super) chunk: Vec<u8>,
}

/// Returns the capacity for a descriptor and the samples of a chunk.
pub(super) fn chunk_buffer() -> Vec<u8> {
    vec![0; DESCRIPTOR_SIZE + CHUNK_BYTES]
}

impl StreamFeeder {
    /// Answers requests until the stream ends. `prefill` is the amount that the server takes before it starts to play.
    pub(super) fn run(mut self, prefill: usize) -> Result<(), ProtocolError> {
        self.source.on_device_stopped();
        let at_once = prefill.min(MAX_ANSWER_BYTES);
        self.send_samples(at_once)?;
        let mut requested = prefill - at_once;
        loop {
            let mut pause = if requested > 0 { ANSWER_PAUSE } else { NO_PAUSE };
            // All received messages are processed before more is sent, because the server may have run dry since its request.
            loop {
                match self.wait((requested > 0).then_some(pause))? {
                    Wakeup::Cork => self.update_cork()?,
                    Wakeup::Timeout => break,
                    Wakeup::Message => match self.read_message()? {
                        ServerMessage::Request(bytes) => requested += bytes,
                        ServerMessage::Underflow => self.source.report_underrun(),
                        ServerMessage::BufferChanged(buffer) => self.change_buffer(buffer),
                        ServerMessage::Killed => return Ok(()),
                        ServerMessage::Other => {}
                    },
                }
                pause = NO_PAUSE;
            }
            self.update_cork()?;
            if !self.is_corked {
                self.source.on_device_started();
            }
            let now = requested.min(MAX_ANSWER_BYTES);
            self.send_samples(now)?;
            requested -= now;
            self.source.set_buffer(self.buffer);
            self.update_cork()?;
        }
    }

    fn change_buffer(&mut self, buffer: DeviceBuffer) {
        self.buffer = buffer;
        self.source.set_buffer(buffer);
    }

    /// Corks the stream once it is silent, or uncorks it, as requested.
    fn update_cork(&mut self) -> Result<(), ProtocolError> {
        let is_wanted = self.switch.is_corked();
        if is_wanted == self.is_corked || is_wanted && !self.source.has_drained() {
            return Ok(());
        }
        if is_wanted {
            self.source.on_device_stopped();
        } else {
            self.source.on_device_restarting();
        }
        self.is_corked = is_wanted;
        let cork = Command::CorkPlaybackStream(CorkStreamParams { channel: self.channel, cork: is_wanted });
        let mut message = [0; CORK_BYTES];
        let length = encode_command_message(&mut message[..], self.sequence, &cork, self.version)?;
        self.sequence = self.sequence.wrapping_add(1);
        Ok(self.socket.get_mut().write_all(&message[..length])?)
    }

    /// Waits until there is something to do, or until the timeout.
    fn wait(&self, timeout: Option<Timespec>) -> Result<Wakeup, ProtocolError> {
        if !self.socket.buffer().is_empty() {
            return Ok(Wakeup::Message);
        }
        let mut polled =
            [PollFd::new(self.socket.get_ref(), PollFlags::IN), PollFd::new(&self.switch.event, PollFlags::IN)];
        loop {
            match poll(&mut polled, timeout.as_ref()) {
                Ok(0) => return Ok(Wakeup::Timeout),
                Ok(_) if !polled[0].revents().is_empty() => return Ok(Wakeup::Message),
                Ok(_) => {
                    self.switch.clear_event();
                    return Ok(Wakeup::Cork);
                }
                Err(Errno::INTR) if timeout.is_some() => return Ok(Wakeup::Timeout),
                Err(Errno::INTR) => {}
                Err(error) => return Err(std::io::Error::from(error).into()),
            }
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

    /// Returns the buffer after a move or a change by the server. Both messages end with it; the name before it is skipped, because reading it
    /// would allocate.
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

    /// Skips the rest of a message.
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
