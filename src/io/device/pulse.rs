//! A small client of the sound server: whether it answers, a stream that plays there, and where the streams of this program come out.
//! PipeWire speaks the same protocol.

mod playback;

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::io::{BufReader, Read};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

pub(super) use playback::Playback;
use pulseaudio::protocol::{
    self, AuthParams, AuthReply, Command, CommandReply, CommandTag, Prop, Props, ProtocolError, SetClientNameReply,
    SinkInfo, SinkInfoList, SinkInputInfo, SinkInputInfoList, SubscriptionMask, TagStructReader,
};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

/// How long a server that is well may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// More than any server has to say at once.
const LONGEST: u32 = 16 << 20;
/// The name that is shown to people who look at the server's clients.
const NAME: &CStr = c"karuna";

/// Where a stream comes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The stream, as the server counts them.
    pub(super) stream: u32,
    /// The sink, as the server counts them.
    pub(super) sink: u32,
    /// The sink's active port: its headphones, or its loudspeakers.
    pub(super) port: Option<String>,
    /// As people know it.
    pub(super) name: String,
}

/// A connection to the sound server.
pub(super) struct Client {
    socket: BufReader<UnixStream>,
    version: u16,
    /// Of the last command that was sent.
    sequence: u32,
    /// Something was told to have changed.
    changed: bool,
}

/// Whether a sound server runs and answers. A program that asks one that hangs would hang with it.
pub(super) fn answers() -> bool {
    Client::connect().is_ok()
}

impl Client {
    /// Connects to the server that the environment names, with patience for each answer.
    pub(super) fn connect() -> Result<Self, ProtocolError> {
        let path =
            pulseaudio::socket_path_from_env().ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))?;
        Self::connect_to(&path)
    }

    fn connect_to(path: &Path) -> Result<Self, ProtocolError> {
        // One that is stopped takes no more connections at some time, and to wait for it would be to wait for ever.
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).map_err(std::io::Error::from)?;
        let address = SocketAddrUnix::new(path).map_err(std::io::Error::from)?;
        connect(&socket, &address).map_err(std::io::Error::from)?;
        let socket = UnixStream::from(socket);
        socket.set_nonblocking(false)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        let version = protocol::MAX_VERSION;
        let mut client = Self { socket: BufReader::new(socket), version, sequence: 0, changed: false };
        client.introduce()?;
        Ok(client)
    }

    fn introduce(&mut self) -> Result<(), ProtocolError> {
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok()).unwrap_or_default();
        let params = AuthParams { version: protocol::MAX_VERSION, supports_shm: false, supports_memfd: false, cookie };
        let reply: AuthReply = self.ask(&Command::Auth(params))?;
        self.version = protocol::MAX_VERSION.min(reply.version);
        let mut properties = Props::new();
        properties.set(Prop::ApplicationName, NAME);
        if let Ok(process) = CString::new(std::process::id().to_string()) {
            properties.set(Prop::ApplicationProcessId, process);
        }
        let _: SetClientNameReply = self.ask(&Command::SetClientName(properties))?;
        Ok(())
    }

    /// The connection itself, to end it from elsewhere.
    pub(super) fn connection(&self) -> std::io::Result<UnixStream> {
        self.socket.get_ref().try_clone()
    }

    /// Tells where this program's streams come out, now and whenever that may have changed, until the connection ends.
    pub(super) fn watch(&mut self, mut tell: impl FnMut(Vec<Place>)) -> Result<(), ProtocolError> {
        self.send(&Command::Subscribe(SubscriptionMask::SINK | SubscriptionMask::SINK_INPUT))?;
        self.answer(|_| Ok(()))?;
        self.socket.get_ref().set_read_timeout(None)?;
        loop {
            self.changed = false;
            tell(self.places()?);
            while !self.changed {
                let message = self.message()?;
                self.note(&message)?;
            }
        }
    }

    /// Where this program's streams come out. One that is on its way from one sink to another comes out nowhere.
    fn places(&mut self) -> Result<Vec<Place>, ProtocolError> {
        let streams: SinkInputInfoList = self.ask(&Command::GetSinkInputInfoList)?;
        let sinks: SinkInfoList = self.ask(&Command::GetSinkInfoList)?;
        let sinks: BTreeMap<u32, &SinkInfo> = sinks.iter().map(|sink| (sink.index, sink)).collect();
        let own = streams.iter().filter(|stream| is_own(stream));
        Ok(own.filter_map(|stream| sinks.get(&stream.sink_index).map(|sink| place(stream, sink))).collect())
    }

    fn ask<R: CommandReply>(&mut self, command: &Command) -> Result<R, ProtocolError> {
        self.send(command)?;
        self.answer(reply)
    }

    fn send(&mut self, command: &Command) -> Result<(), ProtocolError> {
        self.sequence += 1;
        protocol::write_command_message(self.socket.get_mut(), self.sequence, command, self.version)
    }

    /// The answer to the last command. Events that come before it are noted.
    fn answer<R>(
        &mut self,
        read: impl Fn(&mut TagStructReader<'_>) -> Result<R, ProtocolError>,
    ) -> Result<R, ProtocolError> {
        loop {
            let message = self.message()?;
            let mut bytes = &message[..];
            let mut reader = TagStructReader::new(&mut bytes, self.version);
            let (tag, sequence): (CommandTag, u32) = (reader.read_enum()?, reader.read_u32()?);
            match tag {
                CommandTag::Reply if sequence == self.sequence => return read(&mut reader),
                CommandTag::Error if sequence == self.sequence => {
                    return Err(ProtocolError::ServerError(reader.read_enum()?));
                }
                _ => self.note(&message)?,
            }
        }
    }

    fn note(&mut self, message: &[u8]) -> Result<(), ProtocolError> {
        let mut bytes = message;
        let tag: CommandTag = TagStructReader::new(&mut bytes, self.version).read_enum()?;
        self.changed |= tag == CommandTag::SubscribeEvent;
        Ok(())
    }

    /// The next message, whole.
    fn message(&mut self) -> Result<Vec<u8>, ProtocolError> {
        let length = protocol::read_descriptor(&mut self.socket)?.length;
        if length > LONGEST {
            return Err(ProtocolError::Invalid(format!("a message of {length} bytes")));
        }
        let mut message = vec![0; length as usize];
        self.socket.read_exact(&mut message)?;
        Ok(message)
    }
}

fn reply<R: CommandReply>(reader: &mut TagStructReader<'_>) -> Result<R, ProtocolError> {
    reader.read()
}

fn is_own(stream: &SinkInputInfo) -> bool {
    let process = stream.props.get(Prop::ApplicationProcessId).map(|value| value.strip_suffix(b"\0").unwrap_or(value));
    process == Some(std::process::id().to_string().as_bytes())
}

fn place(stream: &SinkInputInfo, sink: &SinkInfo) -> Place {
    let name = sink.description.as_ref().unwrap_or(&sink.name).to_string_lossy();
    let port = sink.ports.get(sink.active_port);
    let described = port.and_then(|port| port.description.as_ref()).map(|port| port.to_string_lossy());
    Place {
        stream: stream.index,
        sink: sink.index,
        port: port.map(|port| port.name.to_string_lossy().into_owned()),
        name: described.map_or_else(|| name.clone().into_owned(), |port| format!("{port} ({name})")),
    }
}

#[cfg(test)]
mod tests;
