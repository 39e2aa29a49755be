//! Detects when the sound moves to another output or is muted, which no sound system reports as an error. Only PulseAudio and PipeWire
//! report it at all.

use std::sync::Arc;

use super::event::DeviceEvent;
#[cfg(target_os = "linux")]
use super::event::Mute;
#[cfg(target_os = "linux")]
use super::pulse::{OutputPlace, PulseClient, StreamLocations};
use super::search::DeviceOrigin;
use super::wake::WakeRequests;
#[cfg(target_os = "linux")]
use std::{
    collections::BTreeMap,
    net::Shutdown,
    os::unix::net::UnixStream,
    sync::{Mutex, PoisonError},
};

/// Watches the streams of this program until it is dropped.
pub(super) struct MoveWatcher {
    #[cfg(target_os = "linux")]
    connection: Arc<Mutex<Connection>>,
}

/// The state of the watching thread.
#[cfg(target_os = "linux")]
enum Connection {
    Connecting,
    Open(UnixStream),
    /// The watcher was dropped.
    Cancelled,
}

impl MoveWatcher {
    /// Starts to watch, if the sound system supports it. The connection is made in the background, so that it does not delay the sound.
    #[cfg(target_os = "linux")]
    pub(super) fn start(
        origin: DeviceOrigin,
        wake: Arc<WakeRequests>,
        on_event: impl Fn(DeviceEvent) + Send + 'static,
    ) -> Option<Self> {
        if !origin.is_pulse() {
            return None;
        }
        let connection = Arc::new(Mutex::new(Connection::Connecting));
        let watch = {
            let connection = connection.clone();
            move || watch(&connection, &wake, on_event)
        };
        std::thread::Builder::new().name("sound server events".to_owned()).spawn(watch).ok()?;
        Some(Self { connection })
    }

