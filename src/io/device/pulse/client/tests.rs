//! The client with a fake server that reports a sound card with a headphone jack.

use std::ffi::CString;
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::thread;

use pulseaudio::protocol::port_info::PortAvailable;
use pulseaudio::protocol::{
    ChannelMap, ChannelVolume, FormatEncoding, FormatInfo, SinkInputInfo, SubscriptionEvent, SubscriptionEventFacility,
    SubscriptionEventType, Volume,
};

use super::super::location::{StreamLocation, mute_cause};
use super::*;
use crate::io::device::event::MuteCause;

const HEADPHONES: usize = 0;
const LOUDSPEAKERS: usize = 1;

fn sink(active_port: usize) -> SinkInfo {
    let mut sink = SinkInfo::new_dummy(7);
    let port = |number: usize, name: &str| {
        let mut port = sink.ports[0].clone();
        port.available = if number == active_port { PortAvailable::Yes } else { PortAvailable::No };
        port.name = CString::new(name).unwrap();
        port.description = Some(CString::new(name.to_uppercase()).unwrap());
        port
    };
    sink.ports = vec![port(HEADPHONES, "headphones"), port(LOUDSPEAKERS, "loudspeakers")];
    sink.description = Some(c"The card".to_owned());
    sink.active_port = active_port;
    sink
}

fn stream(index: u32, process: u32) -> SinkInputInfo {
    let mut props = Props::new();
    props.set(Prop::ApplicationProcessId, CString::new(process.to_string()).unwrap());
    SinkInputInfo {
        index,
        sink_index: 7,
        sample_spec: sink(HEADPHONES).sample_spec,
        channel_map: ChannelMap::stereo(),
        cvolume: ChannelVolume::norm(2),
        format: FormatInfo::new(FormatEncoding::Pcm),
        props,
        ..SinkInputInfo::default()
    }
}

/// Starts a server that reports these active ports in turn, each with an event before and after its answer, and then closes the
/// connection.
fn serve(listener: UnixListener, ports: Vec<usize>) {
    let mut socket = BufReader::new(listener.accept().unwrap().0);
    let version = protocol::MAX_VERSION;
    let changed = Command::SubscribeEvent(SubscriptionEvent {
        event_facility: SubscriptionEventFacility::Sink,
        event_type: SubscriptionEventType::Changed,
        index: Some(7),
    });
    let mut ports = ports.into_iter();
    while let Ok((sequence, command)) = protocol::read_command_message(&mut socket, version) {
        let to = socket.get_mut();
        match command {
            Command::Auth(_) => {
                let reply = AuthReply { version, use_memfd: false, use_shm: false };
                protocol::write_reply_message(to, sequence, &reply, version).unwrap();
            }
            Command::SetClientName(_) => {
                protocol::write_reply_message(to, sequence, &SetClientNameReply { client_id: 3 }, version).unwrap();
            }
            Command::Subscribe(_) => protocol::write_ack_message(to, sequence).unwrap(),
            Command::GetSinkInputInfoList => {
                protocol::write_command_message(&mut *to, u32::MAX, &changed, version).unwrap();
                let streams = vec![stream(1, std::process::id()), stream(2, std::process::id() + 1)];
                protocol::write_reply_message(to, sequence, &streams, version).unwrap();
            }
            Command::GetSinkInfoList => {
                let Some(port) = ports.next() else { return };
                protocol::write_reply_message(&mut *to, sequence, &vec![sink(port)], version).unwrap();
                protocol::write_command_message(to, u32::MAX, &changed, version).unwrap();
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn unplugging_headphones_selects_another_port_of_the_same_sink() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("native");
    let listener = UnixListener::bind(&path).unwrap();
    let server = thread::spawn(|| serve(listener, vec![HEADPHONES, HEADPHONES, LOUDSPEAKERS]));
    let mut reported = Vec::new();
    let ended = PulseClient::connect_to(&path).unwrap().watch(|locations| reported.push(locations));
    assert!(ended.is_err(), "the server closes the connection");
    server.join().unwrap();
    let location = |port: &str| {
        let name = format!("{} (The card)", port.to_uppercase());
        let port_name = Some(port.to_owned());
        let streams =
            vec![StreamLocation { stream: 1, sink: 7, port: port_name, name, is_wireless: false, mute: None }];
        // Speakers are reported even while headphones are plugged in.
        let usable = [port, "loudspeakers"].map(|port| (7, Some(port.to_owned()))).into();
        StreamLocations { streams, usable }
    };
    assert_eq!(reported, [location("headphones"), location("headphones"), location("loudspeakers")]);
}

#[test]
fn silent_and_invalid_servers_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    for words in [&b""[..], &[0xff; 64]] {
        let path = folder.path().join(format!("native-{}", words.len()));
        let listener = UnixListener::bind(&path).unwrap();
        let server = thread::spawn(move || {
            let mut socket = listener.accept().unwrap().0;
            socket.write_all(words).unwrap();
            socket
        });
        assert!(PulseClient::connect_to(&path).is_err());
        drop(server.join());
    }
}

/// Starts a server with two sinks, the second of which is the default. Returns once the client has closed the connection.
fn serve_sinks<S: std::io::Read + Write>(socket: S) {
    let mut socket = BufReader::new(socket);
    let version = protocol::MAX_VERSION;
    while let Ok((sequence, command)) = protocol::read_command_message(&mut socket, version) {
        let to = socket.get_mut();
        match command {
            Command::Auth(_) => {
                let reply = AuthReply { version, use_memfd: false, use_shm: false };
                protocol::write_reply_message(to, sequence, &reply, version).unwrap();
            }
            Command::SetClientName(_) => {
                protocol::write_reply_message(to, sequence, &SetClientNameReply { client_id: 3 }, version).unwrap();
            }
            Command::GetServerInfo => {
                let info = ServerInfo {
                    default_sink_name: Some(c"desk".to_owned()),
                    sample_spec: sink(HEADPHONES).sample_spec,
                    channel_map: ChannelMap::stereo(),
                    ..ServerInfo::default()
                };
                protocol::write_reply_message(to, sequence, &info, version).unwrap();
            }
            Command::GetSinkInfoList => {
                let named = |name: &CStr| SinkInfo { name: name.to_owned(), ..sink(HEADPHONES) };
                let sinks = vec![named(c"sofa"), SinkInfo { description: None, ..named(c"desk") }];
                protocol::write_reply_message(to, sequence, &sinks, version).unwrap();
            }
            other => panic!("{other:?}"),
        }
    }
}

fn expected_sinks() -> [PulseSink; 2] {
    let sink = |id: &CStr, name: &str, is_default| PulseSink { id: id.to_owned(), name: name.to_owned(), is_default };
    [sink(c"sofa", "The card", false), sink(c"desk", "desk", true)]
}

#[test]
fn a_silent_server_falls_through_to_the_next_without_a_leaked_connection() {
    let folder = tempfile::tempdir().unwrap();
    let (missing, closed, path) =
        (folder.path().join("missing"), folder.path().join("closed"), folder.path().join("native"));
    drop(UnixListener::bind(&closed).unwrap());
    let listener = UnixListener::bind(&path).unwrap();
    let server = thread::spawn(move || serve_sinks(listener.accept().unwrap().0));
    let addresses = [missing, closed, path].map(ServerAddress::Unix);
    let sinks = PulseClient::connect_to_any(&addresses).unwrap().sinks().unwrap();
    assert_eq!(sinks, expected_sinks());
    server.join().unwrap();
}

#[test]
fn a_network_server_is_reached() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || serve_sinks(listener.accept().unwrap().0));
    let address = ServerAddress::Tcp("127.0.0.1".to_owned(), port);
    assert_eq!(PulseClient::connect_to_address(&address).unwrap().sinks().unwrap(), expected_sinks());
    server.join().unwrap();
}

