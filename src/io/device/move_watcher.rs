//! Notices when the sound comes out somewhere else, which no sound system reports as an error. Only PulseAudio and PipeWire report it at
//! all.

use super::event::DeviceEvent;
#[cfg(target_os = "linux")]
use super::pulse::{PulseClient, StreamLocation};
use super::search::DeviceOrigin;
#[cfg(target_os = "linux")]
use std::{
    collections::BTreeMap,
    net::Shutdown,
    os::unix::net::UnixStream,
    sync::{Arc, Mutex, PoisonError},
};

/// Watches the streams of this program until it is dropped.
pub(super) struct MoveWatcher {
    #[cfg(target_os = "linux")]
    connection: Arc<Mutex<Connection>>,
}

/// How far the thread that watches has come.
#[cfg(target_os = "linux")]
enum Connection {
    Connecting,
    Open(UnixStream),
    /// The watcher was dropped.
    Cancelled,
}

impl MoveWatcher {
    /// Begins to watch, where that is possible. The connection is made in the background, so that the sound need not wait for it.
    #[cfg(target_os = "linux")]
    pub(super) fn start(origin: DeviceOrigin, on_event: impl Fn(DeviceEvent) + Send + 'static) -> Option<Self> {
        if !origin.is_pulse() {
            return None;
        }
        let connection = Arc::new(Mutex::new(Connection::Connecting));
        let watch = {
            let connection = connection.clone();
            move || watch(&connection, on_event)
        };
        std::thread::Builder::new().name("sound server events".to_owned()).spawn(watch).ok()?;
        Some(Self { connection })
    }

    /// Moves are not reported here.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn start(_: DeviceOrigin, _: impl Fn(DeviceEvent) + Send + 'static) -> Option<Self> {
        None
    }
}

#[cfg(target_os = "linux")]
impl Drop for MoveWatcher {
    fn drop(&mut self) {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        // This ends the thread that reads from it.
        if let Connection::Open(stream) = std::mem::replace(&mut *connection, Connection::Cancelled) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Reports moves until the connection ends.
#[cfg(target_os = "linux")]
fn watch(connection: &Mutex<Connection>, on_event: impl Fn(DeviceEvent)) {
    let Ok(mut client) = PulseClient::connect() else { return };
    let Ok(stream) = client.connection() else { return };
    {
        let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*connection, Connection::Cancelled) {
            return;
        }
        *connection = Connection::Open(stream);
    }
    let mut known = KnownLocations::default();
    let _ = client.watch(|locations| known.update(locations).into_iter().map(DeviceEvent::Moved).for_each(&on_event));
}

/// Where each stream of this program came out last: its sink and port.
#[cfg(target_os = "linux")]
#[derive(Default)]
struct KnownLocations(BTreeMap<u32, (u32, Option<String>)>);

#[cfg(target_os = "linux")]
impl KnownLocations {
    /// Notes where the streams come out now, and returns the names of the places to which any has moved. A stream that was not known
    /// before has not moved.
    fn update(&mut self, locations: Vec<StreamLocation>) -> Vec<String> {
        let mut moved = Vec::new();
        for location in locations {
            let now = (location.sink, location.port);
            if self.0.insert(location.stream, now.clone()).is_some_and(|before| before != now) {
                moved.push(location.name);
            }
        }
        moved
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn location(stream: u32, sink: u32, port: Option<&str>) -> StreamLocation {
        StreamLocation { stream, sink, port: port.map(str::to_owned), name: format!("place {sink}") }
    }

    #[test]
    fn only_a_known_stream_can_move() {
        let mut known = KnownLocations::default();
        assert!(known.update(vec![location(1, 7, Some("headphones"))]).is_empty(), "it is new");
        assert!(known.update(vec![location(1, 7, Some("headphones"))]).is_empty(), "something else changed");
        assert!(known.update(Vec::new()).is_empty(), "it is not there for a moment");
        assert!(
            known.update(vec![location(1, 7, Some("headphones")), location(2, 9, None)]).is_empty(),
            "another is new"
        );
    }

    #[test]
    fn another_sink_or_another_port_is_a_move_reported_once() {
        let mut known = KnownLocations::default();
        known.update(vec![location(1, 7, Some("headphones"))]);
        assert_eq!(known.update(vec![location(1, 7, Some("speakers"))]), ["place 7"]);
        assert_eq!(known.update(vec![location(1, 8, None)]), ["place 8"]);
        assert!(known.update(vec![location(1, 8, None)]).is_empty());
    }
}
