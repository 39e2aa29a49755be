//! The client for the desktop's media controls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::clients::Client;
use crate::io::media_controls::{MediaCommand, MediaControls, MediaState};
use crate::playback::controls::{Control, Wish};
use crate::playback::{Event, EventKind, OutputState, PlaybackRemote, PlaybackSnapshot};
use crate::present::chapters::Chapters;
use crate::timeline::Programmes;
use crate::units::{Decibels, Frames};

/// Publishes a session's state to the desktop, and executes media keys.
pub(super) struct MediaClient {
    remote: PlaybackRemote,
    session: Option<MediaSession>,
    controls: Option<MediaControls>,
    /// The session is being left, so another stop must not interrupt the closing.
    is_leaving: Arc<AtomicBool>,
    /// The session returns from the gentler passage, possibly to an earlier frame.
    is_returning: bool,
    /// The frame at which the session was paused.
    paused_at: Option<Frames>,
}

/// The timelines of the session, and its chapters.
struct MediaSession {
    programmes: Programmes,
    chapters: Chapters,
}

impl MediaClient {
    pub(super) fn new(remote: PlaybackRemote) -> Self {
        Self { remote, session: None, controls: None, is_leaving: Arc::default(), is_returning: false, paused_at: None }
    }

    fn time(&self, frame: Frames) -> Duration {
        let rate = self.session.as_ref().map(|session| session.programmes.rate());
        rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(frame.seconds(rate)))
    }

    /// Returns the state for the desktop.
    fn state(&self, snapshot: &PlaybackSnapshot) -> Option<MediaState> {
        let session = self.session.as_ref()?;
        let timeline = session.programmes.session();
        let at = snapshot.player.session_frame;
        Some(MediaState {
            title: session.chapters.title().to_owned(),
            chapter: session.chapters.at(at).map(str::to_owned),
            length: self.time(timeline.frames),
            position: self.time(at.min(timeline.frames)),
            is_paused: snapshot.player.paused || snapshot.output == OutputState::Lost,
            volume: snapshot.player.volume.amplitude(),
        })
    }

    fn report_seek(&self, to: Frames) {
        if let Some(controls) = &self.controls {
            controls.report_seek(self.time(to));
        }
    }

    fn start(&self, state: MediaState) -> MediaControls {
        let (remote, is_leaving) = (self.remote.clone(), self.is_leaving.clone());
        MediaControls::start(state, move |command| {
            if command != MediaCommand::Stop || !is_leaving.swap(true, Ordering::Relaxed) {
                remote.send(wish(command));
            }
        })
    }
}

impl Client for MediaClient {
    fn on_event(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Started { programmes } | EventKind::TimelinesChanged { programmes } => {
                let chapters = Chapters::new(programmes.session());
                self.session = Some(MediaSession { programmes: programmes.clone(), chapters });
            }
            EventKind::Jumped { to } => self.report_seek(*to),
            EventKind::SoftenEnded => self.is_returning = true,
            EventKind::SegmentStarted { .. } if std::mem::take(&mut self.is_returning) => self.report_seek(event.at),
            EventKind::Paused => self.paused_at = Some(event.at),
            EventKind::Resumed => {
                self.is_leaving.store(false, Ordering::Relaxed);
                if self.paused_at.take().is_some_and(|paused| event.at < paused) {
                    self.report_seek(event.at);
                }
            }
            EventKind::ExitStarted => self.is_leaving.store(true, Ordering::Relaxed),
            EventKind::Ended(_) | EventKind::Failed => (self.session, self.controls) = (None, None),
            _ => {}
        }
    }

    fn on_control(&mut self, _: Control) {}

    fn print_message(&mut self, _: &str) {}

    /// Connects to the bus with the first snapshot, so that the connection never delays the first sound.
    fn show(&mut self, snapshot: &PlaybackSnapshot) {
        let Some(state) = self.state(snapshot) else { return };
        match &self.controls {
            Some(controls) => controls.update(state),
            None => self.controls = Some(self.start(state)),
        }
    }
}

fn wish(command: MediaCommand) -> Wish {
    match command {
        MediaCommand::Play => Wish::Resume,
        MediaCommand::Pause => Wish::Pause,
        MediaCommand::PlayPause => Wish::Toggle,
        MediaCommand::Stop => Wish::Exit,
        MediaCommand::Next => Wish::Next,
        MediaCommand::Previous => Wish::Back,
        MediaCommand::SeekForward(by) => Wish::SeekForward(by),
        MediaCommand::SeekBackward(by) => Wish::SeekBackward(by),
        MediaCommand::SeekTo(time) => Wish::SeekTo(time),
        MediaCommand::SetVolume(amplitude) => Wish::SetVolume(Decibels::from_amplitude(amplitude)),
    }
}
