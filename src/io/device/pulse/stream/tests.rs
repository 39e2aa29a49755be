//! The stream with a fake server that sends more than necessary.

use std::io::{BufReader, Read};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::mpsc;

use pulseaudio::protocol::{
    self, AuthReply, ClientEvent, PlaybackStreamMovedParams, Request, SetClientNameReply, SinkInfo, read_descriptor,
    write_command_message, write_reply_message,
};

use super::super::feeder::{CHUNK_BYTES, MAX_ANSWER_BYTES};
use super::*;
use crate::io::device::wake::WakeMode;

const CHANNEL: u32 = 5;
const VERSION: u16 = protocol::MAX_VERSION;

/// A fake server with one client.
struct Server(BufReader<UnixStream>);

impl Server {
    /// Accepts a client and grants it a stream. Returns the requested parameters.
    fn accept(listener: &UnixListener) -> (Self, PlaybackStreamParams) {
        Self::accept_on(listener, &SinkInfo::new_dummy(9))
    }

    /// Like `accept`, on this sink.
    fn accept_on(listener: &UnixListener, sink: &SinkInfo) -> (Self, PlaybackStreamParams) {
        let mut server = Self(BufReader::new(listener.accept().unwrap().0));
        let mut asked = None;
        loop {
            let (sequence, command) = protocol::read_command_message(&mut server.0, VERSION).unwrap();
            let to = server.0.get_mut();
            match command {
                Command::Auth(_) => {
                    let reply = AuthReply { version: VERSION, use_memfd: false, use_shm: false };
                    write_reply_message(to, sequence, &reply, VERSION).unwrap();
                }
                Command::SetClientName(_) => {
                    write_reply_message(to, sequence, &SetClientNameReply { client_id: 3 }, VERSION).unwrap();
                }
                Command::CreatePlaybackStream(params) => {
                    write_reply_message(to, sequence, &granted(&params), VERSION).unwrap();
                    asked = Some(params);
                }
                Command::GetSinkInfo(which) => {
                    assert_eq!(which.index, Some(9));
                    write_reply_message(to, sequence, sink, VERSION).unwrap();
                    return (server, asked.unwrap());
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn say(&mut self, command: &Command) {
        write_command_message(self.0.get_mut(), u32::MAX, command, VERSION).unwrap();
    }

    fn request(&mut self, channel: u32, bytes: usize) {
        self.say(&Command::Request(Request { channel, length: u32::try_from(bytes).unwrap() }));
    }

    /// Returns the length of the next samples, which must be silent.
    fn receive(&mut self) -> usize {
        let samples = self.receive_samples();
        assert!(samples.iter().all(|byte| *byte == 0));
        samples.len()
    }

    fn receive_samples(&mut self) -> Vec<u8> {
        let descriptor = read_descriptor(&mut self.0).unwrap();
        assert_eq!(descriptor.channel, CHANNEL);
        let mut samples = vec![1; descriptor.length as usize];
        self.0.read_exact(&mut samples).unwrap();
        samples
    }
}

/// Returns the reply to a request for a stream. Part of the latency is in the sink.
fn granted(params: &PlaybackStreamParams) -> CreatePlaybackStreamReply {
    CreatePlaybackStreamReply {
        channel: CHANNEL,
        sink_index: 9,
        requested_bytes: 96 * FRAME_BYTES as u32,
        buffer_attr: BufferAttr { target_length: 960 * FRAME_BYTES as u32, ..params.buffer_attr },
        stream_latency: 10_000,
        sample_spec: params.sample_spec,
        channel_map: params.channel_map,
        ..CreatePlaybackStreamReply::default()
    }
}

/// Starts a silent stream, which reports its events.
fn start(
    path: &Path,
    sink: Option<&std::ffi::CStr>,
    wake: WakeMode,
    events: mpsc::Sender<DeviceEvent>,
) -> (PulseStream, CallbackSlot) {
    let parameters = StreamParameters {
        rate: Rate::DEFAULT,
        buffer: Frames(1440),
        callback: None,
        takes_over: false,
        wake: WakeRequests::new(wake, true),
    };
    let client = PulseClient::connect_to(path).unwrap();
    PulseStream::start(client, sink.map(ToOwned::to_owned), parameters, move |event| drop(events.send(event))).unwrap()
}

/// Returns the message about a move to a slow sink.
fn moved() -> PlaybackStreamMovedParams {
    PlaybackStreamMovedParams {
        stream_index: CHANNEL,
        device_index: 9,
        device_name: c"headphones without a cable".to_owned(),
        device_suspended: false,
        buffer_attr: BufferAttr {
            max_length: u32::MAX,
            target_length: 4800 * FRAME_BYTES as u32,
            pre_buffering: 0,
            minimum_request_length: 480 * FRAME_BYTES as u32,
            ..BufferAttr::default()
        },
        configured_sink_latency: 200_000,
    }
}

#[test]
fn each_request_is_answered_completely_despite_other_messages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("native");
    let listener = UnixListener::bind(&path).unwrap();
    let (moved_on, has_moved) = mpsc::channel();
    let server = thread::spawn(move || {
        let (mut server, params) = Server::accept(&listener);
        assert_eq!(params.sink_name.as_deref(), Some(c"harbour"));
        assert_eq!(server.receive(), 96 * FRAME_BYTES, "what was requested together with the stream");
        let mut props = Props::new();
        props.set(Prop::MediaName, CString::new(vec![b'x'; 5000]).unwrap());
        server.say(&Command::ClientEvent(ClientEvent { name: c"something long".to_owned(), props }));
        server.request(CHANNEL + 1, 800);
        server.request(CHANNEL, 10 * FRAME_BYTES + 3);
        assert_eq!(server.receive(), 10 * FRAME_BYTES, "whole frames");
        server.request(CHANNEL, 3 * CHUNK_BYTES);
        assert_eq!([server.receive(), server.receive(), server.receive()], [CHUNK_BYTES; 3]);
        server.request(CHANNEL, 2 * MAX_ANSWER_BYTES + FRAME_BYTES);
        let mut whole = 0;
        while whole < 2 * MAX_ANSWER_BYTES + FRAME_BYTES {
            whole += server.receive();
        }
        assert_eq!(whole, 2 * MAX_ANSWER_BYTES + FRAME_BYTES, "in parts, and no more");
        server.say(&Command::PlaybackStreamMoved(moved()));
        server.request(CHANNEL, FRAME_BYTES);
        assert_eq!(server.receive(), FRAME_BYTES);
        moved_on.send(()).unwrap();
        server.say(&Command::PlaybackStreamKilled(CHANNEL));
        server
    });
    let (sender, events) = mpsc::channel();
    let (stream, slot) = start(&path, Some(c"harbour"), WakeMode::Never, sender);
    assert_eq!(slot.buffered_frames(), Frames(1440));
    has_moved.recv().unwrap();
    assert_eq!(slot.buffered_frames(), Frames(4800 + 9600), "the buffer of the new sink");
    assert_eq!(events.recv(), Ok(DeviceEvent::Lost), "the server has ended the stream");
    drop((server.join().unwrap(), stream));
}

#[test]
fn dropping_a_stream_does_not_wait_for_a_blocked_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("native");
    let listener = UnixListener::bind(&path).unwrap();
    let server = thread::spawn(move || {
        let (mut server, _) = Server::accept(&listener);
        server.request(CHANNEL, 100 * 1024 * 1024);
        server
    });
    let (sender, events) = mpsc::channel();
    let (stream, slot) = start(&path, None, WakeMode::Never, sender);
    let server = server.join().unwrap();
    let mut heartbeat = slot.heartbeat();
    loop {
        thread::sleep(Duration::from_millis(50));
        if std::mem::replace(&mut heartbeat, slot.heartbeat()) == slot.heartbeat() && heartbeat > 0 {
            break;
        }
    }
    drop(stream);
    assert_eq!(
        events.recv_timeout(Duration::from_secs(5)),
        Ok(DeviceEvent::Lost),
        "its thread ends, though it was sending"
    );
    drop(server);
}

#[test]
fn a_stream_on_pipewire_is_prefilled_with_a_whole_quantum() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("native");
    let listener = UnixListener::bind(&path).unwrap();
    let server = thread::spawn(move || {
        let sink = SinkInfo { driver: Some(c"PipeWire".to_owned()), ..SinkInfo::new_dummy(9) };
        let (mut server, _) = Server::accept_on(&listener, &sink);
        let mut received = 0;
        while received < (96 + 2048) * FRAME_BYTES {
            received += server.receive();
        }
        assert_eq!(received, (96 + 2048) * FRAME_BYTES);
        server
    });
    let (sender, _events) = mpsc::channel();
    let (stream, slot) = start(&path, None, WakeMode::Never, sender);
    let mut server = server.join().unwrap();
    assert_eq!(slot.heartbeat(), 0, "nothing was played yet");
    assert_eq!(slot.buffered_frames(), Frames(1440 + 2048));
    server.request(CHANNEL, 64 * FRAME_BYTES);
    assert_eq!(server.receive(), 64 * FRAME_BYTES);
    server.request(CHANNEL, 64 * FRAME_BYTES);
    assert_eq!(server.receive(), 64 * FRAME_BYTES);
    assert!(slot.heartbeat() > 0);
    assert_eq!(slot.buffered_frames(), Frames(1440), "once that is played");
    drop(stream);
}

#[test]
fn corking_fades_the_noise_out_and_uncorking_restarts_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("native");
    let listener = UnixListener::bind(&path).unwrap();
    let (corking, corked) = mpsc::channel();
    let server = thread::spawn(move || {
        let mut sink = SinkInfo::new_dummy(9);
        sink.props.set(Prop::DeviceBus, c"bluetooth");
        let (mut server, _) = Server::accept_on(&listener, &sink);
        server.receive_samples();
        server.request(CHANNEL, 48_000 * FRAME_BYTES);
        let mut received = 0;
        while received < 48_000 * FRAME_BYTES {
            received += server.receive_samples().len();
        }
        corking.send(()).unwrap();
        // Noise for a quarter of a second at most, then silence that fills the device's buffer.
        let mut last = Vec::new();
        for _ in 0..20_000 / 64 {
            server.request(CHANNEL, 64 * FRAME_BYTES);
            let descriptor = read_descriptor(&mut server.0).unwrap();
            if descriptor.channel != CHANNEL {
                let mut command = vec![0; descriptor.length as usize];
                server.0.read_exact(&mut command).unwrap();
                assert!(last.iter().all(|byte| *byte == 0), "corked in silence");
                return server;
            }
            last = vec![1; descriptor.length as usize];
            server.0.read_exact(&mut last).unwrap();
        }
        panic!("it was not corked");
    });
    let (sender, _events) = mpsc::channel();
    let (stream, slot) = start(&path, None, WakeMode::Auto, sender);
    corked.recv().unwrap();
    slot.wake_requests().set_stopping(true);
    stream.set_corked(true);
    let mut server = server.join().unwrap();
    slot.wake_requests().set_stopping(false);
    stream.set_corked(false);
    loop {
        let descriptor = read_descriptor(&mut server.0).unwrap();
        let mut bytes = vec![0; descriptor.length as usize];
        server.0.read_exact(&mut bytes).unwrap();
        if descriptor.channel != CHANNEL {
            break;
        }
    }
    server.request(CHANNEL, 64 * FRAME_BYTES);
    assert!(server.receive_samples().iter().any(|byte| *byte != 0), "the noise is back");
    drop(stream);
}
