//! What the transport asks of the code around it.

use super::state::{EndReason, Playhead};
use crate::units::Frames;

/// A request of the transport. Requests are returned in the order in which they arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::player) enum TransportRequest {
    /// Render from another playhead, after `after` more frames of what plays now.
    Render {
        /// Where to render from.
        playhead: Playhead,
        /// How many more frames of what plays now are needed for the ramp.
        after: Frames,
    },
    /// Report an event.
    Notify(TransportEvent),
}

/// What the transport did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportEvent {
    /// The sound began to fade out for a pause.
    Paused,
    /// The sound began to fade in after a pause.
    Resumed,
    /// A jump to a frame of the session began.
    Jumped {
        /// The target.
        to: Frames,
    },
    /// The open silence began, which goes on until the listener continues.
    OpenSilenceStarted,
    /// A jump to the gentler passage began.
    SoftenStarted,
    /// The gentler passage ended, or was skipped.
    SoftenEnded,
    /// The gentle exit began.
    ExitStarted,
    /// Playback ended.
    Ended(EndReason),
}

/// The maximum number of requests that one command or one step makes.
const MAX_REQUESTS: usize = 4;

/// A list of requests that needs no allocation.
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