#[test]
fn a_bluetooth_sink_is_recognised_by_either_property() {
    for (name, value, expected) in [
        (Prop::DeviceApi, c"bluez5", true),
        (Prop::DeviceBus, c"bluetooth", true),
        (Prop::DeviceApi, c"alsa", false),
        (Prop::DeviceBus, c"usb", false),
    ] {
        let mut sink = sink(HEADPHONES);
        sink.props.set(name, value);
        assert_eq!(is_wireless(&sink), expected, "{value:?}");
    }
}

#[test]
fn muted_and_zero_volume_sinks_and_streams_are_recognised() {
    let heard = (stream(1, 1), sink(HEADPHONES));
    assert_eq!(mute_cause(&heard.0, &heard.1), None);
    let with = |change: fn(&mut SinkInputInfo, &mut SinkInfo)| {
        let (mut stream, mut sink) = heard.clone();
        stream.has_volume = true;
        change(&mut stream, &mut sink);
        mute_cause(&stream, &sink)
    };
    let quiet = || {
        let mut volume = ChannelVolume::empty();
        volume.push(Volume::MUTED);
        volume.push(Volume::from_u32_clamped(1));
        volume
    };
    assert_eq!(with(|_, sink| sink.muted = true), Some(MuteCause::OutputMuted));
    assert_eq!(with(|_, sink| sink.cvolume = ChannelVolume::muted(2)), Some(MuteCause::OutputVolume));
    assert_eq!(with(|stream, _| stream.muted = true), Some(MuteCause::StreamMuted));
    assert_eq!(with(|stream, _| stream.cvolume = ChannelVolume::muted(2)), Some(MuteCause::StreamVolume));
    let (mut stream, sink) = heard;
    (stream.cvolume, stream.has_volume) = (quiet(), true);
    assert_eq!(mute_cause(&stream, &sink), None, "one channel can be heard");
}

#[test]
fn the_cookie_has_the_required_length() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("native");
    let listener = UnixListener::bind(&path).unwrap();
    let client = thread::spawn(move || PulseClient::connect_to(&path).is_err());
    let mut socket = BufReader::new(listener.accept().unwrap().0);
    let (_, command) = protocol::read_command_message(&mut socket, protocol::MAX_VERSION).unwrap();
    let Command::Auth(params) = command else { panic!("{command:?}") };
    assert_eq!(params.cookie.len(), COOKIE_BYTES);
    drop(socket);
    assert!(client.join().unwrap());
}
