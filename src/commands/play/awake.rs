//! The client that keeps the machine awake while a session plays.

use super::clients::Client;
use crate::io::wake_lock::WakeLock;
use crate::playback::controls::Control;
use crate::playback::{Event, EventKind, OutputState, PlaybackSnapshot};

/// Holds a lock against suspending while a session plays, except while it is paused.
#[derive(Default)]
pub(super) struct AwakeClient {
    /// Created after the start, so that it never delays the first sound.
    lock: Option<WakeLock>,
    is_playing: bool,
}

impl Client for AwakeClient {
    fn on_event(&mut self, event: &Event) {
        match event.kind {
            EventKind::Started { .. } => self.is_playing = true,
            EventKind::Ended(_) | EventKind::Failed => (self.is_playing, self.lock) = (false, None),
            _ => {}
        }
    }

    fn on_control(&mut self, _: Control) {}

    fn print_message(&mut self, _: &str) {}

    fn show(&mut self, snapshot: &PlaybackSnapshot) {
        if self.is_playing {
            let is_heard = !snapshot.player.paused && snapshot.output != OutputState::Lost;
            self.lock.get_or_insert_with(WakeLock::start).hold(is_heard);
        }
    }
}
