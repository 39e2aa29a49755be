//! What is told of the sound, and what follows from it: losses, moves, waits and volume.

use std::ops::ControlFlow;
use std::time::Instant;

use super::{Conductor, GO_ON, Next};
use crate::commands::WONDER;
use crate::playback::output::Sounding;
use crate::player::transport::{EndReason, TransportCommand, TransportEvent};
use crate::player::{PlayerEvent, PlayerNotice, WaitReason};
use crate::present::json as events;
use crate::text::escape_controls;
use crate::units::Decibels;

impl Conductor {
    /// Without a device there is nothing to fade.
    pub(super) fn end_unheard(&mut self, reason: EndReason) -> Next {
        let at = self.playback.snapshot().session_frame;
        if reason == EndReason::Exited {
            self.view
                .event(&events::of(&PlayerNotice { event: PlayerEvent::Transport(TransportEvent::ExitStarted), at }));
        }
        self.view.event(&events::end(at, reason));
        ControlFlow::Break(reason)
    }

    /// The volume, or the most that it can be, where that is less than was wanted.
    pub(super) fn tell_volume(&mut self, most: Option<Decibels>) {
        match most {
            Some(most) => self.view.loudest(most),
            None => self.view.volume(self.playback.volume()),
        }
    }

    /// The machine was too busy, and the sound is prepared further ahead from now on.
    pub(super) fn grow(&mut self) {
        if self.playback.seek_longer() && !std::mem::replace(&mut self.grown, true) {
            self.view.say("the machine is busy, so the sound is prepared further ahead; keys answer a little later");
        }
    }

    /// The device is gone. A listener who is leaving has left.
    pub(super) fn lose(&mut self) -> Next {
        self.notices()?;
        let leaving = self.playback.is_leaving();
        self.playback.lose();
        self.view.event(&events::device("lost", self.playback.snapshot().session_frame));
        if leaving {
            return self.end_unheard(EndReason::Exited);
        }
        self.view.say("the sound device is gone, so the session is paused; plug it in again, or leave with q");
        GO_ON
    }

    pub(super) fn found(&mut self, sounding: Sounding) {
        if !self.playback.found(sounding) {
            return self.playback.look_again();
        }
        self.view.event(&events::device("found", self.playback.snapshot().session_frame));
        self.view.say("the sound device is there again; space goes on");
    }

    /// Headphones were pulled out perhaps, and nobody else is meant to hear the session.
    pub(super) fn moved(&mut self, place: &str) {
        if self.pause() {
            self.view.say(&format!(
                "the sound moved to {}, so the session is paused; space goes on",
                escape_controls(place)
            ));
        }
    }

    /// Pauses what plays, unasked. Gives whether it did.
    pub(super) fn pause(&mut self) -> bool {
        let snapshot = self.playback.snapshot();
        let plays = !self.playback.is_lost() && !snapshot.paused && snapshot.exit_stage.is_none();
        if plays {
            self.playback.send(TransportCommand::Pause);
        }
        plays
    }

    /// One line where the session holds for the loudness of its clips, and one where it holds for speech.
    pub(super) fn mind_waiting(&mut self) {
        let Some(awaited) = self.playback.awaits() else {
            self.waiting = None;
            return;
        };
        let since = *self.waiting.get_or_insert_with(Instant::now);
        if since.elapsed() > WONDER && !self.explained.contains(&awaited) {
            self.explained.push(awaited);
            self.view.say(match awaited {
                WaitReason::Gain => "a moment: the recordings are being listened to, so that none is too loud",
                WaitReason::Speech => "a moment: the next line is still being prepared",
            });
        }
    }

    /// Goes on in the latest version, which knows more of the lines by their speech.
    pub(super) fn renew(&mut self) {
        if let Some(latest) = self.ahead.latest()
            && self.playback.go_on_in(latest)
        {
            self.view.renew(latest.version.programmes.clone());
            self.ahead.taken();
        }
    }

    /// One sentence for each clip that can't be played any more.
    pub(super) fn mind_clips(&mut self) {
        while let Some(trouble) = self.playback.trouble() {
            if self.troubles.insert(trouble.clone()) {
                self.view.say(&format!("{}; its time passes in silence", escape_controls(&trouble)));
            }
        }
    }
}
