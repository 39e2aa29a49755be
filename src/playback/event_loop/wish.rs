//! What wishes lead to.

use super::{BackgroundResult, CONTINUE, EventLoop, LoopStep, QueuedWish};
use crate::playback::controls::Wish;
use crate::playback::event::{EventKind, OutputState};
use crate::playback::headroom::{Headroom, VolumeGrant, measure_in_background};
use crate::player::transport::{EndReason, ExitStage, TransportCommand};
use crate::units::Decibels;

impl EventLoop {
    /// Whether wishes are taken now; otherwise they wait. A wish to leave never does.
    pub(super) fn accepts_wishes(&self) -> bool {
        self.commands.is_empty()
            && self.suspension.is_none()
            && self.output_state() != OutputState::Opening
            && self.publisher.has_room()
    }

    /// Does what a listener wants, unless a wish to leave has overtaken it: it must not bring the listener back.
    pub(super) fn on_queued_wish(&mut self, queued: QueuedWish) -> LoopStep {
        let is_about_volume = matches!(queued.wish, Wish::ChangeVolume(_) | Wish::SetVolume(_));
        let is_overtaken = queued.leaves < self.leaves && !is_about_volume;
        if is_overtaken { CONTINUE } else { self.on_wish(queued.wish) }
    }

    /// Does what a listener wants.
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

    /// Returns the command for the player. The volume has a way of its own.
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

    /// Sends a command to the player. One to leave overtakes those that are waiting.
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

    /// No more speech is needed once the closing plays. Before that the listener may come back.
    pub(super) fn cancel_speech_after_exit(&mut self) {
        if self.player.snapshot().exit_stage.is_some_and(|stage| stage != ExitStage::Fading) {
            self.speech.cancel();
        }
    }

    /// Pauses what plays, though nobody asked for it. Returns whether anything did.
    pub(super) fn pause(&mut self) -> bool {
        let snapshot = self.player.snapshot();
        let plays = self.output_state() != OutputState::Lost && !snapshot.paused && snapshot.exit_stage.is_none();
        if plays {
            self.send(TransportCommand::Pause);
        }
        plays
    }

    /// Changes the volume, as far as the session's peak leaves room.
    fn change_volume(&mut self, change: impl FnOnce(&mut Headroom) -> VolumeGrant, is_always_reported: bool) {
        let before = self.headroom.volume();
        let grant = change(&mut self.headroom);
        if grant == VolumeGrant::NeedsMeasurement {
            self.request_headroom();
        }
        self.apply_volume();
        // If the headroom has to be measured first, the volume is reported once it is known.
        let is_changed = is_always_reported || self.headroom.volume() != before;
        if is_changed || self.needs_headroom || matches!(grant, VolumeGrant::LimitedTo(_)) {
            self.report_volume(grant);
        }
    }

    /// Measures the headroom, at once or as soon as all lines are spoken.
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

    /// The headroom is known.
    pub(super) fn on_headroom_measured(&mut self, headroom: Decibels) {
        let grant = self.headroom.set_measured(headroom);
        self.apply_volume();
        self.report_volume(grant);
    }

    /// Without an output there is nobody to apply it; another one starts with it, and one that sleeps wakes up with it.
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
