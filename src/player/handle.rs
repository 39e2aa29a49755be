//! The control side of a player: commands in, notices and snapshots out.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread::JoinHandle;

use rtrb::{Consumer, Producer};

use super::error::PlayerError;
use super::ring::{PlayerEvent, PlayerNotice};
use super::shared::{SharedFlags, WaitReason};
use super::snapshot::{CallbackReport, PlayerSnapshot};
use super::transport::{TransportCommand, TransportEvent};
use super::version::TimelineVersion;
use crate::timeline::Programmes;

/// Sends commands to a player and receives what happens in it. Dropping the handle ends the feeder's thread.
pub(crate) struct PlayerHandle {
    ends: HandleEnds,
    /// The number of commands sent.
    commands_sent: u64,
    /// Every version that the callback may still hold, so that the last reference to a timeline is never dropped on the audio thread.
    versions_in_use: VecDeque<Programmes>,
    feeder: Option<JoinHandle<()>>,
    error: Option<PlayerError>,
    /// Whether the end of playback was returned by [`PlayerHandle::next_notice`].
    is_end_reported: bool,
}

/// The handle's ends of the channels between the threads.
pub(super) struct HandleEnds {
    pub(super) commands: Producer<TransportCommand>,
    pub(super) notices: Consumer<PlayerNotice>,
    pub(super) clip_errors: Receiver<String>,
    /// In a cell, because reading swaps buffers without a change that the caller can see.
    pub(super) report: RefCell<triple_buffer::Output<CallbackReport>>,
    pub(super) flags: Arc<SharedFlags>,
    pub(super) callback_versions: Producer<Programmes>,
    pub(super) feeder_versions: Sender<TimelineVersion>,
    /// Versions that the callback no longer uses.
    pub(super) retired: Consumer<Programmes>,
}

impl PlayerHandle {
    pub(super) fn new(programmes: Programmes, ends: HandleEnds) -> Self {
        Self {
            ends,
            commands_sent: 0,
            versions_in_use: VecDeque::from([programmes]),
            feeder: None,
            error: None,
            is_end_reported: false,
        }
    }

    pub(super) fn flags(&self) -> &Arc<SharedFlags> {
        &self.ends.flags
    }

    pub(super) fn set_feeder(&mut self, feeder: JoinHandle<()>) {
        self.feeder = Some(feeder);
    }

    pub(super) fn set_error(&mut self, error: PlayerError) {
        self.error = Some(error);
    }

    /// Sends a command to the callback, which applies it at the start of its next block.
    ///
    /// # Errors
    /// Returns the command if the queue is full, because the device has not asked for sound for a long time.
    pub(crate) fn send(&mut self, command: TransportCommand) -> Result<(), TransportCommand> {
        self.ends.commands.push(command).map_err(|rtrb::PushError::Full(command)| command)?;
        self.commands_sent += 1;
        Ok(())
    }

    /// Switches to a later version of the timelines, which must be identical up to the horizon of the present one. Returns false, and
    /// changes nothing, if the callback has not adopted the previous version yet.
    #[must_use]
    pub(crate) fn switch_version(&mut self, version: TimelineVersion) -> bool {
        self.release_retired_versions();
        // The callback comes first: it may then order frames that the feeder can't render yet, which waits. In the other order, the callback
        // could play frames of a timeline it does not know.
        if self.ends.callback_versions.push(version.programmes.clone()).is_err() {
            return false;
        }
        self.versions_in_use.push_back(version.programmes.clone());
        let _ = self.ends.feeder_versions.send(version);
        if let Some(feeder) = &self.feeder {
            feeder.thread().unpark();
        }
        true
    }

    fn release_retired_versions(&mut self) {
        while self.ends.retired.pop().is_ok() {
            self.versions_in_use.pop_front();
        }
    }

    /// Returns the next notice. Notices are lost if thousands of them are not read, except the end of playback, which is the last notice and
    /// is returned once.
    pub(crate) fn next_notice(&mut self) -> Option<PlayerNotice> {
        self.release_retired_versions();
        if let Ok(notice) = self.ends.notices.pop() {
            return Some(notice);
        }
        let snapshot = self.snapshot();
        let reason = snapshot.end_reason.filter(|_| !self.is_end_reported)?;
        // Everything sent before the end was published is in the queue by now.
        if let Ok(notice) = self.ends.notices.pop() {
            return Some(notice);
        }
        self.is_end_reported = true;
        let event = PlayerEvent::Transport(TransportEvent::Ended(reason));
        Some(PlayerNotice { event, at: snapshot.session_frame })
    }

    /// Sets whether the listener can leave the open silence. A silence that has started is not affected.
    pub(crate) fn set_can_end_open_silence(&self, can_end_open_silence: bool) {
        self.ends.flags.set_can_end_open_silence(can_end_open_silence);
    }

    /// Holds or releases the output. When held, it fades out within 5 ms, the playhead holds, and no frame is lost.
    pub(crate) fn hold_output(&self, holds: bool) {
        self.ends.flags.hold_output(holds);
    }

    /// Returns the state of playback as of the last block.
    #[must_use]
    pub(crate) fn snapshot(&self) -> PlayerSnapshot {
        self.report().snapshot
    }

    /// Returns whether the session plays, and will continue unless another command is sent. This is false while the gentler passage or the
    /// closing plays or has been requested, because their timelines must not change during playback.
    #[must_use]
    pub(crate) fn is_in_session(&self) -> bool {
        let report = self.report();
        report.is_in_session && report.commands_applied == self.commands_sent
    }

    /// Returns why silence is held, if the next frames can't be rendered yet.
    #[must_use]
    pub(crate) fn wait_reason(&self) -> Option<WaitReason> {
        self.report().wait_reason
    }

    fn report(&self) -> CallbackReport {
        *self.ends.report.borrow_mut().read()
    }

    /// Returns the next error of a clip, as a sentence. The clip is replaced by silence. The same error may be returned for several cues.
    #[must_use]
    pub(crate) fn next_clip_error(&self) -> Option<String> {
        self.ends.clip_errors.try_recv().ok()
    }

    /// Returns why this player can't continue, if its feeder could not be started or has died. Playback must then end, because there will
    /// only be silence.
    pub(crate) fn error(&mut self) -> Option<&PlayerError> {
        if self.error.is_none()
            && let Some(feeder) = self.feeder.take_if(|feeder| feeder.is_finished())
        {
            let panic = feeder.join().err();
            self.error = Some(PlayerError::FeederPanicked(panic_message(panic.as_deref())));
        }
        self.error.as_ref()
    }

    /// Takes the error that [`PlayerHandle::error`] returns.
    pub(crate) fn take_error(&mut self) -> Option<PlayerError> {
        self.error()?;
        self.error.take()
    }
}

/// Returns the message of a panic.
fn panic_message(payload: Option<&(dyn Any + Send)>) -> String {
    let payload = payload.and_then(|payload| {
        let text = payload.downcast_ref::<&str>().copied();
        text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
    });
    payload.unwrap_or("it ended without a message").to_owned()
}

impl Drop for PlayerHandle {
    fn drop(&mut self) {
        self.ends.flags.shut_down();
        if let Some(feeder) = self.feeder.take() {
            feeder.thread().unpark();
            let _ = feeder.join();
        }
    }
}
