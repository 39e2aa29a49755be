//! A recording stream of the sound server. Its thread reads the server's data, and never waits for the receiver of the samples.

use std::ffi::CString;
use std::io::{BufReader, Read};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use pulseaudio::protocol::{
    ChannelMap, Command, CommandTag, CreateRecordStreamReply, Prop, Props, ProtocolError, RecordStreamParams,
    SampleFormat, SampleSpec, ServerInfo, SourceInfoList, TagStructReader, read_descriptor, stream::BufferAttr,
    stream::StreamFlags,
};

use super::client::{CLIENT_NAME, PulseClient};
use crate::units::Rate;

/// The length of the server's fragments.
const FRAGMENT: Duration = Duration::from_millis(20);
/// The channel of commands, which belongs to no stream.
const COMMAND_CHANNEL: u32 = u32::MAX;
const SAMPLE_BYTES: usize = size_of::<f32>();
/// The size of a read.
const CHUNK_BYTES: usize = 4096 * SAMPLE_BYTES;

/// A source of the server: a microphone, or the monitor of a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::io::device) struct PulseMicrophone {
    /// The server's name for it.
    pub(in crate::io::device) id: CString,
    /// The display name.
    pub(in crate::io::device) name: String,
    pub(in crate::io::device) is_default: bool,
}

/// Returns the sources of the sound server, over a connection that is closed before this returns.
pub(in crate::io::device) fn list_microphones() -> Result<Vec<PulseMicrophone>, ProtocolError> {
    let mut client = PulseClient::connect()?;
    let server: ServerInfo = client.request(&Command::GetServerInfo)?;
    let sources: SourceInfoList = client.request(&Command::GetSourceInfoList)?;
    let microphones = sources.into_iter().map(|source| PulseMicrophone {
        name: source.description.as_ref().unwrap_or(&source.name).to_string_lossy().into_owned(),
        is_default: server.default_source_name.as_ref() == Some(&source.name),
        id: source.name,
    });
    Ok(microphones.collect())
}

/// A stream that records until it is dropped. Dropping it never blocks.
pub(in crate::io::device) struct PulseRecording {
    socket: UnixStream,
}

impl PulseRecording {
    /// Records a source in mono. `take` is called with every part, on a background thread; `on_lost` once, when the source is gone.
    pub(in crate::io::device) fn open(
        source: CString,
        rate: Rate,
        take: impl FnMut(&[f32]) + Send + 'static,
        on_lost: impl FnOnce() + Send + 'static,
    ) -> Result<Self, ProtocolError> {
        let mut client = PulseClient::connect()?;
        let reply: CreateRecordStreamReply = client.request(&Command::CreateRecordStream(params(source, rate)))?;
        let socket = client.connection()?;
        socket.set_read_timeout(None)?;
        let reader = MicrophoneReader { version: client.version, socket: client.socket, channel: reply.channel, take };
        thread::Builder::new().name("audio input".to_owned()).spawn(move || {
            let _ = reader.run();
            on_lost();
        })?;
        Ok(Self { socket })
    }
}

impl Drop for PulseRecording {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

/// A take must not continue with another microphone, so the stream ends with its source.
fn params(source: CString, rate: Rate) -> RecordStreamParams {
    let fragment = rate.frames(FRAGMENT).index() * SAMPLE_BYTES;
    let mut props = Props::new();
    props.set(Prop::MediaName, CLIENT_NAME);
    RecordStreamParams {
        source_name: Some(source),
        sample_spec: SampleSpec { format: SampleFormat::Float32Le, channels: 1, sample_rate: rate.hertz() },
        channel_map: ChannelMap::mono(),
        buffer_attr: BufferAttr { fragment_size: u32::try_from(fragment).unwrap_or(u32::MAX), ..BufferAttr::default() },
        flags: StreamFlags { adjust_latency: true, no_move: true, ..StreamFlags::default() },
        props,
        ..RecordStreamParams::default()
    }
}

/// The thread's part of a stream.
struct MicrophoneReader<T: FnMut(&[f32])> {
    socket: BufReader<UnixStream>,
    version: u16,
    channel: u32,
    take: T,
}

impl<T: FnMut(&[f32])> MicrophoneReader<T> {
    /// Reads until the stream ends.
    fn run(mut self) -> Result<(), ProtocolError> {
        let mut bytes = vec![0; CHUNK_BYTES];
        let mut samples = vec![0.0_f32; CHUNK_BYTES / SAMPLE_BYTES];
        // The bytes of an incomplete sample.
        let mut pending = 0;
        loop {
            let descriptor = read_descriptor(&mut self.socket)?;
            let mut remaining = descriptor.length as usize;
            if descriptor.channel == COMMAND_CHANNEL {
                if self.ends_stream(remaining)? {
                    return Ok(());
                }
                continue;
            }
            let is_own = descriptor.channel == self.channel;
            while remaining > 0 {
                let count = remaining.min(CHUNK_BYTES - pending);
                self.socket.read_exact(&mut bytes[pending..pending + count])?;
                remaining -= count;
                if !is_own {
                    continue;
                }
                let whole = (pending + count) / SAMPLE_BYTES;
                for (sample, bytes) in samples.iter_mut().zip(bytes.as_chunks::<SAMPLE_BYTES>().0.iter().take(whole)) {
                    *sample = f32::from_le_bytes(*bytes);
                }
                (self.take)(&samples[..whole]);
                let rest = whole * SAMPLE_BYTES..pending + count;
                pending = rest.len();
                bytes.copy_within(rest, 0);
            }
        }
    }

    /// Reads a command. Returns whether it ends the stream.
    fn ends_stream(&mut self, length: usize) -> Result<bool, ProtocolError> {
        let mut command = [0; 64];
        let known = length.min(command.len());
        self.socket.read_exact(&mut command[..known])?;
        std::io::copy(&mut (&mut self.socket).take((length - known) as u64), &mut std::io::sink())?;
        let mut bytes = &command[..known];
        let mut reader = TagStructReader::new(&mut bytes, self.version);
        let tag: CommandTag = reader.read_enum()?;
        Ok(tag == CommandTag::RecordStreamKilled)
    }
}
