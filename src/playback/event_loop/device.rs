//! Executes the actions of the supervisor.

use std::ops::ControlFlow;
use std::thread;

use super::{BackgroundResult, CONTINUE, EventLoop, LoopStep};
use crate::io::device::{DeviceEvent, Mute};
use crate::playback::error::OpenOutputError;
use crate::playback::event::EventKind;
use crate::playback::opening::{OpeningResult, open_in_background};
use crate::playback::output::{OpenReason, OpenRequest, OpeningId, Output};
use crate::playback::supervisor::{SupervisorAction, SupervisorEvent};
use crate::player::{PlayerHandle, StartPoint};

impl EventLoop {
    /// Opens the first output.
    pub(super) fn start(&mut self) -> LoopStep {
        if self.outputs.system.is_some() {
            let action = self.outputs.supervisor.start();
            return self.execute(action, None);
        }
        if let Err(error) = self.outputs.start_silent(self.source.rate()) {
            return ControlFlow::Break(Err(error.into()));
        }
        self.report_start();
        CONTINUE
    }

    /// Handles the result of opening an output.
    pub(super) fn on_opening_result(&mut self, result: OpeningResult) -> LoopStep {
        let OpeningResult { opening, output } = result;
        let is_first = self.start.is_some();
        let (event, mut opened) = match output {
            Ok(output) => (SupervisorEvent::Opened(opening), Some((opening, output))),
            Err(error) if is_first => return ControlFlow::Break(Err(error.into())),
            Err(_) => (SupervisorEvent::OpenFailed(opening), None),
        };
        for action in self.outputs.supervise(&event) {
            self.execute(action, opened.take())?;
        }
        CONTINUE
    }

    /// Monitors the output.
    pub(super) fn check_output(&mut self) -> LoopStep {
        if self.outputs.has_stopped() {
            return ControlFlow::Break(Err(OpenOutputError::Panicked.into()));
        }
        for (opening, event) in self.outputs.device_events() {
            match event {
                DeviceEvent::Lost => self.supervise(&SupervisorEvent::Lost(opening))?,
                DeviceEvent::Moved { to, was_lost } if opening == self.outputs.opening => self.on_moved(to, was_lost),
                DeviceEvent::MuteChanged(mute) if opening == self.outputs.opening => self.on_mute_changed(mute),
                DeviceEvent::Moved { .. } | DeviceEvent::MuteChanged(_) => {}
            }
        }
        if self.outputs.take_released() {
            let buffered = self.outputs.buffered(self.source.rate());
            self.supervise(&SupervisorEvent::Released { buffered })?;
        }
        for action in self.outputs.supervise_heartbeat() {
            self.execute(action, None)?;
        }
        self.supervise(&SupervisorEvent::Tick)
    }

    /// Reports an event to the supervisor, and executes the resulting actions.
    pub(super) fn supervise(&mut self, event: &SupervisorEvent) -> LoopStep {
        for action in self.outputs.supervise(event) {
            self.execute(action, None)?;
        }
        CONTINUE
    }

    /// Executes an action. `opened` is an output that has just been opened.
    fn execute(&mut self, action: SupervisorAction, opened: Option<(OpeningId, Box<dyn Output>)>) -> LoopStep {
        match (action, opened) {
            (SupervisorAction::Open { opening, reason, buffer }, _) => {
                let callback = self.outputs.callback.take_if(|_| reason == OpenReason::Start);
                self.open(OpenRequest { opening, reason, buffer, callback });
            }
            (SupervisorAction::Start, Some((opening, output))) => {
                self.outputs.replace(opening, output);
                self.report_start();
            }
            (SupervisorAction::Replace { was_lost }, Some((opening, output))) => {
                self.switch_output(opening, output);
                if was_lost {
                    self.emit(EventKind::DeviceFound);
                }
            }
            (SupervisorAction::Release, Some(opened)) => {
                self.outputs.next = Some(opened);
                self.player.hold_output(true);
            }
            (SupervisorAction::Discard, None) => self.outputs.next = None,
            (SupervisorAction::HandOver, _) => {
                self.outputs.hand_over();
                self.player.hold_output(false);
            }
            (SupervisorAction::CancelHandOver, _) => {
                self.outputs.cancel_hand_over();
                self.player.hold_output(false);
            }
            (SupervisorAction::ReportLongerBuffer, _) => self.emit(EventKind::BufferLengthened),
            (SupervisorAction::Hold, _) => return self.hold(),
            // Dropping `opened` here closes the output.
            (SupervisorAction::Discard, Some(_)) => {}
            (SupervisorAction::Start | SupervisorAction::Replace { .. } | SupervisorAction::Release, None) => {}
        }
        CONTINUE
    }

    fn open(&self, request: OpenRequest) {
        let Some(system) = &self.outputs.system else { return };
        let results = self.results.clone();
        open_in_background(system, request, move |result| drop(results.send(BackgroundResult::Opening(result))));
    }

    /// Continues through another output, paused, so that no sound starts unexpectedly.
    fn switch_output(&mut self, opening: OpeningId, mut output: Box<dyn Output>) {
        let from = self.player.snapshot().start_point(self.can_end_open_silence);
        let (callback, player) = self.source.start(StartPoint { paused: true, volume: self.headroom.volume(), ..from });
        output.play(callback);
        self.outputs.replace(opening, output);
        self.set_player(player);
    }

    /// Handles a lost device: the session is held at the last frame heard. If the listener is leaving, the session ends.
    fn hold(&mut self) -> LoopStep {
        self.report_notices()?;
        let mut from = StartPoint { paused: true, ..self.player.snapshot().start_point(self.can_end_open_silence) };
        from.playhead.frame = from.playhead.frame.saturating_sub(self.outputs.unheard_frames());
        let programmes = &self.source.version.programmes;
        if let Some(position) = programmes.session_position(from.playhead.programme, from.playhead.frame) {
            from.session_frame = position;
        }
        let leaving = self.leaving();
        self.outputs.close();
        let (_, player) = self.source.start(from);
        self.set_player(player);
        self.emit(EventKind::DeviceLost);
        leaving.map_or(CONTINUE, |reason| self.end_unheard(reason))
    }

    /// Replaces the player. Commands for the previous one are discarded.
    fn set_player(&mut self, player: PlayerHandle) {
        let earlier = std::mem::replace(&mut self.player, player);
        self.commands.clear();
        // Dropping a player waits for its feeder, which may be reading a file.
        let _ = thread::Builder::new().name("player-close".to_owned()).spawn(move || drop(earlier));
    }

    /// Handles a move of the sound to another device. If the previous device is gone, headphones may have been unplugged, and the session
    /// pauses so that nobody else hears it. If the new device was chosen by the listener, or has just appeared, playback continues.
    fn on_moved(&mut self, to: String, was_lost: bool) {
        let pauses = was_lost && self.pause();
        self.emit(EventKind::DeviceMoved { to, pauses });
    }

    /// Reports when the output is muted in the system's settings, or no longer muted. It is never unmuted by the program.
    fn on_mute_changed(&mut self, mute: Option<Mute>) {
        if self.mute == mute {
            return;
        }
        self.mute.clone_from(&mute);
        if let Some(mute) = mute {
            self.emit(EventKind::Muted(mute));
        }
    }
}
