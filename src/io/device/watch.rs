//! Notices when the sound comes out somewhere else, though no sound system calls that an error. Only PulseAudio and PipeWire tell.

#[cfg(target_os = "linux")]
use super::pulse;
use super::{DeviceEvent, DeviceOrigin};
use std::sync::mpsc::Sender;
#[cfg(target_os = "linux")]
use std::{
    net::Shutdown,
    os::unix::net::UnixStream,
    sync::{Arc, Mutex, PoisonError},
};

/// Watches the streams of this program until it is dropped.
pub(super) struct Watch {
    #[cfg(target_os = "linux")]
    connection: Arc<Mutex<Connection>>,
}

/// How far the thread that watches has come.
#[cfg(target_os = "linux")]
enum Connection {
    Awaited,
    Open(UnixStream),
    /// Nobody wants to know any more.
    Unwanted,
}

impl Watch {
    /// Begins to watch, where that is possible. The server is asked in the background, so that sound need not wait for it.
    #[cfg(target_os = "linux")]
    pub(super) fn start(origin: DeviceOrigin, told: Sender<DeviceEvent>) -> Option<Self> {
        if !origin.is_pulse() {
            return None;
        }
        let connection = Arc::new(Mutex::new(Connection::Awaited));
        let watching = {
            let connection = connection.clone();
            move || watch(&connection, &told)
        };
        std::thread::Builder::new().name("watching the sound server".to_owned()).spawn(watching).ok()?;
        Some(Self { connection })
    }

    /// Nobody tells here.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn start(_: DeviceOrigin, _: Sender<DeviceEvent>) -> Option<Self> {
        None
    }
}

#[cfg(target_os = "linux")]
impl Drop for Watch {
    fn drop(&mut self) {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        // The thread that reads from it ends by this.
        if let Connection::Open(stream) = std::mem::replace(&mut *connection, Connection::Unwanted) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Tells of moves until the connection ends.
#[cfg(target_os = "linux")]
fn watch(connection: &Mutex<Connection>, told: &Sender<DeviceEvent>) {
    let Ok(mut client) = pulse::Client::connect() else { return };
    let Ok(stream) = client.connection() else { return };
    {
        let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*connection, Connection::Unwanted) {
            return;
        }
        *connection = Connection::Open(stream);
    }
    let mut known = Known::default();
    let _ = client.watch(|places| {
        for moved in known.update(places) {
            let _ = told.send(DeviceEvent::Moved(moved));
        }
    });
}

/// Where each stream of this program came out last.
#[cfg(target_os = "linux")]
#[derive(Default)]
struct Known(std::collections::BTreeMap<u32, (u32, Option<String>)>);

#[cfg(target_os = "linux")]
impl Known {
    /// Takes note of where the streams come out now; gives the names of the places to which any has moved. A stream that was not
    /// known before has not moved.
    fn update(&mut self, places: Vec<pulse::Place>) -> Vec<String> {
        let mut moved = Vec::new();
        for place in places {
            let now = (place.sink, place.port);
            if self.0.insert(place.stream, now.clone()).is_some_and(|before| before != now) {
                moved.push(place.name);
            }
        }
        moved
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn place(stream: u32, sink: u32, port: Option<&str>) -> pulse::Place {
        pulse::Place { stream, sink, port: port.map(str::to_owned), name: format!("place {sink}") }
    }

    #[test]
    fn only_a_known_stream_can_move() {
        let mut known = Known::default();
        assert!(known.update(vec![place(1, 7, Some("headphones"))]).is_empty(), "it is new");
        assert!(known.update(vec![place(1, 7, Some("headphones"))]).is_empty(), "something else changed");
        assert!(known.update(Vec::new()).is_empty(), "it is not there for a moment");
        assert!(known.update(vec![place(1, 7, Some("headphones")), place(2, 9, None)]).is_empty(), "another is new");
    }

    #[test]
    fn another_sink_or_another_port_is_a_move_told_once() {
        let mut known = Known::default();
        known.update(vec![place(1, 7, Some("headphones"))]);
        assert_eq!(known.update(vec![place(1, 7, Some("speakers"))]), ["place 7"]);
        assert_eq!(known.update(vec![place(1, 8, None)]), ["place 8"]);
        assert!(known.update(vec![place(1, 8, None)]).is_empty());
    }
}
