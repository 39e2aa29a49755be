//! The connection to the sound server, and its queries.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::io::{BufReader, Read};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use pulseaudio::protocol::{
    self, AuthParams, AuthReply, Command, CommandReply, CommandTag, GetSinkInfo, Prop, Props, ProtocolError,
    ServerInfo, SetClientNameReply, SinkInfo, SinkInfoList, SinkInputInfoList, SubscriptionMask, TagStructReader,
};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use super::address::{ServerAddress, server_addresses};
use super::location::{StreamLocations, is_own, is_wireless, location, usable_places};

/// The timeout for an answer. A healthy server is faster.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);
/// The maximum length of a server's message.
const MAX_MESSAGE_BYTES: u32 = 16 << 20;
/// The length of the cookie. A PipeWire server rejects any other length, although it ignores the content.
const COOKIE_BYTES: usize = 256;
/// The name shown in lists of the server's clients.
pub(super) const CLIENT_NAME: &CStr = c"karuna";

/// A sink of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::io::device) struct PulseSink {
    /// The server's name for it.
    pub(in crate::io::device) id: CString,
    /// The display name.
    pub(in crate::io::device) name: String,
    pub(in crate::io::device) is_default: bool,
}

/// The properties of a sink that matter for a new stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SinkProperties {
    /// Whether it is connected by Bluetooth.
    pub(super) is_wireless: bool,
    /// Whether the server is PipeWire with its PulseAudio protocol.
    pub(super) is_pipewire: bool,
}

/// A connection to the sound server.
pub(in crate::io::device) struct PulseClient {
    pub(super) socket: BufReader<UnixStream>,
    pub(super) version: u16,
    /// The number of the last command.
    sequence: u32,
    /// Whether the server has announced a change.
    has_changed: bool,
}

/// Returns the sinks of the sound server, over a connection that is closed before this returns.
///
/// # Errors
/// If no server answers.
pub(in crate::io::device) fn list_sinks() -> Result<Vec<PulseSink>, ProtocolError> {
    PulseClient::connect()?.sinks()
}

impl PulseClient {
    /// Connects to the first answering server among those of the environment, with a timeout for each answer.
    pub(in crate::io::device) fn connect() -> Result<Self, ProtocolError> {
        Self::connect_to_any(&server_addresses(|name| std::env::var_os(name), rustix::process::getuid().as_raw()))
    }

    fn connect_to_any(addresses: &[ServerAddress]) -> Result<Self, ProtocolError> {
        let mut last_error = ProtocolError::from(std::io::Error::from(std::io::ErrorKind::NotFound));
        for address in addresses {
            match Self::connect_to_address(address) {
                Ok(client) => return Ok(client),
                Err(error) => last_error = error,
            }
        }
        Err(last_error)
    }

    fn connect_to_address(address: &ServerAddress) -> Result<Self, ProtocolError> {
        match address {
            ServerAddress::Unix(path) => Self::connect_to(path),
            ServerAddress::Tcp(host, port) => Self::start(connect_tcp(host, *port)?),
        }
    }

