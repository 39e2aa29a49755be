//! Media keys and the desktop's media controls, by MPRIS: <https://specifications.freedesktop.org/mpris-spec/latest/>. Everything runs on a
//! background thread. Without a session bus, or after the bus has ended, nothing happens.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use async_channel::{Receiver, Sender};
use mpris_server::{
    LoopStatus, Metadata, PlaybackRate, PlaybackStatus, PlayerInterface, Property, RootInterface, Server, Signal, Time,
    TrackId, Volume,
};
use zbus::{Result, fdo};

use super::state::{MediaCommand, MediaState};

/// The capacity of the queue of signals for a slow bus. Further ones are dropped; queried properties are always current.
const WAITING_UPDATES: usize = 64;
/// The object path of the session, which is the only track.
const TRACK: &str = "/io/karuna/session";

/// A signal to the clients.
enum Update {
    Properties(Vec<Property>),
    Seeked(Time),
}

/// The media controls of a session. They disappear when dropped.
pub(crate) struct MediaControls {
    state: Arc<Mutex<MediaState>>,
    updates: Sender<Update>,
}

impl MediaControls {
    /// Publishes a session on the desktop. `on_command` is called for each command, on another thread.
    pub(crate) fn start(state: MediaState, on_command: impl Fn(MediaCommand) + Send + Sync + 'static) -> Self {
        let state = Arc::new(Mutex::new(state));
        let (updates, receiver) = async_channel::bounded(WAITING_UPDATES);
        let player = Player { state: state.clone(), on_command: Box::new(on_command) };
        let serve = move || zbus::block_on(serve(player, receiver));
        // If the thread can't be started, there are no media keys, and everything else works. Its end is never waited for, because a bus may never
        // answer.
        let _ = thread::Builder::new().name("media-controls".to_owned()).spawn(serve);
        Self { state, updates }
    }

    /// Publishes a new state.
    pub(crate) fn update(&self, state: MediaState) {
        let changes = {
            let mut current = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let previous = std::mem::replace(&mut *current, state);
            changes(&previous, &current)
        };
        if !changes.is_empty() {
            let _ = self.updates.try_send(Update::Properties(changes));
        }
    }

    /// Reports a jump to another time.
    pub(crate) fn report_seek(&self, position: Duration) {
        let _ = self.updates.try_send(Update::Seeked(time(position)));
    }
}

/// Serves requests until the session is over or the bus is gone.
async fn serve(player: Player, updates: Receiver<Update>) {
    let name = format!("karuna.instance{}", std::process::id());
    let Ok(server) = Server::new(&name, player).await else { return };
    while let Ok(update) = updates.recv().await {
        let sent = match update {
            Update::Properties(changes) => server.properties_changed(changes).await,
            Update::Seeked(position) => server.emit(Signal::Seeked { position }).await,
        };
        if sent.is_err() {
            return;
        }
    }
}

fn status(state: &MediaState) -> PlaybackStatus {
    if state.is_paused { PlaybackStatus::Paused } else { PlaybackStatus::Playing }
}

fn metadata(state: &MediaState) -> Metadata {
    let metadata = Metadata::builder().trackid(track()).title(state.title.as_str()).length(time(state.length));
    match &state.chapter {
        Some(chapter) => metadata.album(chapter.as_str()).build(),
        None => metadata.build(),
    }
}

/// Returns the properties that differ between two states, except the position.
fn changes(before: &MediaState, after: &MediaState) -> Vec<Property> {
    let mut changes = Vec::new();
    if status(before) != status(after) {
        changes.push(Property::PlaybackStatus(status(after)));
    }
    if before.volume != after.volume {
        changes.push(Property::Volume(after.volume));
    }
    if metadata(before) != metadata(after) {
        changes.push(Property::Metadata(metadata(after)));
    }
    changes
}

fn track() -> TrackId {
    TrackId::try_from(TRACK).unwrap_or_default()
}

fn time(duration: Duration) -> Time {
    Time::from_micros(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX))
}

/// The object behind the D-Bus interfaces.
struct Player {
    state: Arc<Mutex<MediaState>>,
    on_command: Box<dyn Fn(MediaCommand) + Send + Sync>,
}

impl Player {
    fn state(&self) -> MediaState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn send(&self, command: MediaCommand) {
        (self.on_command)(command);
    }
}

/// Returns the error for an unsupported operation.
fn not_supported() -> fdo::Error {
    fdo::Error::NotSupported("karuna plays one session".to_owned())
}

impl RootInterface for Player {
    async fn raise(&self) -> fdo::Result<()> {
        Err(not_supported())
    }

    async fn quit(&self) -> fdo::Result<()> {
        self.send(MediaCommand::Stop);
        Ok(())
    }

    async fn can_quit(&self) -> fdo::Result<bool> {
        Ok(true)
    }

