//! Handles wishes.

use super::{BackgroundResult, CONTINUE, EventLoop, LoopStep, QueuedWish};
use crate::playback::controls::Wish;
use crate::playback::event::{EventKind, OutputState};
use crate::playback::headroom::{Headroom, VolumeGrant, measure_in_background};
use crate::player::transport::{EndReason, ExitStage, TransportCommand};
use crate::units::Decibels;

impl EventLoop {
    /// Returns whether wishes are handled now; otherwise they wait. Wishes to leave are always handled.
    pub(super) fn accepts_wishes(&self) -> bool {
        self.commands.is_empty()
            && self.suspension.is_none()
            && self.output_state() != OutputState::Opening
            && self.publisher.has_room()
    }

    /// Handles a wish, unless a wish to leave has overtaken it: it must not bring the listener back.
    pub(super) fn on_queued_wish(&mut self, queued: QueuedWish) -> LoopStep {
        let is_about_volume = matches!(queued.wish, Wish::ChangeVolume(_) | Wish::SetVolume(_));
        let is_overtaken = queued.leaves < self.leaves && !is_about_volume;
        if is_overtaken { CONTINUE } else { self.on_wish(queued.wish) }
    }

    /// Handles a wish.
    pub(super) fn on_wish(&mut self, wish: Wish) -> LoopStep {
        match (self.output_state(), wish) {
            (_, Wish::ChangeVolume(by)) => {
                self.change_volume(|headroom| headroom.change_volume(by), by.0 < 0.0);
                CONTINUE
            }
            (_, Wish::SetVolume(volume)) => {
                self.change_volume(|headroom| headroom.set_volume(volume), false);
                CONTINUE
            }
            (OutputState::Opening, wish) if wish.is_leaving() && self.start.is_some() => {
                self.end_unheard(EndReason::Stopped)
            }
            (OutputState::Opening | OutputState::Lost, Wish::Exit | Wish::Terminate) => {
                self.end_unheard(EndReason::Exited)
            }
            (OutputState::Opening | OutputState::Lost, Wish::Stop) => self.end_unheard(EndReason::Stopped),
            (OutputState::Lost, _) => {
                self.emit(EventKind::WishIgnored);
                CONTINUE
            }
            _ => {
                self.send(self.command(wish));
                CONTINUE
            }
        }
    }

    /// Returns the command for the player. The volume is handled separately.
    fn command(&self, wish: Wish) -> TransportCommand {
        let frames = |time| i64::try_from(self.source.rate().frames(time).0).unwrap_or(i64::MAX);
        match wish {
            Wish::Pause => TransportCommand::Pause,
            Wish::Resume => TransportCommand::Resume,
            Wish::Toggle => TransportCommand::Toggle,
            Wish::Next => TransportCommand::Next,
            Wish::Continue => TransportCommand::Continue,
            Wish::Back => TransportCommand::Back,
            Wish::SeekForward(time) => TransportCommand::SeekBy(frames(time)),
            Wish::SeekBackward(time) => TransportCommand::SeekBy(-frames(time)),
            Wish::ChapterBy(by) => TransportCommand::ChapterBy(by),
            Wish::Soften => TransportCommand::Soften,
            Wish::Exit => TransportCommand::Exit,
            Wish::Terminate => TransportCommand::Terminate,
            Wish::Stop => TransportCommand::Stop,
            Wish::SeekTo(time) => TransportCommand::SeekTo(self.source.rate().frames(time)),
            Wish::ChangeVolume(_) | Wish::SetVolume(_) => TransportCommand::SetVolume(self.headroom.volume()),
        }
    }

    /// Sends a command to the player. A command to leave overtakes the pending ones.
    pub(super) fn send(&mut self, command: TransportCommand) {
        if matches!(command, TransportCommand::Exit | TransportCommand::Terminate | TransportCommand::Stop) {
            let is_stop = command == TransportCommand::Stop || self.leaving.is_some();
            self.leaving = Some(if is_stop { EndReason::Stopped } else { EndReason::Exited });
            self.commands.retain(|command| matches!(command, TransportCommand::SetVolume(_)));
        }
        self.wake_output(command);
        self.commands.push_back(command);
        self.send_commands();
    }

    /// Returns how the session is going to end, if the listener is leaving.
    pub(super) fn leaving(&self) -> Option<EndReason> {
        self.leaving.or_else(|| self.player.snapshot().exit_stage.map(|_| EndReason::Exited))
    }

    /// Cancels the speech queue once the closing plays. Before that, the listener may still return.
    pub(super) fn cancel_speech_after_exit(&mut self) {
        if self.player.snapshot().exit_stage.is_some_and(|stage| stage != ExitStage::Fading) {
            self.speech.cancel();
        }
    }

    /// Pauses a playing session without a wish by the listener. Returns whether it was playing.
    pub(super) fn pause(&mut self) -> bool {
        let snapshot = self.player.snapshot();
        let plays = self.output_state() != OutputState::Lost && !snapshot.paused && snapshot.exit_stage.is_none();
        if plays {
            self.send(TransportCommand::Pause);
        }
        plays
    }

    /// Changes the volume within the headroom of the session.
    fn change_volume(&mut self, change: impl FnOnce(&mut Headroom) -> VolumeGrant, is_always_reported: bool) {
        let before = self.headroom.volume();
        let grant = change(&mut self.headroom);
        if grant == VolumeGrant::NeedsMeasurement {
            self.request_headroom();
        }
        self.apply_volume();
        // If the headroom is still unknown, the volume is reported after the measurement.
        let is_changed = is_always_reported || self.headroom.volume() != before;
        if is_changed || self.needs_headroom || matches!(grant, VolumeGrant::LimitedTo(_)) {
            self.report_volume(grant);
        }
    }

    /// Measures the headroom now, or as soon as all lines are spoken.
    pub(crate) fn request_headroom(&mut self) {
        if self.source.awaits_speech {
            self.needs_headroom = true;
        } else {
            self.measure_headroom();
        }
    }

    pub(super) fn measure_headroom(&self) {
        let results = self.results.clone();
        let report = move |headroom| drop(results.send(BackgroundResult::Headroom(headroom)));
        measure_in_background(&self.source, report);
    }

    /// Handles the measured headroom.
    pub(super) fn on_headroom_measured(&mut self, headroom: Decibels) {
        let grant = self.headroom.set_measured(headroom);
        self.apply_volume();
        self.report_volume(grant);
    }

    /// Without an output, the volume can't be applied now: the next output starts with it, and a sleeping one wakes with it.
    fn apply_volume(&mut self) {
        if self.outputs.current.is_some() && !self.outputs.is_corked() {
            self.send(TransportCommand::SetVolume(self.headroom.volume()));
        }
    }

    fn report_volume(&mut self, grant: VolumeGrant) {
        let volume = self.headroom.volume();
        self.emit(match grant {
            VolumeGrant::LimitedTo(volume) => EventKind::VolumeLimited { volume },
            _ => EventKind::VolumeChanged { volume },
        });
    }
}