    pub(super) fn connect_to(path: &Path) -> Result<Self, ProtocolError> {
        // A stopped server no longer accepts connections once its backlog is full, and a blocking connect would wait indefinitely.
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).map_err(std::io::Error::from)?;
        let address = SocketAddrUnix::new(path).map_err(std::io::Error::from)?;
        connect(&socket, &address).map_err(std::io::Error::from)?;
        let socket = UnixStream::from(socket);
        socket.set_nonblocking(false)?;
        Self::start(socket)
    }

    fn start(socket: UnixStream) -> Result<Self, ProtocolError> {
        socket.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        socket.set_write_timeout(Some(ANSWER_TIMEOUT))?;
        let version = protocol::MAX_VERSION;
        let mut client = Self { socket: BufReader::new(socket), version, sequence: 0, has_changed: false };
        client.authenticate()?;
        Ok(client)
    }

    /// Returns the sinks of the server.
    fn sinks(&mut self) -> Result<Vec<PulseSink>, ProtocolError> {
        let server: ServerInfo = self.request(&Command::GetServerInfo)?;
        let sinks: SinkInfoList = self.request(&Command::GetSinkInfoList)?;
        let sinks = sinks.into_iter().map(|sink| PulseSink {
            name: sink.description.as_ref().unwrap_or(&sink.name).to_string_lossy().into_owned(),
            is_default: server.default_sink_name.as_ref() == Some(&sink.name),
            id: sink.name,
        });
        Ok(sinks.collect())
    }

    fn authenticate(&mut self) -> Result<(), ProtocolError> {
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok());
        let mut cookie = cookie.unwrap_or_default();
        cookie.resize(COOKIE_BYTES, 0);
        let params = AuthParams { version: protocol::MAX_VERSION, supports_shm: false, supports_memfd: false, cookie };
        let reply: AuthReply = self.request(&Command::Auth(params))?;
        self.version = protocol::MAX_VERSION.min(reply.version);
        let mut properties = Props::new();
        properties.set(Prop::ApplicationName, CLIENT_NAME);
        if let Ok(process) = CString::new(std::process::id().to_string()) {
            properties.set(Prop::ApplicationProcessId, process);
        }
        let _: SetClientNameReply = self.request(&Command::SetClientName(properties))?;
        Ok(())
    }

    /// Returns the sink with this index, and its properties for a stream.
    pub(super) fn sink_properties(&mut self, index: u32) -> Result<SinkProperties, ProtocolError> {
        let sink: SinkInfo = self.request(&Command::GetSinkInfo(GetSinkInfo { index: Some(index), name: None }))?;
        let is_pipewire = sink.driver.as_deref() == Some(c"PipeWire");
        Ok(SinkProperties { is_wireless: is_wireless(&sink), is_pipewire })
    }

    /// Returns the next command number, for commands that are not sent through this client.
    pub(super) fn next_sequence(&self) -> u32 {
        self.sequence + 1
    }

    /// Returns the sink to which this program's stream was moved, unless it is the wanted sink, or the default sink if none is wanted. `None`
    /// also if the server does not answer.
    pub(super) fn chosen_sink(&mut self, wanted: Option<&CStr>) -> Option<CString> {
        let server: ServerInfo = self.request(&Command::GetServerInfo).ok()?;
        let streams: SinkInputInfoList = self.request(&Command::GetSinkInputInfoList).ok()?;
        let sinks: SinkInfoList = self.request(&Command::GetSinkInfoList).ok()?;
        let stream = streams.iter().find(|stream| is_own(stream))?;
        let sink = sinks.into_iter().find(|sink| sink.index == stream.sink_index)?.name;
        let usual = wanted.or(server.default_sink_name.as_deref());
        (usual != Some(&*sink)).then_some(sink)
    }

    /// Returns a second handle to the connection, for closing it from another thread.
    pub(in crate::io::device) fn connection(&self) -> std::io::Result<UnixStream> {
        self.socket.get_ref().try_clone()
    }

    /// Reports the outputs of this program's streams, now and after each change, until the connection ends.
    pub(in crate::io::device) fn watch(
        &mut self,
        mut report: impl FnMut(StreamLocations),
    ) -> Result<(), ProtocolError> {
        self.send(&Command::Subscribe(SubscriptionMask::SINK | SubscriptionMask::SINK_INPUT))?;
        self.read_answer(|_| Ok(()))?;
        self.socket.get_ref().set_read_timeout(None)?;
        loop {
            self.has_changed = false;
            report(self.locations()?);
            while !self.has_changed {
                let message = self.read_message()?;
                self.note_event(&message)?;
            }
        }
    }

    /// Returns the outputs of this program's streams. A stream that is moving between two sinks has none.
    fn locations(&mut self) -> Result<StreamLocations, ProtocolError> {
        let streams: SinkInputInfoList = self.request(&Command::GetSinkInputInfoList)?;
        let sinks: SinkInfoList = self.request(&Command::GetSinkInfoList)?;
        let sinks: BTreeMap<u32, &SinkInfo> = sinks.iter().map(|sink| (sink.index, sink)).collect();
        let own = streams.iter().filter(|stream| is_own(stream));
        let streams =
            own.filter_map(|stream| sinks.get(&stream.sink_index).map(|sink| location(stream, sink))).collect();
        Ok(StreamLocations { streams, usable: sinks.values().flat_map(|sink| usable_places(sink)).collect() })
    }

    pub(super) fn request<R: CommandReply>(&mut self, command: &Command) -> Result<R, ProtocolError> {
        self.send(command)?;
        self.read_answer(read_reply)
    }

    fn send(&mut self, command: &Command) -> Result<(), ProtocolError> {
        self.sequence += 1;
        protocol::write_command_message(self.socket.get_mut(), self.sequence, command, self.version)
    }

    /// Returns the answer to the last command. Events that arrive before it are recorded.
    fn read_answer<R>(
        &mut self,
        read: impl Fn(&mut TagStructReader<'_>) -> Result<R, ProtocolError>,
    ) -> Result<R, ProtocolError> {
        loop {
            let message = self.read_message()?;
            let mut bytes = &message[..];
            let mut reader = TagStructReader::new(&mut bytes, self.version);
            let (tag, sequence): (CommandTag, u32) = (reader.read_enum()?, reader.read_u32()?);
            match tag {
                CommandTag::Reply if sequence == self.sequence => return read(&mut reader),
                CommandTag::Error if sequence == self.sequence => {
                    return Err(ProtocolError::ServerError(reader.read_enum()?));
                }
                _ => self.note_event(&message)?,
            }
        }
    }

    fn note_event(&mut self, message: &[u8]) -> Result<(), ProtocolError> {
        let mut bytes = message;
        let tag: CommandTag = TagStructReader::new(&mut bytes, self.version).read_enum()?;
        self.has_changed |= tag == CommandTag::SubscribeEvent;
        Ok(())
    }

    fn read_message(&mut self) -> Result<Vec<u8>, ProtocolError> {
        let length = protocol::read_descriptor(&mut self.socket)?.length;
        if length > MAX_MESSAGE_BYTES {
            return Err(ProtocolError::Invalid(format!("a message of {length} bytes")));
        }
        let mut message = vec![0; length as usize];
        self.socket.read_exact(&mut message)?;
        Ok(message)
    }
}

/// Connects to a server on the network. The socket is wrapped in the type of a Unix socket, because everything done with it works for
/// both.
fn connect_tcp(host: &str, port: u16) -> std::io::Result<UnixStream> {
    let mut last_error = std::io::Error::from(std::io::ErrorKind::NotFound);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, ANSWER_TIMEOUT) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(UnixStream::from(OwnedFd::from(stream)));
            }
            Err(error) => last_error = error,
        }
    }
    Err(last_error)
}

fn read_reply<R: CommandReply>(reader: &mut TagStructReader<'_>) -> Result<R, ProtocolError> {
    reader.read()
}

#[cfg(test)]
mod tests;
