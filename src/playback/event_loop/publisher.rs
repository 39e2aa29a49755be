//! The outputs of the loop: events, and a snapshot for other threads.

use std::sync::{Arc, Mutex, PoisonError};

use crate::playback::event::{Event, EventSink, PlaybackSnapshot};

/// A snapshot that other threads can read.
#[derive(Clone)]
pub(crate) struct SharedSnapshot(Arc<Mutex<PlaybackSnapshot>>);

impl SharedSnapshot {
    pub(crate) fn new(snapshot: PlaybackSnapshot) -> Self {
        Self(Arc::new(Mutex::new(snapshot)))
    }

    pub(crate) fn get(&self) -> PlaybackSnapshot {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, snapshot: PlaybackSnapshot) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }
}

/// Publishes events and snapshots.
pub(crate) struct Publisher {
    snapshot: SharedSnapshot,
    sink: Box<dyn EventSink>,
    /// The number of events sent.
    sent: u64,
}

impl Publisher {
    pub(crate) fn new(snapshot: SharedSnapshot, sink: Box<dyn EventSink>) -> Self {
        Self { snapshot, sink, sent: 0 }
    }

    /// Publishes a snapshot.
    pub(crate) fn publish(&self, snapshot: PlaybackSnapshot) {
        self.snapshot.set(snapshot);
    }

    /// Publishes an event.
    pub(crate) fn send(&mut self, event: Event) {
        self.sent += 1;
        self.sink.send(event);
    }

    /// Returns the number of events sent.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// Returns whether the receiver can take further events.
    pub(crate) fn has_room(&self) -> bool {
        self.sink.has_room()
    }
}