    async fn fullscreen(&self) -> fdo::Result<bool> {
        Ok(false)
    }

    async fn set_fullscreen(&self, _: bool) -> Result<()> {
        Err(not_supported().into())
    }

    async fn can_set_fullscreen(&self) -> fdo::Result<bool> {
        Ok(false)
    }

    async fn can_raise(&self) -> fdo::Result<bool> {
        Ok(false)
    }

    async fn has_track_list(&self) -> fdo::Result<bool> {
        Ok(false)
    }

    async fn identity(&self) -> fdo::Result<String> {
        Ok("karuna".to_owned())
    }

    async fn desktop_entry(&self) -> fdo::Result<String> {
        Ok("karuna".to_owned())
    }

    async fn supported_uri_schemes(&self) -> fdo::Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn supported_mime_types(&self) -> fdo::Result<Vec<String>> {
        Ok(Vec::new())
    }
}

impl PlayerInterface for Player {
    async fn next(&self) -> fdo::Result<()> {
        self.send(MediaCommand::Next);
        Ok(())
    }

    async fn previous(&self) -> fdo::Result<()> {
        self.send(MediaCommand::Previous);
        Ok(())
    }

    async fn pause(&self) -> fdo::Result<()> {
        self.send(MediaCommand::Pause);
        Ok(())
    }

    async fn play_pause(&self) -> fdo::Result<()> {
        self.send(MediaCommand::PlayPause);
        Ok(())
    }

    async fn stop(&self) -> fdo::Result<()> {
        self.send(MediaCommand::Stop);
        Ok(())
    }

    async fn play(&self) -> fdo::Result<()> {
        self.send(MediaCommand::Play);
        Ok(())
    }

    async fn seek(&self, offset: Time) -> fdo::Result<()> {
        let time = Duration::from_micros(offset.as_micros().unsigned_abs());
        let is_backward = offset.as_micros() < 0;
        self.send(if is_backward { MediaCommand::SeekBackward(time) } else { MediaCommand::SeekForward(time) });
        Ok(())
    }

    /// As the specification requires, a position outside of the track has no effect.
    async fn set_position(&self, track_id: TrackId, position: Time) -> fdo::Result<()> {
        let position = u64::try_from(position.as_micros()).ok().map(Duration::from_micros);
        if let Some(position) = position.filter(|position| track_id == track() && *position <= self.state().length) {
            self.send(MediaCommand::SeekTo(position));
        }
        Ok(())
    }

    async fn open_uri(&self, _: String) -> fdo::Result<()> {
        Err(not_supported())
    }

    async fn playback_status(&self) -> fdo::Result<PlaybackStatus> {
        Ok(status(&self.state()))
    }

    async fn loop_status(&self) -> fdo::Result<LoopStatus> {
        Ok(LoopStatus::None)
    }

    async fn set_loop_status(&self, _: LoopStatus) -> Result<()> {
        Err(not_supported().into())
    }

    async fn rate(&self) -> fdo::Result<PlaybackRate> {
        Ok(1.0)
    }

    async fn set_rate(&self, _: PlaybackRate) -> Result<()> {
        Err(not_supported().into())
    }

    async fn shuffle(&self) -> fdo::Result<bool> {
        Ok(false)
    }

    async fn set_shuffle(&self, _: bool) -> Result<()> {
        Err(not_supported().into())
    }

    async fn metadata(&self) -> fdo::Result<Metadata> {
        Ok(metadata(&self.state()))
    }

    async fn volume(&self) -> fdo::Result<Volume> {
        Ok(self.state().volume)
    }

    async fn set_volume(&self, volume: Volume) -> Result<()> {
        if !volume.is_finite() {
            return Err(fdo::Error::InvalidArgs("a volume is a finite number".to_owned()).into());
        }
        self.send(MediaCommand::SetVolume(volume.max(0.0)));
        Ok(())
    }

    async fn position(&self) -> fdo::Result<Time> {
        Ok(time(self.state().position))
    }

    async fn minimum_rate(&self) -> fdo::Result<PlaybackRate> {
        Ok(1.0)
    }

    async fn maximum_rate(&self) -> fdo::Result<PlaybackRate> {
        Ok(1.0)
    }

    async fn can_go_next(&self) -> fdo::Result<bool> {
        Ok(true)
    }

    async fn can_go_previous(&self) -> fdo::Result<bool> {
        Ok(true)
    }

    async fn can_play(&self) -> fdo::Result<bool> {
        Ok(true)
    }

    async fn can_pause(&self) -> fdo::Result<bool> {
        Ok(true)
    }

    async fn can_seek(&self) -> fdo::Result<bool> {
        Ok(true)
    }

    async fn can_control(&self) -> fdo::Result<bool> {
        Ok(true)
    }
}
