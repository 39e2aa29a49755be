//! A socket in front of the sound server that reports each connection to it.

use std::io;
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Upper bound for every wait.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A connection was opened or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionEvent {
    Opened(Instant),
    Closed,
}

/// Forwards connections to the server, whose socket is named by a file.
pub(crate) struct Proxy {
    events: Receiver<ConnectionEvent>,
    /// The number of connections that are open as far as the events were read.
    pub(crate) open: usize,
}

impl Proxy {
    /// Listens at `socket`. The file is read at each connection, so the server may start later.
    pub(crate) fn start(socket: &Path, server: PathBuf) -> Self {
        let (listener, (sender, events)) = (UnixListener::bind(socket).unwrap(), channel());
        thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(server) = std::fs::read_to_string(&server).and_then(|path| UnixStream::connect(path.trim()))
                else {
                    continue;
                };
                forward(client.unwrap(), server, sender.clone());
            }
        });
        Self { events, open: 0 }
    }

    /// Reads the events so far.
    pub(crate) fn update(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            self.count(event);
        }
    }

    /// Waits for the next connection to be opened, and returns when that was.
    pub(crate) fn next_opened(&mut self) -> Instant {
        loop {
            let event = self.events.recv_timeout(TIMEOUT).expect("a connection");
            self.count(event);
            if let ConnectionEvent::Opened(at) = event {
                return at;
            }
        }
    }

    /// Waits until at most this many connections are open.
    pub(crate) fn wait_for_open(&mut self, most: usize) {
        while self.open > most {
            let event =
                self.events.recv_timeout(TIMEOUT).unwrap_or_else(|_| panic!("{} connections are open", self.open));
            self.count(event);
        }
    }

    fn count(&mut self, event: ConnectionEvent) {
        match event {
            ConnectionEvent::Opened(_) => self.open += 1,
            ConnectionEvent::Closed => self.open -= 1,
        }
    }
}

/// Copies both directions until the client closes its connection.
fn forward(client: UnixStream, server: UnixStream, events: Sender<ConnectionEvent>) {
    let _ = events.send(ConnectionEvent::Opened(Instant::now()));
    let (mut to_client, mut from_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let (mut client, mut server) = (client, server);
        let _ = io::copy(&mut client, &mut server);
        let _ = server.shutdown(Shutdown::Both);
        let _ = events.send(ConnectionEvent::Closed);
    });
}
