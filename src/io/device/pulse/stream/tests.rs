//! The stream with a server that sends more than the stream needs.

use std::os::unix::net::UnixListener;
use std::sync::mpsc;

use pulseaudio::protocol::{
    self, AuthReply, ClientEvent, PlaybackStreamMovedParams, Request, SetClientNameReply, write_command_message,
    write_reply_message,
};

use super::*;

const CHANNEL: u32 = 5;
const VERSION: u16 = protocol::MAX_VERSION;

/// A server with one client.
struct Server(BufReader<UnixStream>);

impl Server {
    /// Accepts a client and grants it a stream. Returns what it asked for.
    fn accept(listener: &UnixListener) -> (Self, PlaybackStreamParams) {
        let mut server = Self(BufReader::new(listener.accept().unwrap().0));
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
                    return (server, params);
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

    /// The length of the next samples, which are silent.
    fn receive(&mut self) -> usize {
        let descriptor = read_descriptor(&mut self.0).unwrap();
        assert_eq!(descriptor.channel, CHANNEL);
        let mut samples = vec![1; descriptor.length as usize];
        self.0.read_exact(&mut samples).unwrap();
        assert!(samples.iter().all(|byte| *byte == 0));
        samples.len()
    }
}

/// The reply to a request for a stream: part of the latency is in the sink.
fn granted(params: &PlaybackStreamParams) -> CreatePlaybackStreamReply {
    CreatePlaybackStreamReply {
        channel: CHANNEL,
        requested_bytes: 96 * FRAME_BYTES as u32,
        buffer_attr: BufferAttr { target_length: 960 * FRAME_BYTES as u32, ..params.buffer_attr },
        stream_latency: 10_000,
        sample_spec: params.sample_spec,
        channel_map: params.channel_map,
        ..CreatePlaybackStreamReply::default()
    }
}

/// A move to a slow sink.
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
fn each_request_is_answered_in_full_whatever_else_the_server_sends() {
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
    let params = stream_params(Some(c"harbour".to_owned()), Rate::DEFAULT, Frames(1440));
    let (stream, slot) = PulseStream::start(PulseClient::connect_to(&path).unwrap(), params, None, move |event| {
        drop(sender.send(event));
    })
    .unwrap();
    assert_eq!(slot.buffered_frames(), Frames(1440));
    has_moved.recv().unwrap();
    assert_eq!(slot.buffered_frames(), Frames(4800 + 9600), "the buffer of the new sink");
    assert_eq!(events.recv(), Ok(DeviceEvent::Lost), "the server has ended the stream");
    drop((server.join().unwrap(), stream));
}

#[test]
fn dropping_a_stream_ends_it_at_once_though_the_server_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("native");
    let listener = UnixListener::bind(&path).unwrap();
    let server = thread::spawn(move || {
        let (mut server, _) = Server::accept(&listener);
        server.request(CHANNEL, 100 * 1024 * 1024);
        server
    });
    let (sender, events) = mpsc::channel();
    let params = stream_params(None, Rate::DEFAULT, Frames(1440));
    let (stream, slot) = PulseStream::start(PulseClient::connect_to(&path).unwrap(), params, None, move |event| {
        drop(sender.send(event));
    })
    .unwrap();
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
