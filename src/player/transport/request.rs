//! Requests from the transport to its caller.

use super::state::{EndReason, Playhead};
use crate::units::Frames;

/// A request from the transport to its caller. Requests are returned in the order in which they arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::player) enum TransportRequest {
    /// Continue rendering at `position`, once `fade_frames` more frames of the current position have been rendered for the fade-out.
    Render {
        /// The new position.
        position: Playhead,
        /// The number of frames that the fade-out still needs.
        fade_frames: Frames,
    },
    /// Report an event.
    Notify(TransportEvent),
}

/// An event of the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportEvent {
    /// The sound started to fade out for a pause.
    PauseStarted,
    /// The sound started to fade in after a pause.
    ResumeStarted,
    /// A jump to a frame of the session started.
    JumpStarted {
        /// The target.
        to: Frames,
    },
    /// The open silence started, which lasts until the listener continues.
    OpenSilenceStarted,
    /// A jump to the gentler passage started.
    GentlerPassageStarted,
    /// The gentler passage ended, or was skipped.
    GentlerPassageEnded,
    /// The gentle exit started.
    ExitStarted,
    /// Playback ended.
    Ended(EndReason),
}

/// The maximum number of requests caused by one command or step.
const MAX_REQUESTS: usize = 4;

/// A list of at most four requests, stored inline. Further requests are dropped.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::player) struct TransportRequests {
    list: [Option<TransportRequest>; MAX_REQUESTS],
    count: usize,
}

impl TransportRequests {
    pub(super) fn push(&mut self, request: TransportRequest) {
        if let Some(free) = self.list.get_mut(self.count) {
            *free = Some(request);
            self.count += 1;
        }
    }

    pub(super) fn notify(&mut self, event: TransportEvent) {
        self.push(TransportRequest::Notify(event));
    }
}

impl IntoIterator for TransportRequests {
    type Item = TransportRequest;
    type IntoIter = std::iter::Flatten<std::array::IntoIter<Option<TransportRequest>, MAX_REQUESTS>>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter().flatten()
    }
}