    /// Other sound systems do not report moves.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn start(
        _: DeviceOrigin,
        _: Arc<WakeRequests>,
        _: impl Fn(DeviceEvent) + Send + 'static,
    ) -> Option<Self> {
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

/// Reports moves until the connection ends, and requests the wake-up noise for the new device.
#[cfg(target_os = "linux")]
fn watch(connection: &Mutex<Connection>, wake: &WakeRequests, on_event: impl Fn(DeviceEvent)) {
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
    let _ = client.watch(|locations| {
        if let Some(location) = locations.streams.last() {
            wake.set_wireless(location.is_wireless);
        }
        known.update(locations).into_iter().for_each(&on_event);
    });
}

/// The last known state of each stream of this program, and the last place to which the sound moved.
#[cfg(target_os = "linux")]
#[derive(Default)]
struct KnownLocations {
    streams: BTreeMap<u32, (OutputPlace, Option<Mute>)>,
    moved_to: Option<OutputPlace>,
}

#[cfg(target_os = "linux")]
impl KnownLocations {
    /// Updates the outputs of the streams and whether they can be heard, and returns the changes. A stream that was unknown before has not
    /// moved. Two streams that move together, while one takes over from the other, are one move.
    fn update(&mut self, locations: StreamLocations) -> Vec<DeviceEvent> {
        let mut events = Vec::new();
        for location in locations.streams {
            let place = (location.sink, location.port);
            let mute = location.mute.map(|cause| Mute { cause, output: location.name.clone() });
            let previous = self.streams.insert(location.stream, (place.clone(), mute.clone()));
            let (previous_place, previous_mute) =
                previous.map_or((None, None), |(place, mute)| (Some(place), Some(mute)));
            if previous_place.is_none() {
                self.moved_to = None;
            }
            if let Some(previous) = previous_place.filter(|previous| *previous != place)
                && self.moved_to.as_ref() != Some(&place)
            {
                events.push(DeviceEvent::Moved { to: location.name, was_lost: !locations.usable.contains(&previous) });
                self.moved_to = Some(place);
            }
            if previous_mute.as_ref() != Some(&mute) {
                events.push(DeviceEvent::MuteChanged(mute));
            }
        }
        events
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::io::device::event::MuteCause;
    use crate::io::device::pulse::StreamLocation;

    /// Returns streams in their sinks and ports, and the available outputs.
    fn locations(streams: &[(u32, u32, Option<&str>)], usable: &[(u32, Option<&str>)]) -> StreamLocations {
        let place = |(sink, port): (u32, Option<&str>)| (sink, port.map(str::to_owned));
        let location = |&(stream, sink, port): &(u32, u32, Option<&str>)| StreamLocation {
            stream,
            sink,
            port: port.map(str::to_owned),
            name: format!("place {sink}"),
            is_wireless: false,
            mute: None,
        };
        StreamLocations {
            streams: streams.iter().map(location).collect(),
            usable: usable.iter().copied().map(place).collect(),
        }
    }

    fn moved(to: &str, was_lost: bool) -> Vec<DeviceEvent> {
        vec![DeviceEvent::Moved { to: to.to_owned(), was_lost }]
    }

    #[test]
    fn a_new_stream_is_not_a_moved_one() {
        let usable = [(7, Some("headphones")), (9, None)];
        let first = (1, 7, Some("headphones"));
        let mut known = KnownLocations::default();
        let heard = [DeviceEvent::MuteChanged(None)];
        assert_eq!(known.update(locations(&[first], &usable)), heard, "it is new");
        assert!(known.update(locations(&[first], &usable)).is_empty(), "something else changed");
        assert!(known.update(locations(&[], &usable)).is_empty(), "it is not there for a moment");
        assert_eq!(known.update(locations(&[first, (2, 9, None)], &usable)), heard, "another is new");
    }

    #[test]
    fn streams_that_move_together_are_one_move() {
        let usable = [(7, None), (9, None)];
        let both = |sink| locations(&[(1, sink, None), (2, sink, None)], &usable);
        let mut known = KnownLocations::default();
        known.update(both(7));
        assert_eq!(known.update(both(9)), moved("place 9", false));
        assert_eq!(known.update(locations(&[(1, 9, None), (2, 7, None)], &usable)), moved("place 7", false));
        assert!(known.update(both(7)).is_empty(), "the other follows");
        assert_eq!(known.update(locations(&[(2, 9, None)], &[(9, None)])), moved("place 9", true));
    }

    #[test]
    fn muting_is_reported_at_first_and_on_changes() {
        let mut known = KnownLocations::default();
        let mut update = |mute| {
            let mut locations = locations(&[(1, 7, None)], &[(7, None)]);
            locations.streams[0].mute = mute;
            known.update(locations)
        };
        let muted = |cause| vec![DeviceEvent::MuteChanged(Some(Mute { cause, output: "place 7".to_owned() }))];
        assert_eq!(update(Some(MuteCause::OutputMuted)), muted(MuteCause::OutputMuted));
        assert!(update(Some(MuteCause::OutputMuted)).is_empty());
        assert_eq!(update(Some(MuteCause::StreamVolume)), muted(MuteCause::StreamVolume));
        assert_eq!(update(None), [DeviceEvent::MuteChanged(None)]);
        assert_eq!(update(Some(MuteCause::OutputMuted)), muted(MuteCause::OutputMuted));
    }

    #[test]
    fn a_move_from_an_available_output_is_a_choice_otherwise_a_loss() {
        let (headphones, speakers) = ((7, Some("headphones")), (7, Some("speakers")));
        let mut known = KnownLocations::default();
        known.update(locations(&[(1, 7, Some("headphones"))], &[headphones, speakers]));
        let unplugged = locations(&[(1, 7, Some("speakers"))], &[speakers]);
        assert_eq!(known.update(unplugged), moved("place 7", true));
        let plugged_in = locations(&[(1, 7, Some("headphones"))], &[headphones, speakers]);
        assert_eq!(known.update(plugged_in), moved("place 7", false));
        let other_chosen = locations(&[(1, 8, None)], &[headphones, speakers, (8, None)]);
        assert_eq!(known.update(other_chosen.clone()), moved("place 8", false));
        assert!(known.update(other_chosen).is_empty(), "a move is reported once");
        assert_eq!(known.update(locations(&[(1, 9, None)], &[(9, None)])), moved("place 9", true));
    }
}
