//! Reports what happens in the player and the session as events.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::{CONTINUE, EventLoop, LoopStep};
use crate::playback::event::{Event, EventKind, OutputState, PlaybackSnapshot};
use crate::playback::supervisor::SupervisorEvent;
use crate::player::transport::{EndReason, TransportEvent};
use crate::player::{PlayerEvent, WaitReason};

/// The length from which a wait is reported.
const FEEDBACK_DELAY: Duration = Duration::from_millis(300);

/// The current wait, and the waits that were reported.
#[derive(Debug, Default)]
pub(super) struct WaitReport {
    since: Option<Instant>,
    reported: Vec<WaitReason>,
}

impl WaitReport {
    /// Updates what the session waits for. Returns it once, if the wait is long.
    fn update(&mut self, reason: Option<WaitReason>, now: Instant) -> Option<WaitReason> {
        let Some(reason) = reason else {
            self.since = None;
            return None;
        };
        let since = *self.since.get_or_insert(now);
        if now.duration_since(since) <= FEEDBACK_DELAY || self.reported.contains(&reason) {
            return None;
        }
        self.reported.push(reason);
        Some(reason)
    }
}

impl EventLoop {
    /// Reports the start of the session.
    pub(super) fn report_start(&mut self) {
        if self.output_state() == OutputState::CaptionsOnly {
            self.emit(EventKind::NoDevice);
        }
        let at = self.start.take().unwrap_or_default();
        let programmes = self.source.version.programmes.clone();
        self.publisher.send(Event { at, kind: EventKind::Started { programmes } });
    }

    /// Reports the events of the player.
    pub(super) fn report_notices(&mut self) -> LoopStep {
        while let Some(notice) = self.player.next_notice() {
            let kind = match notice.event {
                PlayerEvent::Segment(index) => EventKind::SegmentStarted { index },
                PlayerEvent::Underrun(frames) => EventKind::Underrun { frames },
                PlayerEvent::Transport(event) => match event {
                    TransportEvent::PauseStarted => EventKind::Paused,
                    TransportEvent::ResumeStarted => EventKind::Resumed,
                    TransportEvent::JumpStarted { to } => EventKind::Jumped { to },
                    TransportEvent::OpenSilenceStarted => EventKind::OpenSilenceStarted,
                    TransportEvent::GentlerPassageStarted => EventKind::SoftenStarted,
                    TransportEvent::GentlerPassageEnded => EventKind::SoftenEnded,
                    TransportEvent::ExitStarted => EventKind::ExitStarted,
                    TransportEvent::Ended(reason) => return ControlFlow::Break(Ok(reason)),
                },
            };
            if notice.event == PlayerEvent::Transport(TransportEvent::ResumeStarted) {
                self.leaving = None;
            }
            self.publisher.send(Event { at: notice.at, kind });
            if matches!(notice.event, PlayerEvent::Underrun(_)) && !self.player.snapshot().paused {
                self.supervise(&SupervisorEvent::Underrun)?;
            }
        }
        CONTINUE
    }

    /// Ends a session without an output immediately, because there is nothing to fade.
    pub(super) fn end_unheard(&mut self, reason: EndReason) -> LoopStep {
        if reason == EndReason::Exited {
            self.emit(EventKind::ExitStarted);
        }
        ControlFlow::Break(Ok(reason))
    }

    /// Reports a long wait for the loudness of the recordings or for speech.
    pub(super) fn report_waiting(&mut self) {
        let reason = self.player.wait_reason();
        let reason = reason.filter(|reason| *reason == WaitReason::Speech || self.source.gain.get().is_none());
        if let Some(reason) = self.waits.update(reason, Instant::now()) {
            self.emit(EventKind::Waiting(reason));
        }
    }

    /// Reports each clip error once.
    pub(super) fn report_clip_errors(&mut self) {
        while let Some(message) = self.player.next_clip_error() {
            if self.clip_errors.insert(message.clone()) {
                self.emit(EventKind::ClipFailed { message });
            }
        }
    }

    /// Reports an event at the current frame of the session.
    pub(super) fn emit(&mut self, kind: EventKind) {
        let at = self.player.snapshot().session_frame;
        self.publisher.send(Event { at, kind });
    }

    /// Publishes a snapshot, once all events that led to it have been reported.
    pub(super) fn publish(&mut self) -> LoopStep {
        loop {
            let snapshot = self.snapshot();
            self.report_notices()?;
            if self.publisher.sent() == snapshot.events {
                self.publisher.publish(snapshot);
                return CONTINUE;
            }
        }
    }

    /// Returns a snapshot of the session.
    pub(super) fn snapshot(&self) -> PlaybackSnapshot {
        PlaybackSnapshot { player: self.player.snapshot(), output: self.output_state(), events: self.publisher.sent() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_waits_are_reported_and_only_once() {
        let (start, mut waits) = (Instant::now(), WaitReport::default());
        let mut update = |milliseconds, reason| waits.update(reason, start + Duration::from_millis(milliseconds));
        assert_eq!(update(0, Some(WaitReason::Gain)), None);
        assert_eq!(update(300, Some(WaitReason::Gain)), None);
        assert_eq!(update(350, None), None);
        assert_eq!(update(400, Some(WaitReason::Gain)), None);
        assert_eq!(update(701, Some(WaitReason::Gain)), Some(WaitReason::Gain));
        assert_eq!(update(2_000, Some(WaitReason::Gain)), None);
        assert_eq!(update(2_001, Some(WaitReason::Speech)), Some(WaitReason::Speech));
    }
}
